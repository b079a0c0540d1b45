//! The HTTP edge: everything that knows requests and responses.
//!
//! Imports point downwards, from the first floor to the last:
//!
//! | floor | what it holds |
//! |---|---|
//! | [`run`] | starts a Lambda function: environment, AWS clients, Lambda's events |
//! | [`serve`] | takes one request from its URL to its log line; mounts routes that need no SCIM token |
//! | [`scim`], [`events`], [`delivery`], [`administration`] | what several functions share: handlers; credentials, OAuth clients and settings |
//! | [`app`] | the state that all handlers share |
//! | [`auth`] | tokens, the administrator key, rates: who may send a request, and how many |
//! | [`http`] | paths, parameters, bodies, answers and errors |
//! | [`settings`], [`log`] | how the service is reached; log lines and metrics |
//!
//! A handler that one function alone serves is in that function's crate.

pub mod administration;
pub mod app;
pub mod auth;
pub mod delivery;
pub mod events;
pub mod http;
pub mod log;
pub mod run;
pub mod scim;
pub mod serve;
pub mod settings;
