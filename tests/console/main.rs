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

mod audit;
mod authorize;
mod causes;
mod clients;
mod credentials;
mod directories;
mod filters;
mod forecast;
mod forms;
mod fresh;
mod held;
mod large;
mod links;
mod log;
mod matrix;
mod names;
mod oidc;
mod pages;
mod people;
mod probe;
mod provider;
mod scale;
mod settings;
mod setup;
mod sign_in;
mod subscriptions;
mod team;
mod world;
