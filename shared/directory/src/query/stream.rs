//! Candidates that come in the order of the list: read from the start of the page, type after type, until the
//! page is full.

use super::access_path::Access;
use super::budget::{Budget, LONGEST};
use super::candidates::{BATCH, Batch, Candidates};
use super::complete::{Match, Response};
use super::evaluate::Evaluator;
use super::found::{Counting, Found, Outcome};
use super::plan::{PartPlan, Plan};
use super::position::{Position, Start};
use super::query::{MAX_CANDIDATES, PageStart, Query};
use crate::error::Error;
use crate::tenant::Tenant;

/// Candidates after the page that are evaluated where counting must be cheap.
const COUNTED: usize = 1_000;

/// One page's way through the candidates.
struct Stream<'a> {
    tenant: &'a Tenant,
    query: &'a Query,
    start: &'a Start,
    counting: Counting,
    response: Response<'a>,
    found: Found,
    /// Candidates evaluated after the page.
    after_page: usize,
    budget: &'a mut Budget,
}

/// How the candidates of one type ended.
enum End {
    /// There are no more.
    Reached,
    /// The page is full, and the matches after it are counted as far as they should be.
    Full,
    /// The budget is used up.
    UsedUp,
    Changed,
    Inexact,
}

/// The page of candidates that come in order; `counting` continues after it.
pub(super) async fn page(
    tenant: &Tenant,
    query: &Query,
    plan: &Plan<'_>,
    start: &Start,
    counting: Counting,
    budget: &mut Budget,
) -> Result<Outcome, Error> {
    let downwards = start.reads_downwards(query.is_descending());
    let mut parts: Vec<&PartPlan<'_>> = plan.parts.iter().collect();
    if downwards {
        parts.reverse();
    }
    let (response, found) = (Response::new(tenant, query), Found::default());
    let mut stream = Stream { tenant, query, start, counting, response, found, after_page: 0, budget };
    for part in parts {
        let after = match &start.position {
            Some(position) if position.part == part.number => Some(position.key.as_str()),
            Some(position) if (position.part > part.number) != downwards => continue,
            _ => None,
        };
        match stream.read(part, after, downwards).await? {
            End::Reached => {}
            End::Full | End::UsedUp => return Ok(Outcome::Found(stream.finish())),
            End::Changed => return Ok(Outcome::Changed),
            End::Inexact => return Ok(Outcome::Inexact),
        }
    }
    stream.found.complete = true;
    stream.found.stopped = None;
    Ok(Outcome::Found(stream.finish()))
}

