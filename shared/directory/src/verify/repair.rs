//! Repairs. Each is one conditional write, or one transaction, based on what was found: what a client
//! has changed since stays as it is, and a later scan checks it again. Each returns whether it was done.

use scim::model::resource_type::ResourceType;

use super::stale::{Stale, stale};
use crate::error::Error;
use crate::id::WriteId;
use crate::keys::{self, Key, n, optional_number, s};
use crate::resource::index::Entry;
use crate::resource::stored::Stored;
use crate::store::{Change, Written};
use crate::tenant::Tenant;
use table::name;

impl Tenant {
    /// Writes the entry of a resource that lacks it; takes it from `owner`, who does not have
    /// the value.
    pub(super) async fn give(
        &self,
        kind: &ResourceType,
        stored: &Stored,
        entry: &Entry,
        owner: Option<&str>,
    ) -> Result<bool, Error> {
        let id = &stored.resource.id;
        if let Some(owner) = owner {
            let key = self.entry_key(kind, entry, id);
            let Some(stale) = stale(self, kind, &key, owner).await? else { return Ok(false) };
            if !self.take(kind, &key, owner, &stale).await? {
                return Ok(false);
            }
        }
        let same = self.at_version(kind, id, Some(stored.resource.version.attributes));
        self.mend(&[same, self.add_entry(kind, entry, id)]).await
    }

    /// Removes the entry at `key` of the resource `id`, which does not have its value.
    pub(super) async fn take(
        &self,
        kind: &ResourceType,
        key: &Key,
        id: &str,
        stale: &Stale,
    ) -> Result<bool, Error> {
        let mut remove = Change::delete(key.clone()).name("#id", name::ID);
        remove = if id.is_empty() {
            remove.only_if("attribute_not_exists(#id)")
        } else {
            remove.only_if("#id = :id").value(":id", s(id))
        };
        if id.is_empty() {
            return self.mend(&[remove]).await;
        }
        self.mend(&[self.at_version(kind, id, stale.version), remove]).await
    }

    /// Writes the key of a user's name.
    pub(super) async fn name(&self, kind: &ResourceType, stored: &Stored, key: &str) -> Result<bool, Error> {
        let update = Change::update(self.key(kind, &stored.resource.id), "SET #unk = :unk")
            .only_if("#version = :version")
            .name("#version", name::VERSION)
            .name("#unk", name::USER_NAME_KEY)
            .value(":version", n(stored.resource.version.attributes))
            .value(":unk", s(key));
        self.mend(&[update]).await
    }

    /// Takes `excess` off the counters of `kind`. A sum that is wrong stays wrong by as much,
    /// whatever clients do.
    pub(super) async fn correct(&self, kind: &ResourceType, excess: i64) -> Result<bool, Error> {
        let key = Key::new(keys::counters(&self.directory), format!("{}#00", kind.name));
        let now: Option<i64> = self.store.read(&key).await?.and_then(|item| optional_number(&item, name::N));
        // Not `ADD`, which a retry after a lost answer would do twice. For the same reason what is
        // refused is not tried again: it may be refused because it has been done.
        let set = Change::update(key, "SET #n = :n").name("#n", name::N);
        let set = set.value(":n", n(now.unwrap_or(0) - excess));
        let set = match now {
            Some(now) => set.only_if("#n = :now").value(":now", n(now)),
            None => set.only_if("attribute_not_exists(#n)"),
        };
        self.mend(&[set]).await
    }

    /// Names the member of a membership rightly to the index.
    pub(super) async fn rekey(&self, membership: &Key, right: &str) -> Result<bool, Error> {
        let update = Change::update(membership.clone(), "SET #mk = :mk")
            .only_if("attribute_exists(#pk)")
            .name("#pk", name::PK)
            .name("#mk", name::MEMBER_KEY)
            .value(":mk", s(right));
        self.mend(&[update]).await
    }

    /// Removes the membership of nobody: only if there is nothing at any of `possible`, where
    /// the member would be. An import may bring it back.
    pub(super) async fn dismiss(&self, membership: &Key, possible: &[Key]) -> Result<bool, Error> {
        let nobody = possible
            .iter()
            .map(|key| Change::check(key.clone()).only_if("attribute_not_exists(#pk)").name("#pk", name::PK));
        let changes: Vec<Change> =
            std::iter::once(Change::delete(membership.clone())).chain(nobody).collect();
        self.mend(&changes).await
    }

    /// Only if the resource is at this version; `None`: if there is none.
    fn at_version(&self, kind: &ResourceType, id: &str, version: Option<u64>) -> Change {
        let check = Change::check(self.key(kind, id));
        match version {
            Some(version) => check
                .only_if("#version = :version")
                .name("#version", name::VERSION)
                .value(":version", n(version)),
            None => check.only_if("attribute_not_exists(#pk)").name("#pk", name::PK),
        }
    }

    async fn mend(&self, changes: &[Change]) -> Result<bool, Error> {
        Ok(matches!(self.store.write(changes, &WriteId::new().token()).await?, Written::Done(_)))
    }
}
