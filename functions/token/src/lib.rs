//! `/oauth/…`: access tokens for clients that do not use a static secret (RFC 6749).
//!
//! [`caller`] finds out which client asks, by its secret or by an [`assertion`] of another
//! issuer; [`grant`] has the three ways to a token; [`authorize`] and [`consent`] are the page
//! on which a directory's administrator lets a client in; [`revoke`] takes tokens back, and
//! [`metadata`] tells clients where all of it is.

pub mod answer;
pub mod assertion;
pub mod authorize;
pub mod caller;
pub mod consent;
pub mod form;
pub mod grant;
pub mod keys;
pub mod metadata;
pub mod revoke;
pub mod scope;

use axum::Router;
use axum::extract::Extension;
use axum::routing::{get, post};
use gateway::app::App;

use crate::keys::Keys;

/// One line per route.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/oauth/token", post(grant::token))
        .route("/oauth/authorize", get(authorize::ask).post(consent::decide))
        .route("/oauth/revoke", post(revoke::revoke))
        .route("/.well-known/oauth-authorization-server", get(metadata::metadata))
        .layer(Extension(Keys::default()))
}
