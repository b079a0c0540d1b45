//! What a client asks for, and what it gets.

use std::sync::Arc;

use scim::filter::bound::{Bound, BoundPath};
use scim::model::resource_type::ResourceType;
use scim::project::Projection;
use scim::sort::Order;

use super::cursor::Cursors;
use crate::resource::stored::Resource;
use crate::tenant::Wants;

/// Candidates that one request may evaluate.
pub const MAX_CANDIDATES: usize = 200_000;

/// Candidates that every query may evaluate in addition to its page.
pub const FREE: usize = 300;

/// A query for one page.
#[derive(Debug, Clone)]
pub struct Query {
    /// The types, in the order in which they are listed.
    pub parts: Vec<Part>,
    /// The sort order; `None` for an unsorted list.
    pub order: Option<Order>,
    /// Where the page begins.
    pub start: PageStart,
    /// The most resources that the page may have.
    pub count: u64,
    /// The URL up to and with `/scim/v2`: for filters on `meta.location` and `$ref`, and for the
    /// resources of the page.
    pub base: String,
    /// The most candidates that may be evaluated: [`MAX_CANDIDATES`], except in tests.
    pub max_candidates: usize,
    /// Whether the directory's queries may read much now.
    pub allowance: Allowance,
}

/// Whether the queries of a directory may read much now: more than [`FREE`] candidates that are not on
/// the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Allowance {
    /// All may.
    Unlimited,
    /// Two at a time may.
    Slots,
    /// None may: the directory has used up its rate, for this number of seconds.
    Spent(u64),
}

/// What a query asks of one type.
#[derive(Debug, Clone)]
pub struct Part {
    /// The type.
    pub kind: Arc<ResourceType>,
    /// The resources to list; `None` for all.
    pub filter: Option<Bound>,
    /// The attribute to sort by; `None` when the type has no such attribute.
    pub sort: Option<BoundPath>,
    /// What else to read of each resource.
    pub wants: Wants,
    /// What of a resource the response contains. The resources of the page are then as the client sees
    /// them, and a large attribute that is not shown does not make the page shorter. `None` for resources
    /// as they are stored.
    pub projection: Option<Projection>,
}

/// Where a page begins.
#[derive(Debug, Clone)]
pub enum PageStart {
    /// At the resource with this number, from 1.
    Index(u64),
    /// At the position in a cursor.
    Cursor {
        /// The cursor as it was sent; empty for the first page.
        sent: String,
        /// Reads it, and writes those of the response.
        cursors: Cursors,
    },
}

/// One page.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Page {
    /// How many resources match in all; `None` when a page by cursor would have to evaluate many more
    /// candidates than it shows to count them.
    pub total: Option<u64>,
    /// The resources of the page, each with the number of its part. They are fewer than `count` at the end
    /// of the list, when more would make the response too large, and when the request has used up its time.
    pub resources: Vec<(usize, Resource)>,
    /// The cursor of the previous page.
    pub previous: Option<String>,
    /// The cursor of the next page.
    pub next: Option<String>,
}

impl Query {
    /// Whether the list goes from high sort keys to low ones.
    pub(super) fn is_descending(&self) -> bool {
        self.order == Some(Order::Descending)
    }
}
