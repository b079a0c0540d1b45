//! Candidates that do not come in the order of the list: every page evaluates all of them, and keeps in memory
//! only the sort keys of those next to its start.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::access_path::Access;
use super::budget::{Budget, LONGEST};
use super::candidates::{BATCH, Candidates};
use super::complete::{Match, Response, Shown};
use super::evaluate::Evaluator;
use super::found::{Found, Outcome};
use super::plan::{PartPlan, Plan};
use super::position::{Position, Start};
use super::query::{MAX_CANDIDATES, Query};
use super::sort_key;
use crate::error::Error;
use crate::resource::get;
use crate::resource::stored::Stored;
use crate::tenant::Tenant;

/// Bytes of sort keys that may be kept.
const MAX_BYTES: usize = 64 * 1024 * 1024;
/// Resources of a page that are read together: each may have hundreds of kilobytes.
const AT_ONCE: usize = 40;

/// The candidates next to the start of the page, in the direction in which it is read.
struct Nearest {
    start: Option<Boundary>,
    downwards: bool,
    most: usize,
    kept: BTreeSet<Ranked>,
    bytes: usize,
}

/// The position of a resource in the list, and the part that it belongs to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Ranked {
    /// The whole sort key, with the id.
    key: String,
    part: usize,
}

/// The position after which the page begins.
struct Boundary {
    key: String,
    /// Only the beginning of the sort key is known: all keys that begin with it count as after it. A client
    /// may see such resources twice, but misses none.
    is_head: bool,
}

impl Boundary {
    fn is_before(&self, key: &str, downwards: bool) -> bool {
        match (self.is_head, downwards) {
            (false, false) => *key > *self.key,
            (false, true) => *key < *self.key,
            (true, false) => *key >= *self.key,
            (true, true) => *key < *self.key || key.starts_with(&self.key),
        }
    }
}

impl Nearest {
    /// # Errors
    /// [`Error::TooMany`] when the sort keys take too much memory.
    fn offer(&mut self, key: String, part: usize) -> Result<(), Error> {
        if self.start.as_ref().is_some_and(|start| !start.is_before(&key, self.downwards)) {
            return Ok(());
        }
        self.bytes += key.len();
        self.kept.insert(Ranked { key, part });
        if self.kept.len() > self.most {
            let farthest = if self.downwards { self.kept.pop_first() } else { self.kept.pop_last() };
            self.bytes -= farthest.map_or(0, |farthest| farthest.key.len());
        }
        if self.bytes > MAX_BYTES {
            return Err(Error::TooMany(
                "the values of the attribute in `sortBy` are too long to sort so many of them: request smaller pages \
                 with `count`, or sort by another attribute"
                    .to_owned(),
            ));
        }
        Ok(())
    }

    fn ranked(self) -> Vec<Ranked> {
        let mut ranked: Vec<_> = self.kept.into_iter().collect();
        if self.downwards {
            ranked.reverse();
        }
        ranked
    }
}

/// The page of candidates that come in any order.
pub(super) async fn page(
    tenant: &Tenant,
    query: &Query,
    plan: &Plan<'_>,
    start: &Start,
    budget: &mut Budget,
) -> Result<Outcome, Error> {
    let skip = usize::try_from(start.skip).unwrap_or(usize::MAX);
    let count = usize::try_from(query.count).unwrap_or(usize::MAX);
    let most = skip.saturating_add(count).saturating_add(1);
    let downwards = start.reads_downwards(query.is_descending());
    let start = boundary(tenant, query, plan, start.position.as_ref()).await?;
    let mut nearest = Nearest { start, downwards, most, kept: BTreeSet::new(), bytes: 0 };
    let (mut total, mut evaluators) = (0, Vec::with_capacity(plan.parts.len()));
    for part in &plan.parts {
        let mut evaluator = Evaluator::new(tenant, part.expression(query));
        total += rank(tenant, part, &mut evaluator, &mut nearest, budget).await?;
        evaluators.push(evaluator);
    }
    let mut ranked = nearest.ranked();
    let more = ranked.len() == most;
    ranked.truncate(most - 1);
    let ranked: Vec<Ranked> = ranked.into_iter().skip(skip).collect();
    let shown = read(tenant, query, plan, &mut evaluators, &ranked, budget).await?;
    let more = more || shown.len() < ranked.len();
    for evaluator in &evaluators {
        if !evaluator.is_current().await? {
            return Ok(Outcome::Changed);
        }
    }
    Ok(Outcome::Found(Found { shown, more, total: Some(total), complete: true, ..Found::default() }))
}

