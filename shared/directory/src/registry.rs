//! Directories themselves: their records, settings and states, the list of all, and the jobs that
//! are queued for them.

pub mod change;
pub mod job;
pub mod list;
pub(crate) mod queue;
pub mod record;
pub mod rotation;
pub mod settings;
pub mod setup;
pub mod state;
pub mod transition;
