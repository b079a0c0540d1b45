//! As many new resources as fit one transaction.

use std::collections::{BTreeMap, BTreeSet};

use scim::error::{Error as ScimError, Kind};
use table::item::Key;
use table::name::{IMPORTED, LINKED, UNVERIFIED};
use table::write::Put;

use super::record::{List, Record};
use crate::error::Error;
use crate::id::WriteId;
use crate::members::list::MemberList;
use crate::resource::content::Content;
use crate::resource::create::{self, Created};
use crate::resource::index::{Entry, entry_key};
use crate::resource::transaction::{Budget, Change};
use crate::tenant::Tenant;

/// A record that is to be created.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) record: Record,
    pub(super) entries: BTreeSet<Entry>,
    pub(super) change: Change,
}

/// Records that are created together, by the numbers of their lines.
#[derive(Debug, Default)]
pub(super) struct Pack {
    pub(super) parts: BTreeMap<usize, Part>,
    budget: Budget,
}

impl Part {
    /// Creates `record` with `content`. A group has no members yet.
    pub(super) fn new(tenant: &Tenant, record: Record, content: Content) -> Self {
        let mut item = item(tenant, &record, &content, &WriteId::new());
        if record.kind.has_members() {
            item = MemberList::mint(&record.id).assign_to_new(item, 0);
        }
        let change = Change::create(tenant, &record.kind, &record.id, item, &content.entries);
        Self { record, entries: content.entries, change }
    }
}

impl Pack {
    /// Adds `part`, the line `number`.
    ///
    /// # Errors
    /// Returns `part` when it does not fit any more.
    pub(super) fn add(&mut self, number: usize, part: Part) -> Result<(), Box<Part>> {
        if !self.budget.admit(&part.change) {
            return Err(part.into());
        }
        self.parts.insert(number, part);
        Ok(())
    }
}

/// The item of a new resource. A member list is the caller's.
pub(super) fn item(tenant: &Tenant, record: &Record, content: &Content, write: &WriteId) -> Put {
    let at = Created { created: &record.created, last_modified: &record.last_modified, write };
    let item = create::item(tenant, &record.kind, &record.id, content, &at);
    let optional = [(IMPORTED, &record.imported), (LINKED, &record.linked), (UNVERIFIED, &record.unverified)];
    optional.into_iter().fold(item, |item, (attribute, moment)| match moment {
        Some(moment) => item.set(attribute, moment),
        None => item,
    })
}

/// What is stored of `record`; `None` when the line only adds members. `seen` are the keys of the
/// resources and unique values of earlier lines, because one transaction cannot write an item twice.
///
/// # Errors
/// When it does not fit, or an earlier line has its id or a unique value.
pub(super) fn content(
    tenant: &Tenant,
    record: &Record,
    seen: &mut BTreeSet<Key>,
) -> Result<Option<Content>, Error> {
    if record.list != List::Begins {
        return Ok(None);
    }
    let content = Content::new(&record.kind, &record.doc, 0)?;
    let id = (tenant.key(&record.kind, &record.id), "id");
    let unique = content.entries.iter().filter(|entry| entry.unique);
    let unique = unique.map(|entry| (entry_key(tenant, &record.kind, entry, &record.id), &*entry.attribute));
    let keys: Vec<(Key, &str)> = std::iter::once(id).chain(unique).collect();
    if let Some((_, attribute)) = keys.iter().find(|(key, _)| seen.contains(key)) {
        let detail = format!("an earlier line has this `{attribute}`");
        return Err(ScimError::new(Kind::Uniqueness, detail).into());
    }
    seen.extend(keys.into_iter().map(|(key, _)| key));
    Ok(Some(content))
}
