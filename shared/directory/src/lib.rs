//! Directories of users and groups, kept in one DynamoDB table.
//!
//! [`store::Store`] is the table; [`scope::Tenant`] is what one request may touch: one
//! directory, on behalf of one credential. What is kept where, and what is guaranteed,
//! stands in [`keys`]. No HTTP and no status codes here.
//!
//! Guarantees, each with a test that tries to break it:
//! a unique value has one owner under any concurrency, because its index entry is
//! written in the resource's transaction; what was acknowledged is seen by the next
//! request, because resources, entries and memberships are read strongly consistent; a
//! resource changes whole or not at all; concurrent member changes cannot lose each
//! other, because each membership is an item of its own.

pub mod access;
pub mod clock;
pub mod error;
pub mod id;
pub mod query;
pub mod registry;
pub mod resource;
pub mod secret;
pub mod store;
mod tenant;
pub mod transfer;
pub mod upkeep;
pub mod verify;

mod directory;
mod encoding;
mod keys;
mod members;
mod resume;
mod value_key;

// In transition: until no module imports it by this name.
use clock as time;

pub use directory::Directory;
pub use table::meter;
pub use table::{Table, definition};
pub use tenant::Wants;