/// Evaluates all candidates of one type. Returns how many match.
async fn rank(
    tenant: &Tenant,
    part: &PartPlan<'_>,
    evaluator: &mut Evaluator<'_>,
    nearest: &mut Nearest,
    budget: &mut Budget,
) -> Result<u64, Error> {
    let mut candidates = Candidates::open(tenant, part.kind(), &part.access, None, false).await?;
    if let Some((group, list)) = candidates.group() {
        evaluator.found_among(group, list);
    }
    let limit = (part.access != Access::Scan).then_some(BATCH);
    // A resource whose indexed value changes meanwhile may come again, further on.
    let mut seen = matches!(part.access, Access::Entries(_)).then(HashSet::new);
    let mut total = 0;
    while candidates.has_more() {
        if budget.is_used_up() {
            return Err(too_many(part));
        }
        budget.admit(part.kind()).await?;
        let Some(batch) = candidates.next(budget.limit(limit)).await? else { break };
        evaluator.prepare(batch.candidates.iter().map(|candidate| &candidate.stored)).await?;
        budget.add(batch.read);
        for candidate in batch.candidates {
            let id = &candidate.stored.resource.id;
            if seen.as_mut().is_some_and(|seen| !seen.insert(id.clone())) {
                continue;
            }
            if let Some(key) = evaluator.sort_key(&candidate.stored).await? {
                total += 1;
                nearest.offer(sort_key::with_id(&key, id), part.number)?;
            }
        }
    }
    Ok(total)
}

/// The resources at `ranked` as they are now, if the filter still matches them.
async fn read(
    tenant: &Tenant,
    query: &Query,
    plan: &Plan<'_>,
    evaluators: &mut [Evaluator<'_>],
    ranked: &[Ranked],
    budget: &Budget,
) -> Result<Vec<Shown>, Error> {
    let mut response = Response::new(tenant, query);
    for chunk in ranked.chunks(AT_ONCE) {
        let mut matches: Vec<Match> = chunk.iter().map(not_read).collect();
        for (part, evaluator) in plan.parts.iter().zip(evaluators.iter_mut()) {
            read_part(tenant, part, evaluator, &mut matches).await?;
        }
        response.add(matches, budget).await?;
        if response.is_full() {
            break;
        }
    }
    Ok(response.shown)
}

/// Reads those of `matches` that belong to `part`.
async fn read_part(
    tenant: &Tenant,
    part: &PartPlan<'_>,
    evaluator: &mut Evaluator<'_>,
    matches: &mut [Match],
) -> Result<(), Error> {
    let own = matches.iter().filter(|each| each.position.part == part.number);
    let keys: Vec<_> =
        own.map(|each| tenant.key(part.kind(), sort_key::split(&each.position.key).1)).collect();
    if keys.is_empty() {
        return Ok(());
    }
    let items = tenant.table().get_many(keys).await?;
    let stored: Vec<Stored> = items.values().map(Stored::read).collect::<Result<_, _>>()?;
    evaluator.prepare(stored.iter()).await?;
    let mut matching = HashMap::with_capacity(stored.len());
    for stored in stored {
        if evaluator.matches(&stored).await? {
            matching.insert(stored.resource.id.clone(), stored);
        }
    }
    for each in matches.iter_mut().filter(|each| each.position.part == part.number) {
        each.stored = matching.remove(sort_key::split(&each.position.key).1);
    }
    Ok(())
}

/// The boundary at `position`, with the whole sort key if it was truncated and its resource still exists.
async fn boundary(
    tenant: &Tenant,
    query: &Query,
    plan: &Plan<'_>,
    position: Option<&Position>,
) -> Result<Option<Boundary>, Error> {
    let Some(position) = position else { return Ok(None) };
    let (key, id) = sort_key::split(&position.key);
    let Some(head) = sort_key::head(key) else {
        return Ok(Some(Boundary { key: position.key.clone(), is_head: false }));
    };
    if let Some(part) = plan.parts.iter().find(|part| part.number == position.part)
        && let Some(stored) = get::find(tenant, part.kind(), id).await?
    {
        let mut evaluator = Evaluator::new(tenant, part.expression(query));
        evaluator.prepare(std::iter::once(&stored)).await?;
        let whole = evaluator.sort_key(&stored).await?;
        if let Some(whole) = whole.filter(|whole| sort_key::truncated(whole) == key) {
            return Ok(Some(Boundary { key: sort_key::with_id(&whole, id), is_head: false }));
        }
    }
    Ok(Some(Boundary { key: head.to_owned(), is_head: true }))
}

fn not_read(ranked: &Ranked) -> Match {
    let (key, id) = sort_key::split(&ranked.key);
    let key = sort_key::with_id(&sort_key::truncated(key), id);
    Match { position: Position::new(ranked.part, key), stored: None }
}

fn too_many(part: &PartPlan<'_>) -> Error {
    Error::TooMany(format!(
        "sorting by this attribute would have to evaluate more than {MAX_CANDIDATES} resources, or take more than {} \
         s: sort by `id`, by `userName` of users or by `displayName` of groups, or filter by one of the indexed \
         attributes of {}s ({}) or by `groups.value`",
        LONGEST.as_secs(),
        part.kind().name.to_lowercase(),
        part.kind().indexed().join(", ")
    ))
}
