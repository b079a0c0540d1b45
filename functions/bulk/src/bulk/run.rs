//! Carries the operations of a request out.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use directory::{Directory, retry};
use futures_util::future::BoxFuture;
use futures_util::stream::{self, FuturesUnordered};
use futures_util::{FutureExt, StreamExt};
use scim::bulk::schedule::Schedule;
use scim::error::{Error, Kind};
use tokio::time::timeout;

use super::answer::{Done, Named, late};
use super::plan::{Plan, Planned, shortened};
use super::work::{Work, take_back};
use gateway::http::error::Failure;

/// Operations under way at once. More would get in each other's way: every create counts
/// on one of 32 counters.
const FAN_OUT: usize = 16;
/// In the last part of the request's time no operation begins: it would be given up, and the client
/// would not know whether it was done.
const RESERVE: Duration = Duration::from_secs(2);

/// What became of an operation; `None` when it was not even tried.
pub(super) type Outcome = Option<Result<Done, Error>>;

/// A request under way.
pub(super) struct Run {
    scope: Directory,
    schedule: Schedule,
    needs: Vec<BTreeSet<usize>>,
    named: Vec<Named>,
    /// What has not begun.
    work: Vec<Option<Result<Work, Error>>>,
    outcomes: Vec<Outcome>,
    errors: usize,
    most_errors: usize,
    /// The error of an operation that DynamoDB throttled: no further one begins.
    throttled: Option<Error>,
}

/// What a future of a run has done.
enum Event {
    Tried(usize, Result<Done, Error>),
    /// What followed from a ring's failure.
    Settled(usize, Vec<(usize, Error)>),
}

impl Run {
    /// A run that stops after `fail_on_errors` errors.
    pub(super) fn new(plan: Plan, fail_on_errors: Option<usize>) -> Self {
        let Plan { scope, operations, needs, after, order } = plan;
        let count = operations.len();
        let most_errors = fail_on_errors.unwrap_or(usize::MAX);
        // Where errors count, nothing may begin that would not have begun one by one.
        let schedule = Schedule::new(order, &needs, &after, most_errors <= count);
        let (named, work) = operations.into_iter().map(|Planned { named, work }| (named, Some(work))).unzip();
        Self {
            scope,
            schedule,
            needs,
            named,
            work,
            outcomes: vec![None; count],
            errors: 0,
            most_errors,
            throttled: None,
        }
    }

    /// Carries all out; each with what became of it, in the order of the request.
    pub(super) async fn finish(mut self) -> Vec<(Named, Outcome)> {
        let mut running = FuturesUnordered::new();
        loop {
            while running.len() < self.width()
                && let Some(operation) = self.schedule.begin()
            {
                running.extend(self.start(operation));
            }
            if running.is_empty() && self.has_stopped() {
                // The rest of a ring will not be tried, so the part that was done is undone.
                for ring in self.schedule.torn() {
                    running.extend(self.settle(ring));
                }
            }
            // At the deadline, an operation under way is given up: its outcome stays unknown.
            let Ok(Some(event)) = timeout(time_left(), running.next()).await else { break };
            running.extend(self.take_in(event));
        }
        drop(running);
        self.results()
    }

    /// How many may be under way: as many as could all fail without being one too many.
    fn width(&self) -> usize {
        FAN_OUT.min(self.most_errors.saturating_sub(self.errors))
    }

