//! Who may use a directory: credentials, OAuth clients, what they allow, and how much.

pub mod admission;
pub mod credential;
pub mod expiry;
pub mod oauth;
pub mod permissions;
pub mod usage;

pub(crate) mod revocation;
