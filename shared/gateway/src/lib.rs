//! The HTTP edge: everything that knows requests and responses.
//!
//! [`serve`] is the way of a request: [`path`] finds the SCIM base in the URL, [`auth`]
//! the directory behind the bearer token, the router the handler in [`resource`] or [`root`], and
//! [`finish`] makes of its answer what the client can take. Lambda ([`start`]) and the
//! local server run the same service.

pub mod address;
pub mod administrator;
pub mod app;
pub mod auth;
pub mod aws;
pub mod body;
pub mod bulk;
pub mod context;
pub mod discovery;
pub mod error;
pub mod event;
pub mod finish;
pub mod limits;
pub mod log;
pub mod negotiate;
pub mod path;
pub mod precondition;
pub mod query;
pub mod rate;
pub mod reply;
pub mod resource;
pub mod root;
pub mod serve;
pub mod start;
pub mod token;
