//! Other issuers: what they publish, and the tokens that they sign. A client may be authenticated by an
//! assertion of its issuer, and the team by an ID token of its identity provider.

pub mod keys;
pub mod published;
mod ring_provider;
pub mod signed;
