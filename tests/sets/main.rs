//! Security event tokens: polled, pushed, and the keys that verify them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what is wrong by failing"
)]

mod configuration;
mod keys;
mod poll;
mod push;
mod receiver;
