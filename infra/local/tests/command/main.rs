//! The command `rollcall` as a person or a script meets it: the real binary,
//! its output, its exit code, its files.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]
#![allow(clippy::print_stderr, reason = "a test that is skipped says so")]
#![cfg(unix)]

mod crash;
mod end;
mod events;
mod fair;
#[cfg(target_os = "linux")]
mod frozen;
mod held;
mod http;
mod load;
mod product;
mod profiles;
mod provision;
mod refusals;
mod restart;
mod server;
mod start;
mod subscriptions;
mod systems;
mod tool;
