//! Pages of a long list (RFC 7644 §3.4.2.4).
//!
//! A page leaves an [anchor](super::anchor) behind for the next one, so that a full walk
//! of N resources costs O(N). A filtered total is counted on the walk's first page.

use std::time::{Duration, Instant};

use futures_util::{StreamExt, TryStreamExt, stream};
use scim::model::resource_type::ResourceType;

use super::anchor::Anchor;
use super::plan::Access;
use super::sight::Sight;
use super::source::{Candidate, Source};
use super::{Page, Query};
use crate::error::Error;
use crate::resource::{Resource, Stored};
use crate::scope::{Scope, Wants};

/// Candidates that one request may look at.
const MOST: usize = 200_000;
/// How long it may take, well inside the 30 s of API Gateway.
const LONGEST: Duration = Duration::from_secs(20);
/// Bytes of JSON that one page may hold before it ends early, inside Lambda's 6 MB.
const BYTES: usize = 4_500_000;
/// Index entries or memberships read at a time, and then the resources that they name.
const NAMED: i32 = 500;
/// About how many of them the server adds to a resource.
const EXTRA: usize = 400;
/// About how many bytes an element of `members` or `groups` takes.
const EACH: usize = 170;
/// Resources of a page that are completed at the same time.
const FAN_OUT: usize = 8;

/// What a walk has found.
#[derive(Default)]
struct Found {
    page: Vec<Candidate>,
    /// Matches seen before and in the page, from 1; behind it too while counting.
    seen: u64,
    /// Whether there is a match behind the page.
    more: bool,
}

impl Scope {
    /// The page; `None` when a member list changed while it was looked at.
    pub(super) async fn list_walk(
        &self,
        kind: &ResourceType,
        query: &Query,
        access: &Access,
    ) -> Result<Option<Page>, Error> {
        let counted = if query.filter.is_none() { Some(self.total(kind).await?) } else { None };
        if let Some(total) = counted
            && query.count == 0
        {
            return Ok(Some(Page { total, resources: Vec::new() }));
        }
        let anchor = if query.start_index > 1 { self.anchor(kind, query).await? } else { None };
        // Behind the end, and nobody is walking there.
        if let Some(total) = counted
            && anchor.is_none()
            && query.start_index > total
        {
            return Ok(Some(Page { total, resources: Vec::new() }));
        }
        let known = counted.or(anchor.as_ref().and_then(|anchor| anchor.total));
        let Some(found) = self.find(kind, query, access, anchor.as_ref(), known.is_none()).await? else {
            return Ok(None);
        };
        let positions: Vec<String> = found.page.iter().map(|c| c.position.clone()).collect();
        let page = found.page.into_iter().map(|c| c.stored).collect();
        let resources = self.complete_page(kind, query.wants, page).await?;

        let next = query.start_index + resources.len() as u64;
        let more = found.more || resources.len() < positions.len();
        // Those deleted behind a walker's back have moved its numbers; what it has not
        // seen must not seem to be behind the end.
        let total = known.unwrap_or(found.seen).max(if more { next } else { 0 });
        let last = resources.len().checked_sub(1).and_then(|last| positions.get(last));
        if let (true, Some(position)) = (more, last) {
            let total = if query.filter.is_some() { Some(total) } else { None };
            self.leave_anchor(kind, query, next, position, total).await;
        }
        Ok(Some(Page { total, resources }))
    }