impl Stream<'_> {
    fn finish(self) -> Found {
        Found { shown: self.response.shown, ..self.found }
    }

    /// Reads the candidates of one type after the position `after`.
    async fn read(
        &mut self,
        part: &PartPlan<'_>,
        after: Option<&str>,
        downwards: bool,
    ) -> Result<End, Error> {
        let mut candidates =
            Candidates::open(self.tenant, part.kind(), &part.access, after, downwards).await?;
        let mut evaluator = Evaluator::new(self.tenant, part.expression(self.query));
        if let Some((group, list)) = candidates.group() {
            evaluator.found_among(group, list);
        }
        self.found.estimate = candidates.size();
        let mut end = End::Reached;
        while candidates.has_more() {
            if self.budget.is_used_up() {
                self.give_up(part)?;
                end = End::UsedUp;
                break;
            }
            self.budget.admit(part.kind()).await?;
            let Some(batch) = candidates.next(self.budget.limit(self.limit(part))).await? else { break };
            if batch.inexact && self.query.order.is_some() {
                return Ok(End::Inexact);
            }
            let last = batch.last.clone();
            if self.evaluate(part, &mut evaluator, batch).await? {
                end = End::Full;
                break;
            }
            let last = last.map(|key| Position::new(part.number, key));
            self.found.stopped = last.or(self.found.stopped.take());
        }
        // After the last batch of a type it is kept: the budget may be used up before the next type.
        if matches!(end, End::Full) {
            self.found.stopped = None;
        }
        Ok(if evaluator.is_current().await? { end } else { End::Changed })
    }

    /// Adds what matches in `batch` to the page, or counts it. Returns whether the page is full and no
    /// further candidate needs to be read.
    async fn evaluate(
        &mut self,
        part: &PartPlan<'_>,
        evaluator: &mut Evaluator<'_>,
        batch: Batch,
    ) -> Result<bool, Error> {
        evaluator.prepare(batch.candidates.iter().map(|candidate| &candidate.stored)).await?;
        self.budget.add(batch.read);
        let (mut matches, mut done) = (Vec::new(), false);
        for candidate in batch.candidates {
            if self.found.more {
                self.after_page += 1;
                if self.counting == Counting::IfCheap && self.after_page > COUNTED {
                    done = true;
                    break;
                }
            }
            if !evaluator.matches(&candidate.stored).await? {
                continue;
            }
            self.found.seen += 1;
            if self.found.seen <= self.start.skip {
                continue;
            }
            let length = self.response.shown.len() + matches.len();
            if length as u64 >= self.query.count || self.response.is_full() {
                self.found.more = true;
                if self.counting == Counting::No {
                    done = true;
                    break;
                }
                continue;
            }
            let position = Position::new(part.number, candidate.key);
            matches.push(Match { position, stored: Some(candidate.stored) });
        }
        if !self.response.add(matches, self.budget).await? {
            self.found.more = true;
            done |= self.counting == Counting::No;
        }
        Ok(done)
    }

    /// # Errors
    /// [`Error::TooMany`] when what was found does not make a page. A page by cursor may always be short. A page by
    /// number may be short when its total is known, and its total may be too low when the filter uses an
    /// index.
    fn give_up(&self, part: &PartPlan<'_>) -> Result<(), Error> {
        let has_page = !self.response.shown.is_empty() && self.counting == Counting::No;
        match &self.query.start {
            PageStart::Cursor { .. } => Ok(()),
            PageStart::Index(_) if has_page || self.found.more && part.access != Access::Scan => Ok(()),
            PageStart::Index(start) => Err(too_far(part, *start, self.query.order.is_some())),
        }
    }

    /// Items to read next. Without a filter: up to the end of the page and one more, which shows whether
    /// there is a next page. Where items only name resources, which are then read: not many more than the
    /// page still needs.
    fn limit(&self, part: &PartPlan<'_>) -> Option<i32> {
        let page = self.start.skip.saturating_add(self.query.count).saturating_add(1);
        let missing = i32::try_from(page.saturating_sub(self.found.seen)).unwrap_or(i32::MAX);
        let counting = self.counting != Counting::No;
        match (&part.access, &part.filter) {
            (Access::Scan, None) if !counting => Some(missing.max(1)),
            (Access::Scan, _) => None,
            (_, None) if !counting => Some(missing.clamp(1, BATCH)),
            _ if counting => Some(BATCH),
            _ => Some(missing.clamp(25, BATCH)),
        }
    }
}

fn too_far(part: &PartPlan<'_>, start: u64, sorted: bool) -> Error {
    let indexed = part.kind().indexed();
    let indexed = indexed.join(", ");
    Error::TooMany(if part.filter.is_some() {
        format!(
            "the filter would have to evaluate more than {MAX_CANDIDATES} resources, or take more than {} s: compare \
             one of the indexed attributes ({indexed}) or `id` with `eq` or `sw`, or page with `cursor`",
            LONGEST.as_secs()
        )
    } else {
        let list = if sorted { "the sorted list" } else { "the list" };
        format!(
            "`startIndex` {start} is too far from every page of {list} that was read in the last ten minutes: page \
             from 1 with the same `count`, page with `cursor`, or filter by one of the indexed attributes ({indexed})"
        )
    })
}
