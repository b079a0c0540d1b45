//! One page of a list: by its number (RFC 7644 §3.4.2.4) or by a cursor (RFC 9865).

use futures_util::FutureExt;
use futures_util::future::{join, try_join, try_join_all};

use super::anchor::{Anchor, Anchors};
use super::complete::Shown;
use super::cursor::{Cursors, List, Token};
use super::execute::execute;
use super::found::{Counting, Found};
use super::plan::Plan;
use super::position::{Position, Start};
use super::query::{Page, PageStart, Query};
use crate::error::Error;
use crate::resource::counter;
use crate::resource::stored::Resource;
use crate::tenant::Tenant;

/// The page that `query` asks for, in a stable order.
///
/// # Errors
/// As [`Directory::list`](crate::Directory::list).
pub(crate) async fn list(tenant: &Tenant, query: &Query) -> Result<Page, Error> {
    match &query.start {
        PageStart::Index(start) => by_index(tenant, query, *start).await,
        PageStart::Cursor { sent, cursors } => by_cursor(tenant, query, sent, cursors).await,
    }
}

/// The page that begins with the match number `start`.
///
/// It stores an [anchor](super::anchor) for the next page, so that paging through N resources costs O(N). The
/// total of a filter is counted on the first page.
async fn by_index(tenant: &Tenant, query: &Query, start: u64) -> Result<Page, Error> {
    let plan = Plan::of(query);
    let anchors = Anchors::of(tenant, query, &plan);
    let needs_anchor = start > 1 && query.count > 0;
    let anchor = async { if needs_anchor { anchors.at_or_before(start).await } else { Ok(None) } };
    // The first page of an unfiltered list begins at the start, whatever the total is.
    let first = start <= 1 && query.count > 0 && plan.is_unfiltered();
    let (counted, anchor, found) = if first {
        let (counted, found) = counted_and_found(tenant, query, &plan, &Start::default()).await?;
        (Some(counted), None, Some(found))
    } else {
        let (counted, anchor) = try_join(counted(tenant, &plan), anchor).await?;
        (counted, anchor, None)
    };
    let only_total = |total| Page { total: Some(total), ..Page::default() };
    if let (Some(total), 0) = (counted, query.count) {
        return Ok(only_total(total));
    }
    // Beyond the end, and no client has paged there.
    if let (Some(total), None) = (counted, &anchor)
        && start > total
    {
        return Ok(only_total(total));
    }
    let known = counted.or(anchor.as_ref().and_then(|anchor| anchor.total));
    let counting = match known {
        Some(_) => Counting::No,
        None if plan.is_members_of_a_group() => Counting::IfCheap,
        None => Counting::All,
    };
    let before = anchor.as_ref().map_or(0, |anchor| anchor.start - 1);
    let generation = anchor.as_ref().map(|anchor| anchor.generation);
    let position = anchor.map(|Anchor { position, .. }| position);
    let from = Start { position, backwards: false, skip: start.saturating_sub(before + 1) };
    let found = match found {
        Some(found) => found,
        None => execute(tenant, query, &plan, &from, counting).await?,
    };
    let (seen, known) = (before + found.seen, found.total.or(known));
    let estimate = if found.complete { 0 } else { found.estimate.unwrap_or(0) };
    let last = found.shown.last().map(|shown| shown.position.clone());
    let resources = resources(found.shown);
    let next = start + resources.len() as u64;
    let more = found.more || found.stopped.is_some() && known.is_some_and(|known| next <= known);
    // Deletions have shifted the numbers of a client that is paging: what it has not seen must not
    // seem to be beyond the end.
    let total = known.unwrap_or(seen.max(estimate)).max(if more { next } else { 0 });
    let filtered = counted.is_none().then_some(total);
    let stored = match (last, generation) {
        (Some(last), _) if more && start <= 1 => anchors.after_first_page(next, &last, filtered).await,
        (Some(last), of) if more => anchors.after_page(next, &last, filtered, of.unwrap_or(0)).await,
        (_, Some(generation)) if !more => anchors.after_last_page(generation).await,
        _ => Ok(()),
    };
    if let Err(error) = stored {
        tracing::warn!(error = &error as &dyn std::error::Error, "a page anchor was not stored");
    }
    Ok(Page { total: Some(total), resources, ..Page::default() })
}

