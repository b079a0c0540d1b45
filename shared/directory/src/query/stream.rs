//! Candidates that come in the order of the list: read from the start of the page on, type
//! after type, until it is full.

use super::access_path::Access;
use super::candidates::Source;
use super::complete::{BYTES, EXTRA};
use super::execute::{Asked, Count, Effort, Found, Hit, LONGEST, Outcome, Plan};
use super::position::{Place, Start};
use super::{COUNTED, From, MOST, Query};
use crate::error::Error;
use crate::tenant::Tenant;

/// Index entries or memberships read at a time, and then the resources that they name.
pub(super) const NAMED: i32 = 500;

/// One page's way through the candidates.
struct Stream<'a> {
    scope: &'a Tenant,
    query: &'a Query,
    start: &'a Start,
    count: Count,
    found: Found,
    bytes: usize,
    /// Candidates looked at behind the page.
    behind: usize,
    effort: &'a mut Effort,
}

/// How the candidates of one type ended.
enum End {
    /// There are no more.
    Reached,
    /// The page is full, and counted as far as it is to be.
    Full,
    /// The request has spent what it may.
    Spent,
    Changed,
    Inexact,
}

impl Tenant {
    /// The page of candidates that come in order; `count` goes on behind it.
    pub(super) async fn stream(
        &self,
        query: &Query,
        plan: &Plan<'_>,
        start: &Start,
        count: Count,
        effort: &mut Effort,
    ) -> Result<Outcome, Error> {
        let falling = start.falling(query);
        let mut asked: Vec<&Asked<'_>> = plan.asked.iter().collect();
        if falling {
            asked.reverse();
        }
        let found = Found::default();
        let mut stream = Stream { scope: self, query, start, count, found, bytes: 0, behind: 0, effort };
        for asked in asked {
            let after = match &start.place {
                Some(place) if place.part == asked.number => Some(place.key.as_str()),
                Some(place) if (place.part > asked.number) != falling => continue,
                _ => None,
            };
            match stream.one(asked, after, falling).await? {
                End::Reached => {}
                End::Full | End::Spent => return Ok(Outcome::Found(stream.found)),
                End::Changed => return Ok(Outcome::Changed),
                End::Inexact => return Ok(Outcome::Inexact),
            }
        }
        stream.found.complete = true;
        stream.found.stopped = None;
        Ok(Outcome::Found(stream.found))
    }
}

impl Stream<'_> {
    /// The candidates of one type behind the place `after`.
    async fn one(&mut self, asked: &Asked<'_>, after: Option<&str>, falling: bool) -> Result<End, Error> {
        let mut source = Source::open(self.scope, asked.kind(), &asked.access, after, falling).await?;
        let mut sight = asked.sight(self.scope, self.query);
        if let Some((group, list)) = source.group() {
            sight.found_among(group, list);
        }
        self.found.estimate = source.size();
        let mut end = End::Reached;
        'batches: while source.has_more() {
            if self.effort.spent() {
                self.give_up(asked)?;
                end = End::Spent;
                break;
            }
            let Some(batch) = source.next(self.effort.left(self.limit(asked))).await? else { break };
            if batch.inexact && self.query.order.is_some() {
                return Ok(End::Inexact);
            }
            sight.prepare(&batch.candidates.iter().map(|c| &c.stored).collect::<Vec<_>>()).await?;
            self.effort.looked_at(batch.read);
            for candidate in batch.candidates {
                if self.found.more {
                    self.behind += 1;
                    if self.count == Count::Some && self.behind > COUNTED {
                        end = End::Full;
                        break 'batches;
                    }
                }
                if !sight.matches(&candidate.stored).await? {
                    continue;
                }
                self.found.seen += 1;
                if self.found.seen <= self.start.skip {
                    continue;
                }
                if self.found.hits.len() as u64 >= self.query.count || self.bytes > BYTES {
                    self.found.more = true;
                    if self.count == Count::Nothing {
                        end = End::Full;
                        break 'batches;
                    }
                    continue;
                }
                self.bytes += candidate.stored.bytes + EXTRA;
                let place = Place::new(asked.number, candidate.key);
                self.found.hits.push(Hit { place, stored: Some(candidate.stored) });
            }
            self.found.stopped =
                batch.last.map(|key| Place::new(asked.number, key)).or(self.found.stopped.take());
        }
        // At the end of one type it is kept: the next may be given up before anything of it is read.
        if matches!(end, End::Full) {
            self.found.stopped = None;
        }
        Ok(if sight.holds().await? { end } else { End::Changed })
    }

    /// # Errors
    /// [`Error::TooMany`] when what was found is no page: a cursor's may be short, and
    /// that of an index stands when only the count is not complete.
    fn give_up(&self, asked: &Asked<'_>) -> Result<(), Error> {
        match &self.query.from {
            From::Cursor { .. } => Ok(()),
            From::Index(_) if self.found.more && asked.access != Access::Walk => Ok(()),
            From::Index(start) => Err(too_far(asked, *start, self.query.order.is_some())),
        }
    }

    /// Items to read next. Without a filter: up to the end of the page and one more, which
    /// tells whether there is more. Where items only name resources, each of which is then
    /// read: not many more than the page still lacks.
    fn limit(&self, asked: &Asked<'_>) -> Option<i32> {
        let page = self.start.skip.saturating_add(self.query.count).saturating_add(1);
        let lacking = i32::try_from(page.saturating_sub(self.found.seen)).unwrap_or(i32::MAX);
        let counting = self.count != Count::Nothing;
        match (&asked.access, &asked.filter) {
            (Access::Walk, None) if !counting => Some(lacking.max(1)),
            (Access::Walk, _) => None,
            (_, None) if !counting => Some(lacking.clamp(1, NAMED)),
            _ if counting => Some(NAMED),
            _ => Some(lacking.clamp(25, NAMED)),
        }
    }
}

fn too_far(asked: &Asked<'_>, start: u64, sorted: bool) -> Error {
    let indexed = asked.kind().indexed();
    let indexed = indexed.join(", ");
    Error::TooMany(if asked.filter.is_some() {
        format!(
            "the filter would have to look at more than {MOST} resources, or for longer than {} s: compare one of the \
             indexed attributes ({indexed}) or `id` by `eq` or `sw`, or page with `cursor`",
            LONGEST.as_secs()
        )
    } else {
        let list = if sorted { "the sorted list" } else { "the list" };
        format!(
            "startIndex {start} is too far from any page of {list} that was read in the last ten minutes: page from 1 \
             on with one `count`, page with `cursor`, or filter by one of the indexed attributes ({indexed})"
        )
    })
}
