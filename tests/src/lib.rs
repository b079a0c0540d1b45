//! The harness of the black-box tests: an endpoint, checked responses, and recorded exchanges. Like
//! a client, it knows SCIM only over HTTP.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test says what is wrong by failing"
)]

pub mod admin;
pub mod answer;
pub mod browser;
pub mod bulk;
pub mod call;
pub mod corpus;
pub mod deployment;
pub mod directories;
pub mod endpoint;
pub mod exchange;
pub mod functions;
pub mod instance;
pub mod issuer;
pub mod lambda;
pub mod log;
pub mod mirror;
pub mod misbehave;
pub mod names;
pub mod pages;
pub mod people;
pub mod profiles;
pub mod progress;
pub mod relay;
pub mod replay;
pub mod runtime;
pub mod scratch;
pub mod subset;
pub mod template;
pub mod verified;
