//! A change of a resource's own attributes.

use std::collections::BTreeSet;

use scim::patch::apply::Patched;

use crate::error::Error;
use crate::keys::{n, s};
use crate::resource::create::taken;
use crate::resource::existing::{marked, marks, setting};
use crate::resource::index::{Entry, check_change, check_count, entries, user_name_key};
use crate::resource::stored::Stored;
use crate::resource::update::{Attempt, Completeness, Request, checked_text};
use crate::store::{Change, Written};
use crate::tenant::Tenant;
use crate::time::now;
use table::name;

/// The update of a resource item, and the index entries that change with it.
pub(crate) struct Update {
    /// The resource's own change; conditions on the version and, where the client names
    /// versions, on the members' version.
    pub(crate) resource: Change,
    /// The resource as it will be.
    pub(crate) after: Stored,
    pub(crate) added: Vec<Entry>,
    pub(crate) removed: Vec<Entry>,
}

impl Tenant {
    pub(crate) async fn change_attributes(
        &self,
        request: &Request<'_>,
        stored: Stored,
        patched: Patched,
    ) -> Result<Attempt, Error> {
        if !patched.changed {
            return Ok(Attempt::Done(stored, Completeness::Bare));
        }
        let update = self.update(request, &stored, patched, "")?;
        self.commit(request, update, Vec::new()).await
    }

    /// The update from `stored` to `patched`. `also` are further actions of the update
    /// expression, whose placeholders the caller fills in.
    pub(crate) fn update(
        &self,
        request: &Request<'_>,
        stored: &Stored,
        patched: Patched,
        also: &str,
    ) -> Result<Update, Error> {
        let kind = request.kind;
        let text = checked_text(&patched.doc)?;
        let (before, after) = (entries(kind, &stored.resource.doc), entries(kind, &patched.doc));
        check_count(before.len(), &after)?;
        let difference =
            |a: &BTreeSet<Entry>, b: &BTreeSet<Entry>| a.difference(b).cloned().collect::<Vec<_>>();
        let (added, removed) = (difference(&after, &before), difference(&before, &after));
        check_change(added.len(), removed.len())?;
        let marks = marks(stored, &patched.doc, request.links);
        let mut later = stored.with(patched.doc);
        let resource = &mut later.resource;
        resource.last_modified = now();
        resource.version.attributes += 1;

        let mut set =
            "SET #doc = :doc, #version = :version, #modified = :modified, #by = :by, #write = :write"
                .to_owned();
        let user_name = user_name_key(&after);
        if user_name.is_some() {
            set.push_str(", #unk = :unk");
        }
        set.push_str(&setting(&marks));
        set.push_str(also);
        let mut change = Change::update(self.key(kind, &resource.id), set)
            .only_if("#version = :read")
            .name("#doc", name::DOC)
            .name("#version", name::VERSION)
            .name("#modified", name::LAST_MODIFIED)
            .name("#by", name::BY)
            .name("#write", name::WRITE)
            .value(":doc", s(text))
            .value(":read", n(stored.resource.version.attributes))
            .value(":version", n(resource.version.attributes))
            .value(":modified", s(&*resource.last_modified))
            .value(":by", s(self.by.to_string()))
            .value(":write", s(request.write.token()));
        change = marked(change, &marks);
        if let Some(user_name) = user_name {
            change = change.name("#unk", name::USER_NAME_KEY).value(":unk", s(user_name));
        }
        if let (true, Some(members)) = (request.conditions.name_versions(), stored.resource.version.members) {
            change = change
                .only_if("#mv = :mvread")
                .name("#mv", name::MEMBERS_VERSION)
                .value(":mvread", n(members));
        }
        Ok(Update { resource: change, after: later, added, removed })
    }

    /// Writes `update`, its index entries and `with` together.
    pub(crate) async fn commit(
        &self,
        request: &Request<'_>,
        update: Update,
        with: Vec<Change>,
    ) -> Result<Attempt, Error> {
        let (kind, id) = (request.kind, update.after.resource.id.clone());
        let mut changes = vec![update.resource];
        changes.extend(update.added.iter().map(|entry| self.add_entry(kind, entry, &id)));
        changes.extend(update.removed.iter().map(|entry| self.remove_entry(kind, entry, &id)));
        changes.extend(with);
        let refused = match self.store.write(&changes, &request.write.token()).await? {
            Written::Done(Some(item)) => {
                return Ok(Attempt::Done(update.after.updated(&item)?, Completeness::Bare));
            }
            Written::Done(None) => return self.written(request, update.after).await,
            Written::Refused(refused) => refused,
        };
        match refused.into_iter().next() {
            Some((0, None)) => Err(Error::NotFound),
            Some((0, Some(item))) => {
                let now = Stored::read(&item)?;
                // A retry after a lost answer: it was our own success.
                if request.write.made(&now.write) {
                    return Ok(Attempt::Done(now, Completeness::Bare));
                }
                Ok(Attempt::Moved(now))
            }
            Some((entry, _)) => Err(taken(entry.checked_sub(1).and_then(|at| update.added.get(at)))),
            None => Err(Error::Busy),
        }
    }

    /// The resource after a transaction, which does not tell it. A group's members may
    /// have changed beside it, so that its entity tag has to be read.
    async fn written(&self, request: &Request<'_>, after: Stored) -> Result<Attempt, Error> {
        let after = if request.kind.has_members() {
            self.stored(request.kind, &after.resource.id).await?
        } else {
            after
        };
        Ok(Attempt::Done(after, Completeness::Bare))
    }
}
