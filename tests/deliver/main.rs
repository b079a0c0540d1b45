//! Events are delivered to webhooks: nothing is lost and the order is kept, whatever the endpoint does.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stderr,
    reason = "a test says what is wrong by failing"
)]

mod endpoints;
mod interrupted;
mod receiver;
mod served;
mod tick;
mod world;
