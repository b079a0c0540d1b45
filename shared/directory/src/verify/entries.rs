//! Every entry of an index: whether its resource has the value.

use std::collections::BTreeMap;

use scim::model::resource_type::{Index, ResourceType};
use table::item::{Item, Key, optional_text};
use table::name::{ID, SK};

use super::finding::{Finding, What};
use super::repair::remove_entry;
use super::stale::{has_entry, stale};
use super::step::{Position, Step};
use crate::error::Error;
use crate::keys;
use crate::tenant::Tenant;
use crate::value_key::SEPARATOR;

/// Entries read at a time.
const PAGE: i32 = 500;

/// One page of entries.
///
/// # Errors
/// The table's own.
pub(super) async fn page(
    step: &mut Step<'_>,
    kind: &ResourceType,
    index: &Index,
    scan: &mut Position,
) -> Result<(), Error> {
    let tenant = step.tenant.clone();
    let attribute = index.path.to_string();
    let partition = keys::index(&tenant.directory, &kind.name, &attribute);
    let page = scan.page(tenant.table(), &partition, Some(PAGE)).await?;
    // While the profile changes, an attribute that is unique in only one of the two profiles has entries
    // of both forms. Those of the other form are as valid.
    let is_many = |item: &Item| optional_text(item, SK).is_some_and(|sk| sk.contains(SEPARATOR));
    let checked: Vec<&Item> =
        page.items.iter().filter(|item| !step.changing || is_many(item) != index.unique).collect();
    step.checked.entries += checked.len() as u64;
    for (key, id) in doubtful(&tenant, kind, &checked).await? {
        if let Some(stale) = stale(&tenant, kind, &key, &id).await? {
            let repaired = step.options.repair && remove_entry(&tenant, kind, &key, &id, &stale).await?;
            let finding = Finding::new(What::EntryStale, &kind.name).of(&id).attribute(&attribute);
            step.findings.push(finding.repaired(repaired));
        }
    }
    scan.finish(&page)
}

/// The entries of a page whose resource does not seem to have the value.
async fn doubtful(tenant: &Tenant, kind: &ResourceType, page: &[&Item]) -> Result<Vec<(Key, String)>, Error> {
    let mut owners: BTreeMap<String, Vec<Key>> = BTreeMap::new();
    for item in page {
        let id = optional_text(item, ID).unwrap_or_default();
        owners.entry(id.to_owned()).or_default().push(Key::of(item)?);
    }
    // An entry without an owner is wrong; an empty key cannot be read.
    let keys = owners.keys().filter(|id| !id.is_empty()).map(|id| tenant.key(kind, id)).collect();
    let found = tenant.table().get_many(keys).await?;
    let mut doubtful = Vec::new();
    for (id, keys) in owners {
        let item = found.get(&tenant.key(kind, &id));
        doubtful.extend(
            keys.into_iter()
                .filter(|key| !item.is_some_and(|item| has_entry(tenant, kind, item, &id, key)))
                .map(|key| (key, id.clone())),
        );
    }
    Ok(doubtful)
}
