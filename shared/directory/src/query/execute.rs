//! Finding the resources of a page: what is asked of which type, and what comes of it.

use std::time::{Duration, Instant};

use scim::filter::bound::Bound;
use scim::filter::simplify_for_type::Simplified;
use scim::model::resource_type::ResourceType;

use super::access_path::{self, Access};
use super::evaluate::Sight;
use super::position::{Place, Start};
use super::{Part, Query, sort_key};
use crate::error::Error;
use crate::resource::stored::Stored;
use crate::tenant::Tenant;
use table::retry::Attempts;

/// How long one request may take to find them, well inside the 30 s of API Gateway.
pub(super) const LONGEST: Duration = Duration::from_secs(20);

/// How a query is answered.
pub(super) struct Plan<'a> {
    /// The types that have matches, if any.
    pub(super) asked: Vec<Asked<'a>>,
    /// Whether their candidates come in the order of the list.
    pub(super) in_order: bool,
}

/// What is asked of one type.
pub(super) struct Asked<'a> {
    /// The number of its part.
    pub(super) number: usize,
    pub(super) part: &'a Part,
    /// The part's filter without what the type decides.
    pub(super) filter: Option<Bound>,
    pub(super) access: Access,
}

/// How far to go on behind the page to count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Count {
    Nothing,
    /// As far as costs little.
    Some,
    All,
}

/// What was found.
#[derive(Default)]
pub(super) struct Found {
    /// The page, in the order in which it was read.
    pub(super) hits: Vec<Hit>,
    /// Matches from the start on: before the page, in it, and those counted behind it.
    pub(super) seen: u64,
    /// Whether there is a match behind the page.
    pub(super) more: bool,
    /// Whether everything was looked at, so that there are no more than `seen`.
    pub(super) complete: bool,
    /// How many matches there are in all, where everything was looked at anyway.
    pub(super) total: Option<u64>,
    /// About how many there are, where that is known otherwise.
    pub(super) estimate: Option<u64>,
    /// Where it was given up, when nothing behind it was looked at.
    pub(super) stopped: Option<Place>,
}

/// One resource of a page.
pub(super) struct Hit {
    pub(super) place: Place,
    /// `None` when it is gone since it was found.
    pub(super) stored: Option<Stored>,
}

/// How an attempt to find something ended.
pub(super) enum Outcome {
    Found(Found),
    /// A member list was replaced while it was looked at.
    Changed,
    /// The path does not have the list's order everywhere.
    Inexact,
}

/// What a request has spent, in all its attempts.
pub(super) struct Effort {
    begun: Instant,
    most: usize,
    looked_at: usize,
    /// Whether this attempt has looked at anything: each may look at something, or a page that is
    /// given up would have no place behind which to go on.
    any: bool,
}

impl Effort {
    pub(super) fn begin(query: &Query) -> Self {
        Self { begun: Instant::now(), most: query.most, looked_at: 0, any: false }
    }

    fn again(&mut self) {
        self.any = false;
    }

    /// As many items as it may still read, of the `wanted`.
    pub(super) fn left(&self, wanted: Option<i32>) -> Option<i32> {
        let left = i32::try_from(self.most.saturating_sub(self.looked_at)).unwrap_or(i32::MAX).max(1);
        Some(wanted.map_or(left, |wanted| wanted.min(left)))
    }

    pub(super) fn looked_at(&mut self, items: usize) {
        self.looked_at += items;
        self.any |= items > 0;
    }

    /// Whether it must not read any more.
    pub(super) fn spent(&self) -> bool {
        self.any && (self.looked_at >= self.most || self.begun.elapsed() > LONGEST)
    }
}

impl<'a> Plan<'a> {
    pub(super) fn of(query: &'a Query) -> Self {
        let mut asked = Vec::with_capacity(query.parts.len());
        for (number, part) in query.parts.iter().enumerate() {
            let filter = match part
                .filter
                .clone()
                .map_or(Simplified::All, |filter| filter.simplify_for_type(&part.kind))
            {
                Simplified::Nothing => continue,
                Simplified::All => None,
                Simplified::Some(filter) => Some(filter),
            };
            let access =
                filter.as_ref().map_or(Access::Walk, |filter| access_path::access(&part.kind, filter));
            asked.push(Asked { number, part, filter, access });
        }
        let mut in_order = query.order.is_none() || asked.is_empty();
        if let (false, [only]) = (in_order, asked.as_mut_slice())
            && let Some(path) = &only.part.sort
        {
            (only.access, in_order) = access_path::sorted(&only.part.kind, only.filter.as_ref(), path);
        }
        Self { asked, in_order }
    }

    /// Whether everything of the types is asked for, so that counters tell how much.
    pub(super) fn everything(&self) -> bool {
        self.asked.iter().all(|asked| asked.filter.is_none())
    }

    /// Whether the members of one group are asked for, and nothing else of them: about
    /// how many there are stands in the group.
    pub(super) fn people_of_a_group(&self) -> bool {
        let [Asked { access: Access::MembersOf(_), filter: Some(filter), .. }] = self.asked.as_slice() else {
            return false;
        };
        match filter {
            Bound::Element { filter, .. } => matches!(**filter, Bound::Compare(_)),
            filter => matches!(filter, Bound::Compare(_)),
        }
    }
}

impl Asked<'_> {
    pub(super) fn kind(&self) -> &ResourceType {
        &self.part.kind
    }

    pub(super) fn sight<'s>(&'s self, scope: &'s Tenant, query: &'s Query) -> Sight<'s> {
        Sight::new(scope, self.kind(), self.filter.as_ref(), self.part.sort.as_ref(), &query.base)
    }
}

impl Tenant {
    /// The page that begins at `start`.
    pub(super) async fn find(
        &self,
        query: &Query,
        plan: &Plan<'_>,
        start: &Start,
        count: Count,
    ) -> Result<Found, Error> {
        let cut = |place: &Place| sort_key::split(&place.key).0.len() >= crate::value_key::EXACT;
        let mut in_order = plan.in_order && !(query.order.is_some() && start.place.as_ref().is_some_and(cut));
        let (mut attempts, mut effort) = (Attempts::default(), Effort::begin(query));
        loop {
            let outcome = if in_order {
                self.stream(query, plan, start, count, &mut effort).await?
            } else {
                self.in_memory(query, plan, start, &mut effort).await?
            };
            effort.again();
            match outcome {
                Outcome::Found(found) => return Ok(found),
                Outcome::Changed => attempts.again().await?,
                Outcome::Inexact => in_order = false,
            }
        }
    }
}
