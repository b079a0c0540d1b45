//! OAuth 2.0 (RFC 6749): what is kept of clients, authorizations and codes.
//!
//! [`client`] are those who may ask for access tokens of a directory, [`grant`] what its
//! administrator has allowed one of them, [`code`] what stands between the two for two
//! minutes. Access and refresh tokens themselves are kept nowhere: [`seal`] proves that they
//! came from here, and the items here say what has been taken back since.

pub mod client;
pub mod code;
pub mod grant;
pub mod seal;

pub(crate) mod item;
mod revoked;

pub use revoked::Revoked;