    /// The matches of the page; `None` when a member list changed meanwhile. `count_all`
    /// goes on to the end to count them.
    async fn find(
        &self,
        kind: &ResourceType,
        query: &Query,
        access: &Access,
        anchor: Option<&Anchor>,
        count_all: bool,
    ) -> Result<Option<Found>, Error> {
        let begun = Instant::now();
        let mut found = Found { seen: anchor.map_or(0, |anchor| anchor.start - 1), ..Found::default() };
        let mut source = Source::open(self, kind, access, anchor.map(|anchor| &*anchor.position)).await?;
        let mut sight = Sight::new(self, kind, query);
        if let Some((group, epoch)) = source.group() {
            sight.found_among(group, epoch);
        }
        let (mut looked_at, mut bytes) = (0, 0);
        'walk: while source.has_more() {
            if looked_at >= MOST || (looked_at > 0 && begun.elapsed() > LONGEST) {
                // Of an index the page stands, and `more` says that its total is a lower bound.
                if found.more && *access != Access::Walk {
                    break;
                }
                return Err(too_far(kind, query));
            }
            let limit = batch(query, access, &found, count_all);
            let Some(candidates) = source.next(limit).await? else { break };
            sight.prepare(&candidates.iter().map(|c| &c.stored).collect::<Vec<_>>()).await?;
            looked_at += candidates.len();
            for candidate in candidates {
                if !sight.matches(&candidate.stored).await? {
                    continue;
                }
                let full = found.page.len() as u64 >= query.count || bytes > BYTES;
                if full && found.seen + 1 >= query.start_index {
                    found.more = true;
                    if !count_all {
                        break 'walk;
                    }
                }
                found.seen += 1;
                if found.seen >= query.start_index && !full {
                    bytes += candidate.stored.bytes + EXTRA;
                    found.page.push(candidate);
                }
            }
        }
        Ok(sight.holds().await?.then_some(found))
    }

    /// `page` with members and groups where they are wanted, shortened when it would
    /// outgrow a response; never to nothing.
    pub(super) async fn complete_page(
        &self,
        kind: &ResourceType,
        wants: Wants,
        page: Vec<Stored>,
    ) -> Result<Vec<Resource>, Error> {
        let extra = if kind.has_members() { wants.members } else { wants.groups };
        if !extra {
            return Ok(page.into_iter().map(|stored| stored.resource).collect());
        }
        let page = fitting(page);
        let mut bytes: usize = page.iter().map(|stored| stored.bytes).sum();
        let complete = page.into_iter().map(|stored| async move {
            match self.complete(kind, stored, wants).await {
                // Deleted since it was read.
                Err(Error::NotFound) => Ok(None),
                other => other.map(Some),
            }
        });
        let mut complete = stream::iter(complete).buffered(FAN_OUT);
        let mut resources = Vec::new();
        while let Some(resource) = complete.try_next().await? {
            let Some(resource) = resource else { continue };
            bytes += members(&resource);
            if bytes > BYTES && !resources.is_empty() {
                break;
            }
            resources.push(resource);
        }
        Ok(resources)
    }
}

/// Items to read next. Without a filter: up to the end of the page and one more, which
/// tells whether there is more. Where items only name resources, each of which is then
/// read: not many more than the page still lacks.
fn batch(query: &Query, access: &Access, found: &Found, count_all: bool) -> Option<i32> {
    if query.filter.is_none() {
        let end = query.start_index.saturating_add(query.count);
        return Some(i32::try_from(end.saturating_sub(found.seen)).unwrap_or(i32::MAX).max(1));
    }
    match access {
        Access::Walk => None,
        _ if count_all => Some(NAMED),
        _ => {
            let lacking = query.count.saturating_sub(found.page.len() as u64) + 1;
            Some(i32::try_from(lacking).unwrap_or(NAMED).clamp(25, NAMED))
        }
    }
}

/// As much of `page` as fits an answer, by what is known of groups before their members
/// are read; at least one.
fn fitting(mut page: Vec<Stored>) -> Vec<Stored> {
    let mut bytes = 0;
    let fits = page.iter().take_while(|stored| {
        bytes += stored.bytes + EACH * usize::try_from(stored.size).unwrap_or(0);
        bytes <= BYTES
    });
    let fits = fits.count().max(1);
    page.truncate(fits);
    page
}

/// About how many bytes the members or groups of `resource` take in an answer.
fn members(resource: &Resource) -> usize {
    let elements =
        ["members", "groups"].into_iter().filter_map(|name| resource.doc.get(name)?.as_array()).flatten();
    let display = |element: &serde_json::Value| element.get("display")?.as_str().map(str::len);
    EXTRA + elements.map(|element| EACH + display(element).unwrap_or(0)).sum::<usize>()
}

fn too_far(kind: &ResourceType, query: &Query) -> Error {
    let indexed: Vec<String> = kind.indexes.iter().map(|index| format!("`{}`", index.path)).collect();
    let indexed = indexed.join(", ");
    Error::TooMany(if query.filter.is_some() {
        format!(
            "the filter would have to look at more than {MOST} resources, or for longer than {} s: compare one of the \
             indexed attributes ({indexed}) or `id` by `eq` or `sw`",
            LONGEST.as_secs()
        )
    } else {
        format!(
            "startIndex {} is too far from any page that was read in the last ten minutes: page from 1 on with one \
             `count`, or filter by one of the indexed attributes ({indexed})",
            query.start_index
        )
    })
}
