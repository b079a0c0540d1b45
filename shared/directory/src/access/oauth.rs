//! OAuth 2.0 (RFC 6749): the stored clients, grants and codes.
//!
//! [`client`] holds the clients that may ask for access tokens of a directory, [`grant`] what the
//! directory's administrator allowed one of them, and [`code`] the authorization codes, which are
//! valid for two minutes in between. Access and refresh tokens are not stored: their
//! [seals](crate::secret::seals) prove that Rollcall issued them, and the items here say which ones
//! were revoked since. Client secrets and codes are stored as a [`hash`].

pub mod client;
pub mod code;
pub mod grant;
pub mod hash;
pub mod revoked;

pub(crate) mod key;
