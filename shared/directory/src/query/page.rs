//! One page of a list: by its number (RFC 7644 §3.4.2.4) or by a cursor (RFC 9865).

use super::complete::Shown;
use super::cursor::{Cursors, Token};
use super::execute::{Count, Found, Plan};
use super::position::{Place, Start};
use super::{From, Page, Query};
use crate::error::Error;
use crate::resource::counter;
use crate::resource::stored::Resource;
use crate::tenant::Tenant;

impl Tenant {
    /// The page that `query` asks for, in a stable order.
    ///
    /// # Errors
    /// [`Error::TooMany`] when it would take a walk of more than 200,000 resources or
    /// 20 s, except that a page by cursor without an order is short instead;
    /// [`Error::Scim`] for a cursor that is not one of ours, has expired, or belongs to
    /// another query; the table's own.
    pub async fn list(&self, query: &Query) -> Result<Page, Error> {
        match &query.from {
            From::Index(start) => self.by_index(query, *start).await,
            From::Cursor { sent, cursors } => self.by_cursor(query, sent, cursors).await,
        }
    }

    /// The page that begins with the match number `start`.
    ///
    /// It leaves an [anchor](super::anchor) behind for the next one, so that a full walk
    /// of N resources costs O(N). A filtered total is counted on the walk's first page.
    async fn by_index(&self, query: &Query, start: u64) -> Result<Page, Error> {
        let plan = Plan::of(query);
        let counted = self.counted(&plan).await?;
        let only_total = |total| Page { total: Some(total), ..Page::default() };
        if let (Some(total), 0) = (counted, query.count) {
            return Ok(only_total(total));
        }
        let anchor = if start > 1 { self.anchor(query, start).await? } else { None };
        // Behind the end, and nobody is walking there.
        if let (Some(total), None) = (counted, &anchor)
            && start > total
        {
            return Ok(only_total(total));
        }
        let known = counted.or(anchor.as_ref().and_then(|anchor| anchor.total));
        let count = match known {
            Some(_) => Count::Nothing,
            None if plan.people_of_a_group() => Count::Some,
            None => Count::All,
        };
        let before = anchor.as_ref().map_or(0, |anchor| anchor.start - 1);
        let walk = anchor.as_ref().map(|anchor| anchor.generation);
        let from = Start {
            place: anchor.map(|anchor| anchor.place),
            backwards: false,
            skip: start.saturating_sub(before + 1),
        };
        let found = self.find(query, &plan, &from, count).await?;
        let (seen, more) = (before + found.seen, found.more);
        let estimated = if found.complete { 0 } else { found.estimate.unwrap_or(0) };
        let known = found.total.or(known);
        let (shown, cut) = self.shown(query, found).await?;

        let (last, resources) = (shown.last().map(|(place, _)| place.clone()), resources(shown));
        let next = start + resources.len() as u64;
        let more = more || cut;
        // Those deleted behind a walker's back have moved its numbers; what it has not
        // seen must not seem to be behind the end.
        let total = known.unwrap_or(seen.max(estimated)).max(if more { next } else { 0 });
        let filtered = counted.is_none().then_some(total);
        let left = match (last, walk) {
            (Some(place), _) if more && start <= 1 => self.begin_walk(query, next, &place, filtered).await,
            (Some(place), walk) if more => self.go_on(query, next, &place, filtered, walk.unwrap_or(0)).await,
            (_, Some(generation)) if !more => self.end_walk(query, generation).await,
            _ => Ok(()),
        };
        if let Err(error) = left {
            tracing::warn!(error = &error as &dyn std::error::Error, "no page anchor left");
        }
        Ok(Page { total: Some(total), resources, ..Page::default() })
    }

    /// The page at the cursor `sent`. It leaves nothing behind: its cursors hold all that
    /// their pages need.
    async fn by_cursor(&self, query: &Query, sent: &str, cursors: &Cursors) -> Result<Page, Error> {
        let token = cursors.open(&self.directory, query, sent)?;
        let plan = Plan::of(query);
        let counted = self.counted(&plan).await?;
        let first = token.start == Start::default();
        let known = counted.or(token.total);
        let count = match known {
            None if query.count == 0 => Count::All,
            None if first => Count::Some,
            _ => Count::Nothing,
        };
        if let (Some(total), 0) = (known, query.count) {
            return Ok(Page { total: Some(total), ..Page::default() });
        }
        let backwards = token.start.backwards;
        let found = self.find(query, &plan, &token.start, count).await?;
        let total = match found.total.or(known) {
            None if token.start.place.is_none() && found.complete => Some(found.seen),
            None if first => found.estimate.map(|estimate| estimate.max(found.seen)),
            known => known,
        };
        let (more, stopped) = (found.more, found.stopped.clone());
        let (shown, cut) = self.shown(query, found).await?;
        if query.count == 0 {
            return Ok(Page { total, ..Page::default() });
        }
        // Where the page begins and ends, as it was read. One that was given up before it
        // found anything has nothing in between.
        let begin = shown.first().map(|(place, _)| place.clone()).or_else(|| stopped.clone());
        let end = if more || cut { shown.last().map(|(place, _)| place.clone()) } else { stopped };
        let seal = |place: Option<Place>, backwards| {
            let start = Start { place, backwards, skip: 0 };
            cursors.seal(&self.directory, query, &Token { start, total })
        };
        let onwards = end.map(|place| seal(Some(place), backwards)).transpose()?;
        let mut resources = resources(shown);
        let (previous, next) = if backwards {
            resources.reverse();
            // When all before it are gone, the page behind it is the first.
            (onwards, Some(seal(begin, false)?))
        } else {
            let back = begin.filter(|_| !first).map(|place| seal(Some(place), true));
            (back.transpose()?, onwards)
        };
        Ok(Page { total, resources, previous, next })
    }

    /// What counters know of the total.
    async fn counted(&self, plan: &Plan<'_>) -> Result<Option<u64>, Error> {
        if !plan.everything() {
            return Ok(None);
        }
        let mut total = 0;
        for asked in &plan.asked {
            total += counter::total(self, asked.kind()).await?;
        }
        Ok(Some(total))
    }

    /// What of `found` fits an answer, and whether something did not.
    async fn shown(&self, query: &Query, found: Found) -> Result<(Vec<Shown>, bool), Error> {
        let hits = found.hits.len();
        let shown = self.complete_page(query, found.hits).await?;
        let cut = shown.len() < hits;
        Ok((shown, cut))
    }
}

fn resources(shown: Vec<Shown>) -> Vec<(usize, Resource)> {
    shown.into_iter().filter_map(|(place, resource)| Some((place.part, resource?))).collect()
}
