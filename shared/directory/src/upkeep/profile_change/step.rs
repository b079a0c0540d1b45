//! The next step of a change of profile.

use std::collections::BTreeSet;

use scim::model::profile::Profile;
use scim::profile::Profiles;
use scim::profile::transition::indexes;

use super::duplicate::{Duplicate, LISTED};
use super::fill::At;
use super::{added, complete, profile};
use crate::error::Error;
use crate::id::{DirectoryId, WriteId};
use crate::keys::{self, Item, n, optional_text, s};
use crate::registry::record::DirectoryRecord;
use crate::registry::transition::{Stage, Transition};
use crate::store::{Change, Store, Written};
use crate::tenant::Tenant;
use crate::time::seconds;
use crate::upkeep::sweep::sweeper;
use table::name::{AT, DUPLICATES, INDEXED, OTHER_PROFILE, PAST, PROFILE, SINCE, STAGE};

/// How a change of profile stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// There is more to do, or it is too early.
    Open,
    /// The directory follows its profile, and no change is under way.
    Ended,
    /// The change was given up: these values are not unique.
    Refused(Vec<Duplicate>),
}

impl Progress {
    /// Whether nothing is left to be done.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        *self != Self::Open
    }
}

impl Store {
    /// Carries the change of profile of `directory` on for about 20 seconds. `settle` is how
    /// long instances may act on an old record, in seconds: [`SETTLE`](super::SETTLE), or 0
    /// when there is no other.
    ///
    /// # Errors
    /// [`Error::Profile`] when a profile is not known any more; the table's own.
    pub async fn advance_profile(
        &self,
        directory: &DirectoryId,
        profiles: &Profiles,
        settle: i64,
    ) -> Result<Progress, Error> {
        loop {
            let Some(item) = self.read(&keys::directory(directory)).await? else {
                return Ok(Progress::Ended);
            };
            let record = DirectoryRecord::read(directory, &item)?;
            let duplicates = Duplicate::all(&item)?;
            let Some(transition) = &record.transition else {
                return Ok(if duplicates.is_empty() {
                    Progress::Ended
                } else {
                    Progress::Refused(duplicates)
                });
            };
            if seconds() < transition.since.saturating_add(settle) {
                return Ok(Progress::Open);
            }
            match transition.stage {
                Stage::Preparing
                    if self.prepare(&item, &record, transition, duplicates, profiles).await? => {}
                Stage::Preparing => return Ok(Progress::Open),
                Stage::Retiring => self.retire(&record, transition, profiles).await?,
            }
        }
    }

    /// Returns whether the stage has ended, one way or the other.
    async fn prepare(
        &self,
        item: &Item,
        record: &DirectoryRecord,
        transition: &Transition,
        mut duplicates: Vec<Duplicate>,
        profiles: &Profiles,
    ) -> Result<bool, Error> {
        let (from, next) = (complete(profiles, record)?, profile(profiles, &transition.other)?);
        let kinds = added(&from, &next);
        let now = profile(profiles, &record.profile)?;
        let scope = Tenant::new(self.clone(), record.id.clone(), sweeper()?);
        if transition.at.is_none() {
            // Leftovers would be taken for owners. Now nobody writes any who has not read of
            // this change; what is removed of theirs is filled again.
            self.purge(&record.id, &kinds).await?;
            self.remember(record, &At::default(), &duplicates).await?;
        }
        match scope.fill(record, (&now, &next), &kinds, At::read(transition), &mut duplicates).await {
            Ok(true) => {}
            Ok(false) => return Ok(false),
            // It cannot be done: the directory keeps what it has.
            Err(error @ Error::Profile(_)) => {
                self.end(record, Stage::Preparing).await?;
                self.purge(&record.id, &kinds).await?;
                return Err(error);
            }
            Err(other) => return Err(other),
        }
        if duplicates.is_empty() {
            let switch = self
                .in_stage(
                    record,
                    Stage::Preparing,
                    "SET #profile = :next, #indexed = :indexed, #other = :last, #stage = :retiring, #since = :now, \
                     #past = :past REMOVE #at, #duplicates",
                )
                .name("#profile", PROFILE)
                .name("#indexed", INDEXED)
                .name("#at", AT)
                .name("#duplicates", DUPLICATES)
                .name("#past", PAST)
                .value(":past", s(past(item, &from)))
                .value(":next", s(&*transition.other))
                .value(":indexed", s(indexes(&next).join("\n")))
                .value(":last", s(&*record.profile))
                .value(":retiring", s(Stage::Retiring.name()))
                .value(":now", n(seconds()));
            self.settled(switch).await?;
            return Ok(true);
        }
        self.end(record, Stage::Preparing).await?;
        self.purge(&record.id, &kinds).await?;
        Ok(true)
    }

    /// Remembers how far the walks have come, and what they have found.
    pub(super) async fn remember(
        &self,
        record: &DirectoryRecord,
        at: &At,
        found: &[Duplicate],
    ) -> Result<(), Error> {
        let listed = found.get(..LISTED).unwrap_or(found);
        let change = self
            .in_stage(record, Stage::Preparing, "SET #at = :at, #duplicates = :duplicates")
            .name("#at", AT)
            .name("#duplicates", DUPLICATES)
            .value(":at", s(at.text()))
            .value(":duplicates", s(Duplicate::text(listed)?));
        self.settled(change).await
    }

    async fn retire(
        &self,
        record: &DirectoryRecord,
        transition: &Transition,
        profiles: &Profiles,
    ) -> Result<(), Error> {
        // A last profile that is not known any more leaves its entries behind: they are in
        // nobody's way, and whoever wants them again fills them anew.
        if let Ok(last) = profile(profiles, &transition.other) {
            let kept = profile(profiles, &record.profile)?;
            self.purge(&record.id, &added(&kept, &last)).await?;
        }
        self.end(record, Stage::Retiring).await
    }

    /// Forgets the change; duplicates that were found stay to be told.
    async fn end(&self, record: &DirectoryRecord, stage: Stage) -> Result<(), Error> {
        let end = self.in_stage(record, stage, "REMOVE #stage, #other, #since, #at").name("#at", AT);
        self.settled(end).await
    }

    /// A change of the record that only holds in `stage` of the very change that `record`
    /// tells of: another may have begun since.
    fn in_stage(&self, record: &DirectoryRecord, stage: Stage, expression: &str) -> Change {
        let (other, since) = record.transition.as_ref().map_or(("", 0), |t| (&t.other, t.since));
        Change::update(keys::directory(&record.id), expression)
            .only_if("#stage = :stage AND #other = :other AND #since = :since")
            .name("#stage", STAGE)
            .name("#other", OTHER_PROFILE)
            .name("#since", SINCE)
            .value(":stage", s(stage.name()))
            .value(":other", s(other))
            .value(":since", n(since))
    }

    /// Writes a change of the record. Another run that was a step ahead is an error: the next
    /// one begins from what it left.
    async fn settled(&self, change: Change) -> Result<(), Error> {
        match self.write(&[change], &WriteId::new().token()).await? {
            Written::Done(_) => Ok(()),
            Written::Refused(_) => Err(Error::Busy),
        }
    }
}

/// The indexes that the directory had before, and those of `last`.
fn past(item: &Item, last: &Profile) -> String {
    let before = optional_text(item, PAST).unwrap_or_default().lines().map(str::to_owned);
    let all: BTreeSet<String> = before.chain(indexes(last)).collect();
    all.into_iter().collect::<Vec<_>>().join("\n")
}
