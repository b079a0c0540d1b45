//! Work in the background: sweeps, changes of profile, erasure.

pub mod erasure;
pub mod profile_change;
pub mod sweep;
