//! Candidates that do not come in the order of the list: all of them are looked at, and
//! the best are kept, by what they are sorted by alone.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::access_path::Access;
use super::candidates::Source;
use super::complete::{BYTES, EXTRA};
use super::evaluate::Sight;
use super::execute::{Asked, Effort, Found, Hit, LONGEST, Outcome, Plan};
use super::position::{Place, Start};
use super::sort_key;
use super::stream::NAMED;
use super::{MOST, Query};
use crate::error::Error;
use crate::resource::get;
use crate::resource::stored::Stored;
use crate::tenant::Tenant;

/// Bytes of what resources are sorted by that may be kept.
const KEPT: usize = 64 * 1024 * 1024;
/// Resources of a page that are read before what they weigh is looked at: each may be of
/// hundreds of kilobytes.
const TOGETHER: usize = 40;

/// The best so far: those next to the start of the page, in the order in which it is read.
struct Best {
    edge: Option<Edge>,
    falling: bool,
    most: usize,
    kept: BTreeSet<Ranked>,
    bytes: usize,
}

/// Where a resource stands, and of which part it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Ranked {
    place: String,
    part: usize,
}

/// The place behind which the page begins.
struct Edge {
    place: String,
    /// Only its head is known: all that begins so count as behind it. Of a walk that meets
    /// one, some may be seen twice, and none is missed.
    head: bool,
}

impl Edge {
    fn is_before(&self, place: &str, falling: bool) -> bool {
        match (self.head, falling) {
            (false, false) => *place > *self.place,
            (false, true) => *place < *self.place,
            (true, false) => *place >= *self.place,
            (true, true) => *place < *self.place || place.starts_with(&self.place),
        }
    }
}

impl Best {
    /// # Errors
    /// [`Error::TooMany`] when what is sorted by is too long to be kept.
    fn offer(&mut self, place: String, part: usize) -> Result<(), Error> {
        if self.edge.as_ref().is_some_and(|edge| !edge.is_before(&place, self.falling)) {
            return Ok(());
        }
        self.bytes += place.len();
        self.kept.insert(Ranked { place, part });
        if self.kept.len() > self.most {
            let worst = if self.falling { self.kept.pop_first() } else { self.kept.pop_last() };
            self.bytes -= worst.map_or(0, |worst| worst.place.len());
        }
        if self.bytes > KEPT {
            return Err(Error::TooMany(
                "the values of the attribute in `sortBy` are too long to sort so many of them: ask for smaller pages \
                 with `count`, or sort by another attribute"
                    .to_owned(),
            ));
        }
        Ok(())
    }

    fn ranked(self) -> Vec<Ranked> {
        let mut ranked: Vec<_> = self.kept.into_iter().collect();
        if self.falling {
            ranked.reverse();
        }
        ranked
    }
}

impl Tenant {
    /// The page of candidates that come in any order.
    pub(super) async fn in_memory(
        &self,
        query: &Query,
        plan: &Plan<'_>,
        start: &Start,
        effort: &mut Effort,
    ) -> Result<Outcome, Error> {
        let falling = start.falling(query);
        let skip = usize::try_from(start.skip).unwrap_or(usize::MAX);
        let count = usize::try_from(query.count).unwrap_or(usize::MAX);
        let most = skip.saturating_add(count).saturating_add(1);
        let edge = self.edge(query, plan, start.place.as_ref()).await?;
        let mut best = Best { edge, falling, most, kept: BTreeSet::new(), bytes: 0 };
        let (mut total, mut sights) = (0, Vec::with_capacity(plan.asked.len()));
        for asked in &plan.asked {
            let mut source = Source::open(self, asked.kind(), &asked.access, None, false).await?;
            let mut sight = asked.sight(self, query);
            if let Some((group, list)) = source.group() {
                sight.found_among(group, list);
            }
            let limit = (asked.access != Access::Walk).then_some(NAMED);
            // One whose indexed value changes meanwhile may come again, further on.
            let mut seen = matches!(asked.access, Access::Entries(_)).then(HashSet::new);
            while source.has_more() {
                if effort.spent() {
                    return Err(too_many(asked));
                }
                let Some(batch) = source.next(effort.left(limit)).await? else { break };
                sight.prepare(&batch.candidates.iter().map(|c| &c.stored).collect::<Vec<_>>()).await?;
                effort.looked_at(batch.read);
                for candidate in batch.candidates {
                    if seen.as_mut().is_some_and(|seen| !seen.insert(candidate.stored.resource.id.clone())) {
                        continue;
                    }
                    if let Some(sorts_as) = sight.sorts_as(&candidate.stored).await? {
                        total += 1;
                        best.offer(sort_key::of(&sorts_as, &candidate.stored.resource.id), asked.number)?;
                    }
                }
            }
            sights.push(sight);
        }
        let mut ranked = best.ranked();
        let more = ranked.len() == most;
        ranked.truncate(most - 1);
        let page: Vec<Ranked> = ranked.into_iter().skip(skip).collect();
        let found = page.len();
        let hits = self.read_again(plan, &mut sights, page).await?;
        let more = more || hits.len() < found;
        for sight in &sights {
            if !sight.holds().await? {
                return Ok(Outcome::Changed);
            }
        }
        Ok(Outcome::Found(Found { hits, more, total: Some(total), complete: true, ..Found::default() }))
    }

