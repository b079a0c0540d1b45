//! Looks whether all that is kept of a directory agrees, and mends what can be mended.
//!
//! A walk in steps, each of a bounded time: every resource with its index entries, name key
//! and memberships; every entry of every index; every membership of every group; the counters.
//! Clients go on meanwhile. What seems to disagree may have changed between two reads, so it
//! is looked at again, strongly consistent, between two reads of the resource that tell the
//! same version, before it is told of. What is behind a delete is waited for ([`Options`]).
//!
//! A repair is a conditional write on what was found: it never undoes what a client did since.
//!
//! Memberships are in one partition for each list that a group has had. Those of a list that
//! is no more are found by `member-index` under everybody who is there; of one whose members
//! are all gone, too, nothing is found and nothing is in anybody's way.

mod abandoned;
mod counters;
mod entries;
mod finding;
mod members;
mod place;
mod repair;
mod resources;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use scim::model::profile::Profile;
use scim::profile::Profiles;
use serde::Serialize;

use self::abandoned::Abandoned;
pub use self::finding::{Finding, What};
use self::members::Unknown;
use self::place::{Place, Stage, stages};
use crate::error::Error;
use crate::id::DirectoryId;
use crate::registry::record::{DirectoryRecord, State};
use crate::store::Store;
use crate::tenant::Tenant;
use crate::upkeep::profile_change::complete;
use crate::upkeep::sweep::sweeper;
use crate::value_key as key;

/// How a step is made.
#[derive(Debug, Clone)]
pub struct Options {
    /// Whether to mend what is found.
    pub repair: bool,
    /// How long a step may work, about.
    pub time: Duration,
    /// How long is waited for what the table's stream has not told of yet.
    pub patience: Duration,
}

impl Default for Options {
    /// Mends nothing, and ends within ten seconds.
    fn default() -> Self {
        Self { repair: false, time: Duration::from_secs(4), patience: Duration::from_secs(4) }
    }
}

/// What one step has seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// How much of what.
    pub checked: Checked,
    /// What disagrees.
    pub findings: Vec<Finding>,
    /// Types whose counters could not be compared, because they changed all the time.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub uncounted: Vec<String>,
    /// The version of the rule by which keys are made of values.
    pub key_rule: u8,
    /// Where the next step begins; `None` at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// How much was looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Checked {
    /// Resources, by their type.
    pub resources: BTreeMap<String, u64>,
    /// Index entries.
    pub entries: u64,
    /// Memberships of groups that are there.
    pub memberships: u64,
    /// Those of them whose member is nobody in this directory: RFC 7643 allows that.
    pub strangers: u64,
}

/// So much that was found ends a step: each is looked at again, and mended.
const MANY: usize = 300;

/// One step on its way.
struct Step<'a> {
    scope: Tenant,
    profile: Arc<Profile>,
    /// Whether the directory changes its profile, and keeps the indexes of another one, too.
    changing: bool,
    options: &'a Options,
    checked: Checked,
    findings: Vec<Finding>,
    uncounted: Vec<String>,
    abandoned: Abandoned,
    unknown: Vec<Unknown>,
}

impl Store {
    /// Makes one step of the walk: from the beginning, or from where the last one said.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such directory, or it is being erased; `invalidValue`
    /// when `after` is no place of it, which it may cease to be when the directory changes its
    /// profile; [`Error::Profile`] when its profile is not among `profiles`; the table's own.
    pub async fn verify(
        &self,
        directory: &DirectoryId,
        profiles: &Profiles,
        after: Option<&str>,
        options: &Options,
    ) -> Result<Report, Error> {
        // What is being erased agrees with nothing any more.
        let record = self.directory(directory).await?.filter(|record| record.state != State::Erasing);
        let record = record.ok_or(Error::NotFound)?;
        let profile = complete(profiles, &record)?;
        let stages = stages(&profile);
        let mut place = Place::read(after, &stages)?;
        let mut step = Step {
            scope: Tenant::new(self.clone(), directory.clone(), sweeper()?),
            profile,
            changing: record.transition.is_some(),
            options,
            checked: Checked::default(),
            findings: Vec::new(),
            uncounted: Vec::new(),
            abandoned: Abandoned::default(),
            unknown: Vec::new(),
        };
        let begun = Instant::now();
        let mut next = None;
        let mut left = stages.iter().skip(place.stage_among(&stages));
        while let Some(stage) = left.next() {
            place.enter(stage);
            let ended = step.walk(stage, &mut place, begun).await?;
            if !ended {
                next = Some(place.text()?);
                break;
            }
            if step.is_over(begun)
                && let Some(stage) = left.clone().next()
            {
                place.enter(stage);
                next = Some(place.text()?);
                break;
            }
        }
        let waiting = Instant::now();
        step.abandoned(waiting).await?;
        step.unknown(waiting).await?;
        // Which indexes there are has changed: what was compared was the wrong thing.
        let now = self.directory(directory).await?.ok_or(Error::NotFound)?;
        if !same_indexes(&record, &now) {
            step.findings.retain(|finding| !finding.what.is_of_an_index());
        }
        Ok(Report {
            checked: step.checked,
            findings: step.findings,
            uncounted: step.uncounted,
            key_rule: key::RULE,
            next,
        })
    }
}

impl Step<'_> {
    /// Walks through `stage` from `place` on, which moves along. Returns whether it has ended.
    async fn walk(&mut self, stage: &Stage, place: &mut Place, begun: Instant) -> Result<bool, Error> {
        loop {
            let ended = match stage {
                Stage::Resources(kind) => self.resources(kind, place).await?,
                Stage::Counter(kind) => self.counter(kind, place).await?,
                Stage::Index(kind, index) => self.index(kind, index, place).await?,
                Stage::Members(kind) => self.members(kind, place).await?,
            };
            if ended {
                return Ok(true);
            }
            if self.is_over(begun) {
                return Ok(false);
            }
        }
    }

    fn is_over(&self, begun: Instant) -> bool {
        let found = self.findings.len() + self.abandoned.len() + self.unknown.len();
        found > MANY || begun.elapsed() > self.options.time
    }
}

fn same_indexes(a: &DirectoryRecord, b: &DirectoryRecord) -> bool {
    let stage =
        |record: &DirectoryRecord| record.transition.as_ref().map(|t| (t.other.clone(), t.stage, t.since));
    (&a.profile, &a.indexed, stage(a)) == (&b.profile, &b.indexed, stage(b))
}