/// The page at the cursor `sent`. It stores nothing: its cursors contain all that their pages need.
async fn by_cursor(tenant: &Tenant, query: &Query, sent: &str, cursors: &Cursors) -> Result<Page, Error> {
    let plan = Plan::of(query);
    let list = List { directory: &tenant.directory, fingerprint: plan.fingerprint(), count: query.count };
    let token = cursors.open(&list, sent)?;
    let (counted, found) = if query.count > 0 && plan.is_unfiltered() {
        let (counted, found) = counted_and_found(tenant, query, &plan, &token.start).await?;
        (Some(counted), Some(found))
    } else {
        (counted(tenant, &plan).await?, None)
    };
    let first = token.start == Start::default();
    let known = counted.or(token.total);
    let counting = match known {
        None if query.count == 0 => Counting::All,
        None if first => Counting::IfCheap,
        _ => Counting::No,
    };
    if let (Some(total), 0) = (known, query.count) {
        return Ok(Page { total: Some(total), ..Page::default() });
    }
    let backwards = token.start.backwards;
    let found = match found {
        Some(found) => found,
        None => execute(tenant, query, &plan, &token.start, counting).await?,
    };
    let total = match found.total.or(known) {
        None if token.start.position.is_none() && found.complete => Some(found.seen),
        None if first => found.estimate.map(|estimate| estimate.max(found.seen)),
        known => known,
    };
    if query.count == 0 {
        return Ok(Page { total, ..Page::default() });
    }
    // Where the page begins and ends, as it was read. A page that found nothing within its budget begins and
    // ends where it stopped.
    let position = |shown: Option<&Shown>| shown.map(|shown| shown.position.clone());
    let begin = position(found.shown.first()).or_else(|| found.stopped.clone());
    let end = if found.more { position(found.shown.last()) } else { found.stopped };
    let seal = |position: Option<Position>, backwards| {
        let start = Start { position, backwards, skip: 0 };
        cursors.seal(&list, &Token { start, total })
    };
    let onwards = end.map(|end| seal(Some(end), backwards)).transpose()?;
    let mut resources = resources(found.shown);
    let (previous, next) = if backwards {
        resources.reverse();
        // When all resources before it were deleted, the page after it is the first one.
        (onwards, Some(seal(begin, false)?))
    } else {
        let back = begin.filter(|_| !first).map(|begin| seal(Some(begin), true));
        (back.transpose()?, onwards)
    };
    Ok(Page { total, resources, previous, next })
}

/// The total according to the counters, which do not know filters.
async fn counted(tenant: &Tenant, plan: &Plan<'_>) -> Result<Option<u64>, Error> {
    if !plan.is_unfiltered() {
        return Ok(None);
    }
    let totals = plan.parts.iter().map(|part| counter::total(tenant, part.kind()).boxed());
    let totals: Vec<_> = totals.collect();
    Ok(Some(try_join_all(totals).await?.into_iter().sum()))
}

/// The total of an unfiltered list, and its page that begins at `start`: neither depends on the other.
async fn counted_and_found(
    tenant: &Tenant,
    query: &Query,
    plan: &Plan<'_>,
    start: &Start,
) -> Result<(u64, Found), Error> {
    let found = execute(tenant, query, plan, start, Counting::No);
    // The search goes on to its end: it may have a slot to give back.
    let (counted, found) = join(counted(tenant, plan), found).await;
    Ok((counted?.unwrap_or(0), found?))
}

fn resources(shown: Vec<Shown>) -> Vec<(usize, Resource)> {
    shown.into_iter().filter_map(|shown| Some((shown.position.part, shown.resource?))).collect()
}
