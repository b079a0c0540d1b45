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
mod filters;
mod forms;
mod large;
mod links;
mod log;
mod matrix;
mod pages;
mod people;
mod scale;
mod setup;
mod sign_in;
mod team;
mod world;
