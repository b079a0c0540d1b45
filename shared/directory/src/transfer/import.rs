//! Many resources at once: the lines that an [export](crate::transfer::export) wrote, or users who
//! existed in a product before.
//!
//! The guarantees of a create hold: a resource is written with its index entries and its count in one
//! transaction, as many resources together as fit one. A value that another resource has is refused.
//! Ids are kept. A line whose resource exists changes nothing, so an interrupted import can
//! restart at any earlier line. A group that exists gets the members of its line in addition to those
//! that it has.

mod group;
mod lines;
mod outcome;
mod pack;
mod record;
mod write;

pub use lines::{MOST, lines};
pub use outcome::{Done, Options, Outcome};
pub use record::Record;
