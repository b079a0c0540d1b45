//! The next step of a change of profile.

use scim::profile::Profiles;

use super::duplicate::{Duplicate, LISTED};
use super::fill::At;
use super::{AT, DUPLICATES, OTHER, SINCE, STAGE, Stage, Transition, added, profile};
use crate::error::Error;
use crate::id::{DirectoryId, WriteId};
use crate::record::{Directory, PROFILE};
use crate::store::{Change, Store, Written};
use crate::sweep::sweeper;
use crate::table::item::{self, n, s};
use crate::time::seconds;

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
            let Some(item) = self.read(&item::directory(directory)).await? else {
                return Ok(Progress::Ended);
            };
            let record = Directory::read(directory, &item)?;
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
                Stage::Preparing if self.prepare(&record, transition, duplicates, profiles).await? => {}
                Stage::Preparing => return Ok(Progress::Open),
                Stage::Retiring => self.retire(&record, transition, profiles).await?,
            }
        }
    }

    /// Returns whether the stage has ended, one way or the other.
    async fn prepare(
        &self,
        record: &Directory,
        transition: &Transition,
        mut duplicates: Vec<Duplicate>,
        profiles: &Profiles,
    ) -> Result<bool, Error> {
        let (from, next) = (profile(profiles, &record.profile)?, profile(profiles, &transition.other)?);
        let kinds = added(&from, &next);
        let scope = self.scope(&record.id, &sweeper()?);
        if !scope.fill(record, &kinds, At::read(transition), &mut duplicates).await? {
            return Ok(false);
        }
        if duplicates.is_empty() {
            let switch = self
                .in_stage(
                    record,
                    Stage::Preparing,
                    "SET #profile = :next, #other = :last, #stage = :retiring, #since = :now REMOVE #at, #duplicates",
                )
                .name("#profile", PROFILE)
                .name("#other", OTHER)
                .name("#since", SINCE)
                .name("#at", AT)
                .name("#duplicates", DUPLICATES)
                .value(":next", s(&*transition.other))
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
        record: &Directory,
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
        record: &Directory,
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
    async fn end(&self, record: &Directory, stage: Stage) -> Result<(), Error> {
        let end = self
            .in_stage(record, stage, "REMOVE #stage, #other, #since, #at")
            .name("#other", OTHER)
            .name("#since", SINCE)
            .name("#at", AT);
        self.settled(end).await
    }

    /// A change of the record that only holds in `stage`.
    fn in_stage(&self, record: &Directory, stage: Stage, expression: &str) -> Change {
        Change::update(item::directory(&record.id), expression)
            .only_if("#stage = :stage")
            .name("#stage", STAGE)
            .value(":stage", s(stage.name()))
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
