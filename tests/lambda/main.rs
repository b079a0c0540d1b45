//! The functions as Lambda calls them: events of API Gateway's two dialects in, the response's JSON out.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what is wrong by failing"
)]

mod events;
mod identity;
mod invoke;
mod size;
