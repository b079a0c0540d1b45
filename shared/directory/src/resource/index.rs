//! Index entries: which a resource has, and which a change adds and removes.

use std::collections::{BTreeSet, HashMap};

use scim::error::{Error as ScimError, Kind};
use scim::model::doc::Doc;
use scim::model::resource_type::{Index, ResourceType};
use serde_json::Value;

use crate::error::Error;
use crate::keys::{self, Key, s};
use crate::store::Change;
use crate::tenant::Tenant;
use crate::value_key as key;
use table::name;

/// Indexed values of one resource. Entries before and after, the resource and a counter
/// fit DynamoDB's 100 items of one transaction.
const MOST: usize = 45;

/// Entries that one change adds or removes: with the resource they fit one transaction.
const CHANGED: usize = 99;

/// One entry. Two values that have one key are one entry.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Entry {
    /// The indexed attribute, such as `emails.value`.
    pub(crate) attribute: String,
    /// The key of the value; the entry's own sort key may end with the id.
    pub(crate) key: String,
    pub(crate) unique: bool,
}

/// The entries of a resource of `kind` whose attributes are `doc`.
pub(crate) fn entries(kind: &ResourceType, doc: &Doc) -> BTreeSet<Entry> {
    let mut entries = BTreeSet::new();
    for index in &kind.indexes {
        for value in values(index, doc) {
            entries.insert(Entry {
                attribute: index.path.to_string(),
                key: key::of(value, index.case_exact),
                unique: index.unique,
            });
        }
    }
    entries
}

/// Refuses what would have too many entries. One that already has more, because its directory
/// has another profile since, may keep or lose some.
///
/// # Errors
/// `invalidValue` when there are more than 45 in `after`, and more than `before`.
pub(crate) fn check_count(before: usize, after: &BTreeSet<Entry>) -> Result<(), Error> {
    if after.len() <= MOST.max(before) {
        return Ok(());
    }
    let detail = format!(
        "the resource has {} values that are indexed (such as e-mail addresses); at most {MOST} are possible",
        after.len()
    );
    Err(ScimError::new(Kind::InvalidValue, detail).into())
}

/// Refuses a change of more entries than fit its transaction. That many has only a resource whose
/// directory has another profile since.
///
/// # Errors
/// `invalidValue` for more than 99.
pub(crate) fn check_change(added: usize, removed: usize) -> Result<(), Error> {
    if added + removed <= CHANGED {
        return Ok(());
    }
    let detail = format!(
        "the change adds {added} indexed values (such as e-mail addresses) and removes {removed}; at most {CHANGED} \
         are possible at once: remove some before"
    );
    Err(ScimError::new(Kind::InvalidValue, detail).into())
}

/// What `doc` keeps other resources of `kind` from having: the keys of its unique values,
/// each with its attribute.
#[must_use]
pub fn unique_values(kind: &ResourceType, doc: &Doc) -> Vec<(String, String)> {
    entries(kind, doc)
        .into_iter()
        .filter(|entry| entry.unique)
        .map(|entry| (entry.attribute, entry.key))
        .collect()
}

/// The key of `text` as a value of `index`, with the attribute, as [`unique_values`] has them.
#[must_use]
pub fn unique_key(index: &Index, text: &str) -> (String, String) {
    (index.path.to_string(), key::of(text, index.case_exact))
}

/// The key of a user's name, which `userName-index` is sorted by.
pub(crate) fn user_name_key(entries: &BTreeSet<Entry>) -> Option<&str> {
    entries.iter().find(|entry| entry.attribute == "userName").map(|entry| entry.key.as_str())
}

/// The texts in `doc` that `index` is about.
pub(crate) fn values<'a>(index: &Index, doc: &'a Doc) -> Vec<&'a str> {
    let home = match &index.path.urn {
        Some(urn) => doc.get(urn).and_then(Value::as_object),
        None => Some(doc),
    };
    let elements = match home.and_then(|home| home.get(&index.path.name)) {
        Some(Value::Array(elements)) => elements.as_slice(),
        Some(single) => std::slice::from_ref(single),
        None => return Vec::new(),
    };
    let text = |element: &'a Value| match &index.path.sub {
        Some(sub) => element.get(sub)?.as_str(),
        None => element.as_str(),
    };
    elements.iter().filter_map(text).collect()
}

impl Tenant {
    /// The key of `entry` of the resource `id`.
    pub(crate) fn entry_key(&self, kind: &ResourceType, entry: &Entry, id: &str) -> Key {
        let pk = keys::index(&self.directory, &kind.name, &entry.attribute);
        if entry.unique { Key::new(pk, &*entry.key) } else { Key::new(pk, key::many(&entry.key, id)) }
    }

    /// Adds `entry` of the resource `id`; where it is unique, only if it is nobody else's.
    pub(crate) fn add_entry(&self, kind: &ResourceType, entry: &Entry, id: &str) -> Change {
        let content = HashMap::from([(name::ID.to_owned(), s(id))]);
        let put = Change::put(self.entry_key(kind, entry, id), content);
        if !entry.unique {
            return put;
        }
        put.only_if("(attribute_not_exists(#pk) OR #id = :id)")
            .name("#pk", name::PK)
            .name("#id", name::ID)
            .value(":id", s(id))
    }

    pub(crate) fn remove_entry(&self, kind: &ResourceType, entry: &Entry, id: &str) -> Change {
        Change::delete(self.entry_key(kind, entry, id))
    }

    /// Whether one of the unique `entries` belongs to another resource than `id`, as of
    /// now: asked before the first write of a change that takes more than one step.
    pub(crate) async fn check_free<'a>(
        &self,
        kind: &ResourceType,
        entries: impl Iterator<Item = &'a Entry>,
        id: &str,
    ) -> Result<(), Error> {
        let by_key: HashMap<Key, &Entry> = entries
            .filter(|entry| entry.unique)
            .map(|entry| (self.entry_key(kind, entry, id), entry))
            .collect();
        let found = self.store.read_all(by_key.keys().cloned().collect()).await?;
        for (key, item) in found {
            if keys::text(&item, name::ID)? != id
                && let Some(entry) = by_key.get(&key)
            {
                return Err(Error::Taken { attribute: entry.attribute.clone() });
            }
        }
        Ok(())
    }
}
