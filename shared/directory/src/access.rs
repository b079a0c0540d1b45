//! Who may use a directory: credentials, OAuth clients, what they allow, and how much; what was refused. Who
//! may see the console: set-up links and sessions.

pub mod activity;
pub mod admission;
pub mod audit;
pub mod credential;
pub mod expiry;
pub mod oauth;
pub mod oidc;
pub mod permissions;
pub mod refusal;
pub mod session;
pub mod setup_link;
pub mod sign_in;
pub mod sign_in_link;
pub mod usage;

pub(crate) mod revocation;
