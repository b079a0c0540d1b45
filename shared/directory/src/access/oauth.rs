//! OAuth 2.0 (RFC 6749): the stored clients, grants and codes.
//!
//! [`client`] holds the clients that may ask for access tokens of a directory, [`grant`] what the
//! directory's administrator allowed one of them, and [`code`] the authorization codes, which are
//! valid for two minutes in between. Access and refresh tokens are not stored: [`seal`] proves that
//! Rollcall issued them, and the items here say which ones were revoked since.

pub mod client;
pub mod code;
pub mod grant;
pub mod revoked;
pub mod seal;

pub(crate) mod key;
