//! Directories of users and groups, kept in one DynamoDB table.
//!
//! [`Directory`] is one customer's directory, on behalf of one credential: every operation that a
//! request may ask for. Functions over the whole [`Table`] (registry, credentials, background work,
//! import, verification) are in their modules. `keys` lists every item. No HTTP and no status
//! codes here.
//!
//! Guarantees, each with a test that tries to break it:
//! - A unique value has one owner under any concurrency: its index entry is written in the
//!   resource's transaction.
//! - A request sees every change that was acknowledged before it: resources, entries and memberships
//!   are read strongly consistent.
//! - A resource changes completely or not at all.
//! - Concurrent member changes do not lose each other: each membership is an item of its own.

pub mod access;
pub mod clock;
pub mod error;
pub mod events;
pub mod id;
pub mod query;
pub mod recent;
pub mod registry;
pub mod resource;
pub mod secret;
pub mod subscription;
mod tenant;
pub mod transfer;
pub mod undo;
pub mod upkeep;
pub mod verify;

mod directory;
mod encoding;
mod keys;
mod members;
mod resume;
mod value_key;

pub use directory::Directory;
pub use members::page::{GroupsPage, MembersPage, Named};
pub use table::{Table, definition, meter, retry};
pub use tenant::Wants;
