//! PATCH (RFC 7644 §3.5.2): a request's operations, applied to a resource.
//!
//! `request` reads the body, `path` looks up what an operation is about, and [`add`],
//! [`remove`] and [`replace`] are the three subsections of the RFC. Everything is pure
//! and repeatable: after a lost race the same operations are applied to a newer state.
//! What clients do beyond the RFC is in [`dialect`], one function each.

pub mod apply;
pub mod dialect;
pub mod members;
pub mod request;
