//! The built functions, driven through a stand-in of the Lambda Runtime API with API Gateway's
//! events.
//!
//! `ROLLCALL_TEST_FUNCTIONS=target/lambda` is the output folder of `cargo lambda build`; without
//! it, the tests are skipped with a note.
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
