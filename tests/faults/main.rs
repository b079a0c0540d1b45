//! The store's guarantees on a DynamoDB with faults: random schedules, a record of what clients
//! saw, a checker for it, and deliberate faults that the checker has to find.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test says what is wrong by failing"
)]

mod check;
mod history;
mod interleavings;
mod log;
mod mutants;
mod pressure;
mod reconcile;
mod run;
mod runners;
mod schedules;
mod shards;
mod shares;
mod world;
