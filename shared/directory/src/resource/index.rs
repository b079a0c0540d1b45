//! Index entries: which ones a resource has, and writing them.

use std::collections::{BTreeSet, HashMap};

use scim::model::doc::Doc;
use scim::model::resource_type::{Index, ResourceType};
use serde_json::Value;
use table::condition::{absent, equals};
use table::item::{Key, text};
use table::name::{ID, PK};
use table::write::{Delete, Put};

use crate::error::Error;
use crate::keys;
use crate::tenant::Tenant;
use crate::value_key as key;

/// One index entry. Two values with the same key have one entry.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Entry {
    /// The indexed attribute, such as `emails.value`.
    pub(crate) attribute: String,
    /// The key of the value; the entry's own sort key may end with the id.
    pub(crate) key: String,
    /// Whether only one resource may have the value.
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

/// The unique values of `doc`, a resource of `kind`: each as its attribute and its key.
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

/// The texts in `doc` that `index` indexes.
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

/// The key of `entry` of the resource `id`.
pub(crate) fn entry_key(tenant: &Tenant, kind: &ResourceType, entry: &Entry, id: &str) -> Key {
    let pk = keys::index(&tenant.directory, &kind.name, &entry.attribute);
    if entry.unique { Key::new(pk, &*entry.key) } else { Key::new(pk, key::many(&entry.key, id)) }
}

/// Adds `entry` of the resource `id`. Refused when the value is unique and another resource has it.
pub(super) fn add_entry(tenant: &Tenant, kind: &ResourceType, entry: &Entry, id: &str) -> Put {
    let put = Put::of(entry_key(tenant, kind, entry, id)).set(ID, id);
    if entry.unique { put.when(absent(PK).or(equals(ID, id))) } else { put }
}

/// Removes `entry` of the resource `id`.
pub(super) fn remove_entry(tenant: &Tenant, kind: &ResourceType, entry: &Entry, id: &str) -> Delete {
    Delete::of(entry_key(tenant, kind, entry, id))
}

/// Removes the entry at `key` only while it belongs to the resource `owner`.
pub(crate) fn release_entry(key: Key, owner: &str) -> Delete {
    Delete::of(key).when(equals(ID, owner))
}

/// Checks that no other resource than `id` has one of the unique `entries`: before the first write
/// of a change that takes more than one step.
///
/// # Errors
/// [`Error::Taken`]; [`Error::Throttled`], [`Error::Busy`], [`Error::Unavailable`].
pub(crate) async fn check_free(
    tenant: &Tenant,
    kind: &ResourceType,
    entries: impl IntoIterator<Item = &Entry>,
    id: &str,
) -> Result<(), Error> {
    let unique = entries.into_iter().filter(|entry| entry.unique);
    let by_key: HashMap<Key, &Entry> =
        unique.map(|entry| (entry_key(tenant, kind, entry, id), entry)).collect();
    let found = tenant.table().get_many(by_key.keys().cloned().collect()).await?;
    for (key, item) in found {
        if text(&item, ID)? != id
            && let Some(entry) = by_key.get(&key)
        {
            return Err(Error::Taken { attribute: entry.attribute.clone() });
        }
    }
    Ok(())
}
