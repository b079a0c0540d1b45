//! The stand-in against the real server in this process, and against a small responder that tests
//! can break.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what is wrong by failing"
)]

mod check;
mod faults;
mod local;
mod responder;
mod resume;
mod sync;
mod tokens;
mod trouble;
mod verify;
