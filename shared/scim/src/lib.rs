//! SCIM 2.0, the protocol: pure functions over JSON, driven by attribute rows.
//!
//! No I/O, no HTTP, no AWS. What a resource *is* (RFC 7643) lives in [`model`];
//! what a client may *ask* (RFC 7644) in [`filter`], [`sort`], [`search`], [`patch`],
//! [`read`], [`bulk`] and [`project`]; what it is *told* in [`render`], [`message`], [`discovery`] and
//! [`error`].
//!
//! Floors follow the grammar, and no import runs back up:
//! `model` ← `filter` ← `patch`, `read`, `bulk` ← `project`, `render` ← `message`, `discovery`.

pub mod bulk;
pub mod discovery;
pub mod error;
pub mod filter;
pub mod message;
pub mod model;
pub mod patch;
pub mod profile;
pub mod project;
pub mod read;
pub mod render;
pub mod search;
pub mod sort;
pub mod value;
