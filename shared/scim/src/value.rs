//! One JSON value, read by its attribute's row (RFC 7643 §2.3–2.5).
//!
//! POST, PUT and PATCH read values alike. A value is stored exactly as it was sent, except
//! that names get their canonical spelling, attributes that a client may not write are
//! dropped, and the shapes of [`dialect`](crate::dialect) are converted to the shape of the row.
//! Null, `""` and an empty array mean "no value" (RFC 7643 §2.5, and Entra's `""`), but a list is never cleared by `""`.

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
