//! Listing, filtering and sorting (RFC 7644 §3.4.2, RFC 9865).
//!
//! A query asks for resources of one type or of several. For each type its filter becomes an *access
//! path* (`access_path`): a key, a unique entry, a range of index entries, the members of a group, or a
//! scan of all resources. Every candidate on the path is read strongly consistent and checked against the
//! whole filter (`evaluate`). So a filter is never ignored, and a new resource is found at once.
//!
//! The list has the order of the path, which is stable, or the order that `sortBy` asks for. By `id`, and by
//! an indexed attribute that every resource has (`userName`), the table is read in that order (`stream`).
//! By any other attribute every page evaluates all candidates and keeps only sort keys in memory
//! (`sorted`). Either way a position in the list is a text that sorts as the list does (`position`,
//! `sort_key`).
//!
//! A client asks for a page by number or by cursor. A number is found with the help of what the previous
//! page has stored (`anchor`). A cursor contains its position, and nothing is stored ([`cursor`]).
//!
//! A page ends early only when the response would become too large (`complete`), or when the request has
//! used up its time (`budget`). Of the queries that read much, two at a time are carried out (`slot`).

mod access_path;
mod anchor;
mod budget;
mod candidates;
mod complete;
pub mod cursor;
mod evaluate;
mod execute;
mod found;
mod lookup;
mod needs;
pub(crate) mod page;
mod plan;
mod position;
#[allow(clippy::module_inception, reason = "the query itself")]
mod query;
mod slot;
mod sort_key;
mod sorted;
mod stream;

pub use self::query::{Allowance, FREE, MAX_CANDIDATES, Page, PageStart, Part, Query};
