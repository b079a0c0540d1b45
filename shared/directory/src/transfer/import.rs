//! Many resources at once: what an [export](crate::transfer::export) wrote, or people who have been in
//! the product before.
//!
//! All that a create keeps is kept: a resource is written with its index entries and its count
//! in one transaction, as many resources together as fit one; a value that another has is
//! refused. Ids are kept. Lines that are there already change nothing, so that an import that
//! was cut off is done again from any line before. A group that is there gets the members of
//! its line beside those that it has.

mod group;
mod pack;
mod record;
mod write;

use std::collections::{BTreeMap, BTreeSet};

use futures_util::{FutureExt, StreamExt, TryStreamExt, stream};
use scim::profile::Profiles;
use scim::profile::transition::with_indexes_of;
use serde::Serialize;

use self::pack::Pack;
pub use self::record::Record;
use crate::error::Error;
use crate::id::{CredentialId, DirectoryId};
use crate::registry::transition::Stage;
use crate::store::Store;
use crate::tenant::Tenant;
use crate::upkeep::profile_change::profile;

/// Transactions of one call that are under way at once.
const AT_ONCE: usize = 8;
/// Lines that one call takes.
pub const MOST: usize = 500;

/// How lines are imported.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// Only tells what would be done.
    pub dry_run: bool,
}

/// What became of one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Outcome {
    /// What.
    pub outcome: Done,
    /// The type of the resource, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_type: Option<String>,
    /// The id of the resource, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// What can become of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Done {
    /// The resource is there, or would be.
    Created,
    /// It was there, just so.
    Unchanged,
    /// The group was there, and has the line's members.
    MembersAdded,
    /// It was not imported.
    Refused,
}

impl Outcome {
    fn new(outcome: Done, kind: &str, id: &str) -> Self {
        Self { outcome, resource_type: Some(kind.to_owned()), id: Some(id.to_owned()), detail: None }
    }

    fn refused(record: Option<&Record>, detail: impl Into<String>) -> Self {
        Self {
            outcome: Done::Refused,
            resource_type: record.map(|record| record.kind.name.clone()),
            id: record.filter(|record| record.sent_id).map(|record| record.id.clone()),
            detail: Some(detail.into()),
        }
    }
}

impl Store {
    /// Imports lines of JSON into `directory`; one outcome for each, in their order.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such directory, or it is being erased;
    /// [`Error::Profile`] when its profile is not among `profiles`; [`Error::TooMany`] for more
    /// than [`MOST`] lines; the table's own: some lines are imported then, and all may be sent
    /// again.
    pub async fn import(
        &self,
        directory: &DirectoryId,
        by: &CredentialId,
        profiles: &Profiles,
        lines: &[&str],
        options: Options,
    ) -> Result<Vec<Outcome>, Error> {
        if lines.len() > MOST {
            return Err(Error::TooMany(format!("at most {MOST} lines can be sent at once")));
        }
        let record = self.directory(directory).await?.ok_or(Error::NotFound)?;
        if self.is_erased(directory).await? {
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
        Tenant::new(self.clone(), directory.clone(), by.clone()).import(records, options).await
    }
}

impl Tenant {
    /// Imports records that were read, or could not be: one outcome for each, in their order.
    /// Members need not be there.
    ///
    /// # Errors
    /// The table's own: some are imported then, and all may be given again.
    pub async fn import(
        &self,
        records: Vec<Result<Record, scim::error::Error>>,
        options: Options,
    ) -> Result<Vec<Outcome>, Error> {
        let mut outcomes: Vec<Option<Outcome>> = Vec::new();
        let mut packs = vec![Pack::default()];
        let mut lists: BTreeMap<String, Vec<(usize, Record)>> = BTreeMap::new();
        let mut seen = BTreeSet::new();
        for (number, record) in records.into_iter().enumerate() {
            outcomes.push(None);
            let refused = match record {
                Err(error) => Outcome::refused(None, error.detail),
                Ok(record) => match self.part(&record, &mut seen) {
                    Err(error) => Outcome::refused(Some(&record), error.to_string()),
                    Ok(_) if record.has_list() => {
                        lists.entry(record.id.clone()).or_default().push((number, record));
                        continue;
                    }
                    Ok(part) => {
                        if packs.last().is_none_or(|pack| !pack.has_room(&part)) {
                            packs.push(Pack::default());
                        }
                        if let Some(pack) = packs.last_mut() {
                            pack.add(number, record, part);
                        }
                        continue;
                    }
                },
            };
            if let Some(outcome) = outcomes.last_mut() {
                *outcome = Some(refused);
            }
        }
        let packs = packs.into_iter().map(|pack| self.write_pack(pack, options).boxed());
        let lists = lists.into_values().map(|list| self.write_lists(list, options).boxed());
        let (packs, lists): (Vec<_>, Vec<_>) = (packs.collect(), lists.collect());
        // Members are there before their groups.
        for work in [packs, lists] {
            let done: Vec<Vec<(usize, Outcome)>> =
                stream::iter(work).buffer_unordered(AT_ONCE).try_collect().await?;
            for (number, outcome) in done.into_iter().flatten() {
                if let Some(slot) = outcomes.get_mut(number) {
                    *slot = Some(outcome);
                }
            }
        }
        let lost = || Outcome::refused(None, "it was passed over");
        Ok(outcomes.into_iter().map(|outcome| outcome.unwrap_or_else(lost)).collect())
    }
}
