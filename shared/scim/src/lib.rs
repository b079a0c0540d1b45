//! The SCIM 2.0 protocol: pure functions over JSON, driven by attribute rows. No I/O, no HTTP, no AWS.
//!
//! - What a resource is (RFC 7643): [`model`], [`profile`], [`value`].
//! - What a client sends (RFC 7644): [`json`], [`filter`], [`sort`], [`search`], [`patch`], [`read`], [`bulk`],
//!   [`project`]. Client quirks are collected in [`dialect`].
//! - What the service answers: [`render`], [`message`], [`discovery`], [`error`], [`event`].
//!
//! Modules are layered, and no import runs against the arrows:
//! `model` ← `filter` ← `patch`, `read`, `bulk` ← `project`, `render` ← `message`, `discovery`.

pub mod bulk;
pub mod dialect;
pub mod discovery;
pub mod error;
pub mod event;
pub mod filter;
pub mod json;
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