    /// Starts `operation`, or fails it immediately.
    fn start(&mut self, operation: usize) -> Option<BoxFuture<'static, Event>> {
        let work = self.work.get_mut(operation).and_then(Option::take)?;
        let late = (time_left() < RESERVE).then(late);
        let failed = late.or_else(|| self.throttled.clone()).or_else(|| self.hindered(operation));
        let work = match (failed, work) {
            (None, Ok(work)) => work,
            (Some(error), Ok(_)) | (_, Err(error)) => {
                return self.take_in(Event::Tried(operation, Err(error)));
            }
        };
        if let Some(named) = self.named.get_mut(operation) {
            work.locate(named);
        }
        let scope = self.scope.clone();
        Some(async move { Event::Tried(operation, work.carry_out(&scope).await) }.boxed())
    }

    /// Why `operation` cannot succeed: a create that it refers to has failed.
    fn hindered(&self, operation: usize) -> Option<Error> {
        let failed = self.needs.get(operation)?.iter().find(|need| self.has_failed(**need))?;
        Some(self.depends(*failed))
    }

    fn has_stopped(&self) -> bool {
        self.errors >= self.most_errors
    }

    fn has_succeeded(&self, operation: usize) -> bool {
        matches!(self.outcomes.get(operation), Some(Some(Ok(_))))
    }

    fn has_failed(&self, operation: usize) -> bool {
        matches!(self.outcomes.get(operation), Some(Some(Err(_))))
    }

    /// The error of an operation whose fate is that of the create `failed`, which may also
    /// not have been tried.
    fn depends(&self, failed: usize) -> Error {
        let bulk_id = self.named.get(failed).and_then(|named| named.bulk_id.as_deref()).unwrap_or_default();
        let (bulk_id, why) = (
            shortened(bulk_id),
            if self.has_failed(failed) { "has failed" } else { "was not tried after `failOnErrors` errors" },
        );
        let detail = format!(
            "it refers to the bulkId `{bulk_id}`, and that POST {why}: send both again when it can succeed"
        );
        Error::new(Kind::Conflict, detail)
    }

    /// Notes what happened; gives back what has to be done about it.
    fn take_in(&mut self, event: Event) -> Option<BoxFuture<'static, Event>> {
        match event {
            Event::Tried(operation, outcome) => {
                self.note(operation, outcome);
                let ring = self.schedule.tried(operation)?;
                self.settle(ring)
            }
            Event::Settled(ring, failed) => {
                for (operation, error) in failed {
                    self.note(operation, Err(error));
                }
                self.schedule.settled(ring);
                None
            }
        }
    }

    fn note(&mut self, operation: usize, outcome: Result<Done, Error>) {
        if let Err(error) = &outcome {
            self.errors += 1;
            if error.kind == Kind::TooManyRequests {
                self.throttled.get_or_insert_with(|| error.clone());
            }
        }
        if let Some(place) = self.outcomes.get_mut(operation) {
            *place = Some(outcome);
        }
    }

    /// Settles `ring`; gives back what has to be done before.
    fn settle(&mut self, ring: usize) -> Option<BoxFuture<'static, Event>> {
        let doomed = self.doomed(ring);
        if doomed.is_empty() {
            self.schedule.settled(ring);
            return None;
        }
        Some(self.take_back(ring, doomed))
    }

    /// The members of `ring` that were created and refer to what was not, directly or not;
    /// each with the create that it has to do with.
    fn doomed(&self, ring: usize) -> BTreeMap<usize, usize> {
        let mut doomed = BTreeMap::new();
        loop {
            let members = self.schedule.members(ring).iter().filter(|member| self.has_succeeded(**member));
            let more: Vec<_> = members
                .filter(|member| !doomed.contains_key(*member))
                .filter_map(|member| {
                    let mut needs = self.needs.get(*member)?.iter();
                    let need =
                        needs.find(|need| !self.has_succeeded(**need) || doomed.contains_key(*need))?;
                    Some((*member, *need))
                })
                .collect();
            if more.is_empty() {
                return doomed;
            }
            doomed.extend(more);
        }
    }

    /// Takes back the creates of `ring` that are `doomed`.
    fn take_back(&self, ring: usize, doomed: BTreeMap<usize, usize>) -> BoxFuture<'static, Event> {
        let created = doomed.into_iter().filter_map(|(member, failed)| {
            let done = self.outcomes.get(member)?.as_ref()?.as_ref().ok()?;
            let kind = self.named.get(member)?.kind.clone()?;
            Some((member, kind, done.id.clone(), self.depends(failed), self.scope.clone()))
        });
        let taking: Vec<_> = created
            .map(|(member, kind, id, error, scope)| async move {
                match take_back(&scope, &kind, &id).await {
                    Ok(()) => (member, error),
                    Err(failure) => (member, left(&id, &failure)),
                }
            })
            .collect();
        let taken = stream::iter(taking).buffer_unordered(FAN_OUT).collect();
        taken.map(move |failed| Event::Settled(ring, failed)).boxed()
    }

    fn results(self) -> Vec<(Named, Outcome)> {
        let stopped = self.has_stopped();
        let Self { named, outcomes, work, schedule, .. } = self;
        // A ring that was not finished at the end has an unknown outcome.
        let settled = |operation: usize| schedule.is_settled(operation);
        let known = |operation: usize, outcome: Outcome, work: &Option<_>| match (outcome, work) {
            (Some(Ok(_)) | None, None) if !settled(operation) => Some(Err(unknown())),
            (None, Some(_)) if !stopped => Some(Err(late())),
            (outcome, _) => outcome,
        };
        let outcomes: Vec<_> = outcomes
            .iter()
            .cloned()
            .zip(&work)
            .enumerate()
            .map(|(operation, (outcome, work))| known(operation, outcome, work))
            .collect();
        named.into_iter().zip(outcomes).collect()
    }
}

/// What is left of the request's time.
fn time_left() -> Duration {
    retry::left().unwrap_or(Duration::MAX)
}

fn unknown() -> Error {
    let detail = "the time of one request ended while it was running: check the resource before you \
                  send it again";
    Error::new(Kind::Unavailable, detail)
}

/// A create that should have been taken back, and could not.
fn left(id: &str, failure: &Failure) -> Error {
    let detail = format!(
        "a create that it refers to has failed, and it could not be taken back: delete `{id}` ({})",
        failure.error().detail
    );
    Error::new(failure.error().kind, detail)
}
