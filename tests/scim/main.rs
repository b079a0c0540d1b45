//! The endpoint over HTTP: the modules follow the URL tree. Runs against the stack in this process,
//! or against any deployed URL (`ROLLCALL_TEST_URL`, `ROLLCALL_TEST_TOKEN`).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test says what is wrong by failing"
)]

mod bulk;
mod edge;
mod groups;
mod me;
mod profiles;
mod resource_types;
mod schemas;
mod search;
mod service_provider_config;
mod users;
