//! Directories of users and groups, kept in one DynamoDB table.
//!
//! [`store::Store`] is the table; [`scope::Scope`] is what one request may touch: one
//! directory, on behalf of one credential. What is kept where, and what is guaranteed,
//! stands in [`table`]. No HTTP and no status codes here.
//!
//! Guarantees, each with a test that tries to break it:
//! a unique value has one owner under any concurrency, because its index entry is
//! written in the resource's transaction; what was acknowledged is seen by the next
//! request, because resources, entries and memberships are read strongly consistent; a
//! resource changes whole or not at all; concurrent member changes cannot lose each
//! other, because each membership is an item of its own.

pub mod admission;
pub mod adopt;
pub mod change;
pub mod credential;
pub mod erase;
pub mod error;
pub mod export;
pub mod id;
pub mod import;
pub mod index;
pub mod known;
pub mod list;
pub mod meter;
pub mod oauth;
pub mod rate;
pub mod record;
pub mod reprofile;
pub mod resource;
pub mod scope;
pub mod secret;
pub mod store;
pub mod sweep;
pub mod table;
pub mod verify;

mod counter;
mod create;
mod delete;
mod get;
mod members;
mod place;
mod retry;
mod revocation;
mod time;
