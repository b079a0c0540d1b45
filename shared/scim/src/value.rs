//! One JSON value, read by its attribute's row (RFC 7643 §2.3–2.5).
//!
//! What POST, PUT and PATCH bodies have in common: values are kept exactly as they were
//! sent, except that names get their canonical spelling, what a client may not write is
//! dropped, and the shapes of [`dialect`](crate::dialect) are brought to the one that the row asks for.
//! Null, `""` and an empty array mean "no value" (RFC 7643 §2.5, and Entra's `""`).

pub mod any;
pub mod complex;
pub mod format;
pub mod list;
pub mod primary;
pub mod same;
pub mod shape;
pub mod sign_in_name;
pub mod simple;
pub mod slot;
