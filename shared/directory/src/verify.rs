//! Checks a directory for inconsistencies, and repairs those that can be repaired.
//!
//! A scan in steps, each of a bounded time: every resource with its index entries, name key and
//! memberships; every entry of every index; every membership of every group; the counters. Clients
//! continue to work meanwhile. What seems inconsistent may have changed between two reads. So it is
//! read again, strongly consistent, between two reads of the resource that return the same version,
//! before it is reported. Work that follows a delete is waited for ([`Options`]).
//!
//! A repair is a conditional write based on what was found: it never undoes what a client did since.
//!
//! Each member list that a group has had is a partition. A list that no group uses is found by
//! `member-index` under each member that exists. When all its members are gone as well, nothing finds
//! it, and it does no harm.

mod abandoned;
mod check;
mod count;
mod counters;
mod entries;
mod finding;
mod members;
mod repair;
mod report;
mod resources;
mod stages;
mod stale;
mod step;
mod suspects;

pub use check::check;
pub use finding::{Finding, What};
pub use report::{Checked, Options, Report};
