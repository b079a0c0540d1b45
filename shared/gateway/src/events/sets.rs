//! Events as security event tokens (SET, RFC 8417) with the events of SCIM (RFC 9967).
//!
//! [`claims`] says in the terms of RFC 9967 what an event of the log says; [`keys`] signs it.

mod changed;
pub mod claims;
pub mod keys;
