//! Creating the records of a pack, and what a refusal means for the line of each.

use std::collections::HashMap;

use table::item::{Item, Key, optional_text};
use table::name::ID;

use super::outcome::{Done, Options, Outcome};
use super::pack::Pack;
use super::record::Record;
use crate::error::Error;
use crate::resource::index::{Entry, entry_key};
use crate::resource::stored::Stored;
use crate::resource::transaction::{Refusal, commit_all};
use crate::tenant::Tenant;

/// Creates the records of a pack together, without those that are refused.
pub(super) async fn write_pack(
    tenant: &Tenant,
    mut pack: Pack,
    options: Options,
) -> Result<Vec<(usize, Outcome)>, Error> {
    let mut outcomes = Vec::new();
    if options.dry_run {
        reserve(tenant, &mut pack, &mut outcomes).await?;
    }
    while !pack.parts.is_empty() {
        let changes = pack.parts.values().map(|part| part.change.clone());
        let refusals = if options.dry_run { Vec::new() } else { commit_all(tenant, changes).await? };
        if refusals.is_empty() {
            let created = pack.parts.iter().map(|(number, part)| {
                (*number, Outcome::new(Done::Created, &part.record.kind.name, &part.record.id))
            });
            outcomes.extend(created);
            break;
        }
        let numbers: Vec<usize> = pack.parts.keys().copied().collect();
        for (position, refusal) in refusals {
            // A record may be refused for several reasons: the first counts.
            if let Some(number) = numbers.get(position)
                && let Some(part) = pack.parts.remove(number)
            {
                outcomes.push((*number, refused(tenant, &part.record, refusal).await?));
            }
        }
    }
    Ok(outcomes)
}

/// Removes from `pack` what would be refused.
async fn reserve(
    tenant: &Tenant,
    pack: &mut Pack,
    outcomes: &mut Vec<(usize, Outcome)>,
) -> Result<(), Error> {
    let mut keys: HashMap<Key, (usize, Option<Entry>)> = HashMap::new();
    for (number, part) in &pack.parts {
        let record = &part.record;
        keys.insert(tenant.key(&record.kind, &record.id), (*number, None));
        for entry in part.entries.iter().filter(|entry| entry.unique) {
            let key = entry_key(tenant, &record.kind, entry, &record.id);
            keys.insert(key, (*number, Some(entry.clone())));
        }
    }
    let found = tenant.table().get_many(keys.keys().cloned().collect()).await?;
    for (key, item) in found {
        let Some((number, entry)) = keys.remove(&key) else { continue };
        let owner = optional_text(&item, ID).map(str::to_owned);
        let refusal = match entry {
            None => Refusal::Exists(item),
            Some(_)
                if pack.parts.get(&number).is_some_and(|part| owner.as_ref() == Some(&part.record.id)) =>
            {
                continue;
            }
            Some(entry) => Refusal::ValueTaken { entry, owner },
        };
        if let Some(part) = pack.parts.remove(&number) {
            outcomes.push((number, refused(tenant, &part.record, refusal).await?));
        }
    }
    Ok(())
}

/// What it means for the line of `record` that it was not created. A resource that equals it was
/// imported before.
pub(super) async fn refused(tenant: &Tenant, record: &Record, refusal: Refusal) -> Result<Outcome, Error> {
    let Refusal::ValueTaken { entry, owner } = refusal else {
        let same = matches!(&refusal, Refusal::Exists(item) if is_same(item, record));
        return Ok(if same {
            Outcome::new(Done::Unchanged, &record.kind.name, &record.id)
        } else {
            Outcome::refused(Some(record), "another resource has this `id`, or this one has changed")
        });
    };
    // A record without an id gets a new one each time, and is recognised by its value.
    if let (Some(owner), false) = (owner, record.sent_id)
        && let Some(item) = tenant.table().get(&tenant.key(&record.kind, &owner)).await?
        && is_same(&item, record)
    {
        return Ok(Outcome::new(Done::Unchanged, &record.kind.name, &owner));
    }
    Ok(Outcome::refused(Some(record), format!("another resource has this `{}`", entry.attribute)))
}

/// Whether the resource in `item` has the attributes of `record`.
pub(super) fn is_same(item: &Item, record: &Record) -> bool {
    Stored::read(item).is_ok_and(|stored| stored.resource.doc == record.doc)
}
