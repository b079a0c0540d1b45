//! Deleting a resource (RFC 7644 §3.6).

use scim::model::resource_type::ResourceType;

use crate::error::Error;
use crate::id::WriteId;
use crate::keys::n;
use crate::resource::index::entries;
use crate::resource::stored::{Conditions, Stored};
use crate::resource::update::Terms;
use crate::store::{Change, Written};
use crate::tenant::Tenant;
use table::name;
use table::retry::Attempts;

/// Memberships that a user's delete removes before it answers; what is left is swept
/// behind it.
const AT_ONCE: usize = 1000;

impl Tenant {
    /// Deletes the resource `id`, its index entries and its count in one transaction.
    ///
    /// A group's members are out of reach from then on. A user's memberships are removed
    /// before the answer, as far as `member-index` knows them and up to 1,000.
    ///
    /// # Errors
    /// [`Error::NotFound`], those of [`Conditions::check`], [`Error::Busy`], the table's own.
    pub async fn delete(&self, kind: &ResourceType, id: &str, terms: Terms) -> Result<(), Error> {
        let Terms { conditions, prior, .. } = terms;
        let mut stored = self.found(kind, id, prior).await?;
        let mut write = WriteId::new();
        let mut attempts = Attempts::default();
        loop {
            conditions.check(&stored.resource)?;
            let mut changes = vec![self.remove(kind, &stored, &conditions)];
            let gone = entries(kind, &stored.resource.doc);
            changes.extend(gone.iter().map(|entry| self.remove_entry(kind, entry, id)));
            changes.push(self.count(kind, -1));
            match self.store.write(&changes, &write.token()).await? {
                Written::Done(_) => break,
                // Only the resource has a condition. A repeat of our own transaction,
                // after a lost answer, is done once and answers as done: what is gone
                // was deleted by another.
                Written::Refused(refused) => {
                    let now = refused.into_iter().find_map(|(_, item)| item).ok_or(Error::NotFound)?;
                    stored = Stored::read(&now)?;
                }
            }
            write.advance();
            if !attempts.at_once().await? {
                stored = self.stored(kind, id).await?;
            }
        }
        if !kind.has_members() {
            // The user is gone already; what fails here is swept.
            if let Err(error) = self.leave_groups(id, AT_ONCE).await {
                tracing::warn!(error = &error as &dyn std::error::Error, "memberships are left to the sweep");
            }
        }
        Ok(())
    }

    fn remove(&self, kind: &ResourceType, stored: &Stored, conditions: &Conditions) -> Change {
        let resource = &stored.resource;
        let remove = Change::delete(self.key(kind, &resource.id))
            .only_if("#version = :version")
            .name("#version", name::VERSION)
            .value(":version", n(resource.version.attributes));
        match (conditions.name_versions(), resource.version.members) {
            (true, Some(members)) => {
                remove.only_if("#mv = :mv").name("#mv", name::MEMBERS_VERSION).value(":mv", n(members))
            }
            _ => remove,
        }
    }
}
