//! The console over HTTP, as a browser without scripts uses it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stderr,
    reason = "a test says what is wrong by failing"
)]

mod authorize;
mod causes;
mod directories;
mod forecast;
mod forms;
mod links;
mod log;
mod matrix;
mod pages;
mod probe;
mod setup;
mod sign_in;
mod subscriptions;
mod team;
mod world;
