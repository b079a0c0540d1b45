//! The functions as they were built, driven through a stand-in of the Lambda Runtime API with
//! API Gateway's events.
//!
//! `ROLLCALL_TEST_FUNCTIONS=target/lambda` names what `cargo lambda build` made; without it
//! nothing is driven, and a word about it is printed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what is wrong by failing"
)]

mod changes;
mod deployed;
mod events;
mod exchanges;
mod log;
