//! DynamoDB, typed: one table, its items, its conditional writes. Nothing here knows what is stored.
//!
//! - [`name`]: every attribute and index name, once.
//! - [`item`]: an item, its key, and reading its attributes.
//! - [`mod@write`]: [`Update`](write::Update), [`Put`](write::Put), [`Delete`](write::Delete) and
//!   [`Check`](write::Check), each under [`conditions`](condition).
//! - [`transaction`]: several writes, together or not at all, within DynamoDB's budget.
//! - [`query`]: a [`Range`](query::Range) of one partition, page by page.
//! - [`batch`]: many items without conditions.
//! - [`retry`]: which calls are sent again and how often, and the request's deadline.
//! - [`clock`]: whether something is recent, also in a process that was suspended.
//! - [`meter`]: the capacity units that a request consumes.
//! - [`definition`]: the table as it is created for development and tests.
//!
//! All reads of the table are strongly consistent; reads of an index cannot be.

pub mod batch;
pub mod clock;
pub mod condition;
pub mod definition;
pub mod error;
pub mod item;
pub mod meter;
pub mod name;
pub mod query;
pub mod retry;
pub mod transaction;
pub mod write;

mod expression;
pub mod get;
mod table;

pub use table::Table;
