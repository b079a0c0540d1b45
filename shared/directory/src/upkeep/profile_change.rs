//! A directory changes its profile: attributes that become indexed or unique get their index
//! entries while clients continue to work.
//!
//! 1. *Preparing.* The record names the next profile. Every instance that has read it (after
//!    [`SETTLE`](crate::upkeep::slice::SETTLE) at the latest) keeps the next profile's indexes up to
//!    date as well. No instance queries them yet, so filters on them read all resources. Then two
//!    scans of the directory write the entries of the resources that existed before. A unique value
//!    that two resources have is a duplicate: all duplicates are listed and the change is refused.
//!    The second scan is for entries that were removed together with a duplicate.
//! 2. *Retiring.* The directory follows the next profile. The last profile's indexes are still
//!    kept up to date, because some instance may query them, and then removed.
//!
//! Each step is stored in the record, and a job continues the change, so an interrupted change
//! resumes where it was. One runner at a time works on it: it holds the
//! [lease](crate::upkeep::lease) of the directory.

mod advance;
mod begin;
mod duplicate;
mod fill;
mod indexes;
mod purge;

pub use advance::{Progress, advance};
pub use begin::begin;
pub use duplicate::Duplicate;
pub(crate) use indexes::{complete, profile};
