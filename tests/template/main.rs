//! The templates match the code: a table, route, policy or filter that is changed on one side only
//! fails here.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what is wrong by failing"
)]

mod cost;
mod filter;
mod policies;
mod recorder;
mod routes;
mod stack;
mod table;
