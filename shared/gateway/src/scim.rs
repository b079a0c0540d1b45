//! The SCIM handlers that several functions share, once for all resource types (RFC 7644 §3.2).

pub mod adopt;
pub mod call;
pub mod context;
pub mod create;
pub mod delete;
pub mod get;
pub mod list;
pub mod patch;
pub mod replace;
pub mod restore;
pub mod routes;
pub mod search;
