//! Work in the background: sweeps, changes of profile, erasures.
//!
//! [`run()`] carries on with the jobs that are due; [`sweep::follow`] does what the table's stream calls
//! for. Any number of both may run at the same time: a [`lease`] makes one of them at a time change
//! the indexes of a directory or erase it, and sweeps do no harm when they are done twice.

pub mod erasure;
pub mod lease;
pub mod profile_change;
pub mod slice;
pub mod sweep;

mod run;

pub use run::{Report, run};
