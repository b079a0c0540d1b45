//! Who may send a request, and how many: bearer tokens, the administrator key, tokens of other issuers,
//! sessions of browsers, rates.

pub mod access;
pub mod administrator;
pub mod authenticate;
pub(crate) mod authenticated;
pub mod browser;
pub(crate) mod cache;
pub mod deployment;
pub mod header;
pub mod holders;
pub mod issuer;
pub mod open;
mod proof;
pub mod rate;
pub mod test_mark;
pub mod token;
