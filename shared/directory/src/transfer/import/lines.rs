//! Importing lines.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::{FutureExt, StreamExt, TryStreamExt, stream};
use scim::profile::Profiles;
use scim::profile::transition::with_indexes_of;

use super::group::{Line, write_lists};
use super::outcome::{Options, Outcome};
use super::pack::{Pack, Part, content};
use super::record::Record;
use super::write::write_pack;
use crate::error::Error;
use crate::id::{CredentialId, DirectoryId};
use crate::keys;
use crate::registry::record::DirectoryRecord;
use crate::registry::state::State;
use crate::registry::transition::Stage;
use crate::tenant::Tenant;
use crate::upkeep::profile_change::profile;
use table::Table;

/// Transactions of one call in progress at the same time.
const PARALLEL: usize = 8;
/// Lines that one call accepts.
pub const MOST: usize = 500;

/// Imports lines of JSON into `directory`; one outcome for each, in their order.
///
/// # Errors
/// [`Error::NotFound`] when there is no such directory, or it is being erased;
/// [`Error::Profile`] when its profile is not among `profiles`; [`Error::TooMany`] for more
/// than [`MOST`] lines; the table's own: some lines are imported then, and all may be sent
/// again.
pub async fn lines(
    table: &Table,
    directory: &DirectoryId,
    by: &CredentialId,
    profiles: &Profiles,
    lines: &[&str],
    options: Options,
) -> Result<Vec<Outcome>, Error> {
    if lines.len() > MOST {
        return Err(Error::TooMany(format!("at most {MOST} lines can be sent at once")));
    }
    let record = table.get(&keys::directory(directory)).await?.ok_or(Error::NotFound)?;
    let record = DirectoryRecord::from_item(&record)?;
    if record.state == State::Erasing {
        return Err(Error::NotFound);
    }
    let profile = match (&record.transition, profile(profiles, &record.profile)?) {
        (None, now) => now,
        (Some(transition), now) => match (profile(profiles, &transition.other), transition.stage) {
            (Ok(other), _) => with_indexes_of(&now, &other),
            (Err(_), Stage::Retiring) => now,
            (Err(error), Stage::Preparing) => return Err(error),
        },
    };
    let records = lines.iter().map(|line| Record::parse(&profile, line)).collect();
    import(&Tenant::new(table.clone(), directory.clone(), by.clone()), records, options).await
}

/// Imports records that were read, or could not be: one outcome for each, in their order.
/// Members need not exist.
async fn import(
    tenant: &Tenant,
    records: Vec<Result<Record, scim::error::Error>>,
    options: Options,
) -> Result<Vec<Outcome>, Error> {
    let mut outcomes: Vec<Option<Outcome>> = Vec::new();
    let mut packs = vec![Pack::default()];
    let mut lists: BTreeMap<String, Vec<Line>> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for (number, record) in records.into_iter().enumerate() {
        outcomes.push(None);
        let refused = match record {
            Err(error) => Outcome::refused(None, error.detail),
            Ok(record) => match content(tenant, &record, &mut seen) {
                Err(error) => Outcome::refused(Some(&record), error.to_string()),
                Ok(Some(content)) if !record.has_list() => {
                    let part = Part::new(tenant, record, content);
                    if let Some(Err(part)) = packs.last_mut().map(|pack| pack.add(number, part)) {
                        let mut next = Pack::default();
                        next.add(number, *part).map_err(|_| Error::Busy)?;
                        packs.push(next);
                    }
                    continue;
                }
                Ok(content) => {
                    lists.entry(record.id.clone()).or_default().push((number, record, content));
                    continue;
                }
            },
        };
        if let Some(outcome) = outcomes.last_mut() {
            *outcome = Some(refused);
        }
    }
    let packs = packs.into_iter().map(|pack| write_pack(tenant, pack, options).boxed());
    let lists = lists.into_values().map(|lines| write_lists(tenant, lines, options).boxed());
    let (packs, lists): (Vec<_>, Vec<_>) = (packs.collect(), lists.collect());
    // Members exist before their groups.
    for work in [packs, lists] {
        let done: Vec<Vec<(usize, Outcome)>> =
            stream::iter(work).buffer_unordered(PARALLEL).try_collect().await?;
        for (number, outcome) in done.into_iter().flatten() {
            if let Some(slot) = outcomes.get_mut(number) {
                *slot = Some(outcome);
            }
        }
    }
    let lost = || Outcome::refused(None, "it was ignored");
    Ok(outcomes.into_iter().map(|outcome| outcome.unwrap_or_else(lost)).collect())
}
