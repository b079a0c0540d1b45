//! Listing, filtering and sorting (RFC 7644 §3.4.2, RFC 9865).
//!
//! A query is about the resources of one type, or of several. Its filter becomes an access
//! path for each (`plan`): a key, a unique entry, a range of index entries, memberships, or
//! a walk of the directory. Whatever the path, every candidate is read strongly consistent
//! and the whole filter is asked of it: a filter is never ignored, and what was just created
//! is always found.
//!
//! The order is that of the path, which is stable, or the one that was asked for. By `id`
//! and by an indexed attribute that every resource has (`userName`) the table is read in that
//! order (`stream`); by anything else all candidates are looked at for each page, with
//! only what they are sorted by in memory (`memory`). Either way a place in the list is a
//! text that sorts as the list does (`place`, `order`).
//!
//! A page is found by its number, with the help of what the page before it left behind
//! (`anchor`), or by a cursor, which holds its place itself and leaves nothing (`cursor`).

pub mod cursor;

mod access_path;
mod anchor;
mod candidates;
mod complete;
mod evaluate;
mod execute;
mod lookup;
mod needs;
mod page;
mod position;
mod sort_key;
mod sorted;
mod stream;

use std::sync::Arc;

use scim::filter::bound::{Bound, BoundPath};
use scim::model::resource_type::ResourceType;
use scim::sort::Order;

use crate::resource::stored::Resource;
use crate::tenant::Wants;
use cursor::Cursors;

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Query {
    /// Of which types, in the order in which they are listed.
    pub parts: Vec<Part>,
    /// Which way round they are sorted, if at all.
    pub order: Option<Order>,
    /// Where the page begins.
    pub from: From,
    /// At most so many on it.
    pub count: u64,
    /// The URL up to and with `/scim/v2`, for filters on `meta.location` and `$ref`.
    pub base: String,
    /// At most so many candidates may be looked at: [`MOST`], except in tests.
    pub most: usize,
}

/// What is asked for of one type.
#[derive(Debug, Clone)]
pub struct Part {
    /// The type.
    pub kind: Arc<ResourceType>,
    /// Which resources; `None` for all.
    pub filter: Option<Bound>,
    /// The attribute to sort by; `None` when the type has none of that name.
    pub sort: Option<BoundPath>,
    /// What else to read of each.
    pub wants: Wants,
}

/// Where a page begins.
#[derive(Debug, Clone)]
pub enum From {
    /// At this resource, from 1.
    Index(u64),
    /// At the place that a cursor names.
    Cursor {
        /// The cursor as it was sent; empty for the first page.
        sent: String,
        /// What reads it, and writes those of the answer.
        cursors: Cursors,
    },
}

/// One page of an answer.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Page {
    /// How many resources match in all; `None` when a cursor's page would have to look at
    /// many more than it shows to know.
    pub total: Option<u64>,
    /// Those of this page, each with the number of its part: fewer than `count` at the end,
    /// or when more would outgrow a response.
    pub resources: Vec<(usize, Resource)>,
    /// The cursor of the page before.
    pub previous: Option<String>,
    /// The cursor of the page behind.
    pub next: Option<String>,
}

/// Candidates that one request may look at.
pub const MOST: usize = 200_000;
/// Candidates behind a page that are looked at to count them, where nobody asked for more
/// than the page.
const COUNTED: usize = 1_000;
