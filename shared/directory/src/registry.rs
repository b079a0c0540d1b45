//! Directories themselves: their records, settings and states, and the list of all.

pub mod change;
pub mod list;
pub mod record;
pub mod state;