    /// What the page shows: as it is now, when the filter still matches it. It ends early
    /// where it would outgrow a response.
    async fn read_again(
        &self,
        plan: &Plan<'_>,
        sights: &mut [Sight<'_>],
        page: Vec<Ranked>,
    ) -> Result<Vec<Hit>, Error> {
        let mut hits: Vec<Hit> = page.into_iter().map(hit).collect();
        let (mut done, mut bytes) = (0, 0);
        for some in hits.chunks_mut(TOGETHER) {
            for (asked, sight) in plan.asked.iter().zip(sights.iter_mut()) {
                self.read_some(asked, sight, some).await?;
            }
            done += some.len();
            bytes +=
                some.iter().flat_map(|hit| &hit.stored).map(|stored| stored.bytes + EXTRA).sum::<usize>();
            if bytes > BYTES {
                break;
            }
        }
        hits.truncate(done);
        Ok(hits)
    }

    /// Those of `hits` that are resources of the type that is `asked`.
    async fn read_some(
        &self,
        asked: &Asked<'_>,
        sight: &mut Sight<'_>,
        hits: &mut [Hit],
    ) -> Result<(), Error> {
        let own = hits.iter().filter(|hit| hit.place.part == asked.number);
        let keys: Vec<_> = own.map(|hit| self.key(asked.kind(), sort_key::split(&hit.place.key).1)).collect();
        if keys.is_empty() {
            return Ok(());
        }
        let items = self.store.read_all(keys).await?;
        let stored: Vec<Stored> = items.values().map(Stored::read).collect::<Result<_, _>>()?;
        sight.prepare(&stored.iter().collect::<Vec<_>>()).await?;
        let mut matching = HashMap::with_capacity(stored.len());
        for stored in stored {
            if sight.matches(&stored).await? {
                matching.insert(stored.resource.id.clone(), stored);
            }
        }
        for hit in hits.iter_mut().filter(|hit| hit.place.part == asked.number) {
            hit.stored = matching.remove(sort_key::split(&hit.place.key).1);
        }
        Ok(())
    }

    /// The edge at `place`, whole where it was cut and its resource is still there.
    async fn edge(
        &self,
        query: &Query,
        plan: &Plan<'_>,
        place: Option<&Place>,
    ) -> Result<Option<Edge>, Error> {
        let Some(place) = place else { return Ok(None) };
        let (sorts_as, id) = sort_key::split(&place.key);
        let Some(head) = sort_key::head(sorts_as) else {
            return Ok(Some(Edge { place: place.key.clone(), head: false }));
        };
        if let Some(asked) = plan.asked.iter().find(|asked| asked.number == place.part)
            && let Some(stored) = get::find(self, asked.kind(), id).await?
        {
            let mut sight = asked.sight(self, query);
            sight.prepare(&[&stored]).await?;
            let whole = sight.sorts_as(&stored).await?;
            if let Some(whole) = whole.filter(|whole| sort_key::cut(whole) == sorts_as) {
                return Ok(Some(Edge { place: sort_key::of(&whole, id), head: false }));
            }
        }
        Ok(Some(Edge { place: head.to_owned(), head: true }))
    }
}

fn hit(ranked: Ranked) -> Hit {
    let (sorts_as, id) = sort_key::split(&ranked.place);
    Hit { place: Place::new(ranked.part, sort_key::of(&sort_key::cut(sorts_as), id)), stored: None }
}

fn too_many(asked: &Asked<'_>) -> Error {
    Error::TooMany(format!(
        "to sort by this attribute more than {MOST} resources would have to be looked at, or for longer than {} s: \
         sort by `id`, by `userName` of users or by `displayName` of groups, or narrow the list by a filter on one of \
         the indexed attributes of {}s ({}) or on `groups.value`",
        LONGEST.as_secs(),
        asked.kind().name.to_lowercase(),
        asked.kind().indexed().join(", ")
    ))
}
