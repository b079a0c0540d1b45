//! `/admin` over HTTP, and which credentials it accepts.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test says what is wrong by failing"
)]

mod audit;
mod credentials;
mod directories;
mod document;
mod events;
mod key;
mod matrix;
mod scopes;
mod tool;
