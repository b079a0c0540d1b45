//! The embedded DynamoDB and the feed on it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod feed;
mod table;
mod writes;
