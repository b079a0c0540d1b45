//! OAuth over HTTP: all grants, refusals, rotation under load.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test says what is wrong by failing"
)]

mod administration;
mod app;
mod authorization;
mod client_credentials;
mod federation;
mod flood;
mod instance;
mod logs;
mod page;
mod refresh;
mod revocation;
mod rotation;
mod secrets;
