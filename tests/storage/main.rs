//! Races, the items in the table, and the cost of operations: the invariants of the store, seen
//! over HTTP and, where the stack runs in this process, in its table.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test says what is wrong by failing"
)]

mod adopt;
mod bulk;
mod churn;
mod delay;
mod depth;
mod erase;
mod events;
mod guard;
mod import;
mod index;
mod items;
mod jobs;
mod lag;
mod limits;
mod lists;
mod lost;
mod members;
mod own;
mod rate;
mod reprofile;
mod secrets;
mod slots;
mod snapshot;
mod stand_in;
mod sweep;
mod undo;
mod unique;
mod units;
mod update;
mod verify;
mod walk;
