//! Resources as data: attribute rows, schemas, resource types and paths (RFC 7643).
//!
//! Validation, filters, PATCH, projection, `/Schemas` and the choice of an index all read the
//! same rows, so a new attribute is one row in [`user`], [`enterprise`] or [`group`].

pub mod attribute;
pub mod common;
pub mod compare;
pub mod doc;
pub mod enterprise;
pub mod group;
pub mod member;
pub mod path;
pub mod profile;
pub mod resource_type;
pub mod schema;
pub mod user;
