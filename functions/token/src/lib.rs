//! `/oauth/…`: access tokens for clients that do not use a static secret (RFC 6749).
//!
//! [`caller`] finds out which client asks, by its secret or by an [`assertion`] of another
//! issuer; [`grant`] has the three ways to a token; [`authorize`] and [`consent`] are the page
//! on which a directory's administrator gives consent to a client; [`revoke`] revokes tokens, and
//! [`metadata`] lists the endpoints for clients.

pub mod answer;
pub mod assertion;
pub mod authorize;
pub mod caller;
pub mod consent;
pub mod form;
pub mod grant;
pub mod metadata;
pub mod revoke;
pub mod scope;

use axum::Router;
use axum::extract::Extension;
use axum::routing::{get, post};
use gateway::app::App;
use gateway::auth::issuer::keys::Keys;
use gateway::serve::Edge;
use gateway::serve::mount::open;

use crate::consent::sign_in::Administrator;

/// What the routes of OAuth begin with.
pub const BASE: &str = "/oauth";
/// Where clients look for the metadata (RFC 8414 §3).
pub const METADATA: &str = "/.well-known/oauth-authorization-server";

/// One line per route.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/oauth/token", post(grant::token))
        .route("/oauth/authorize", get(authorize::ask).post(consent::decide))
        .route("/oauth/revoke", post(revoke::revoke))
}

/// What is not below [`BASE`].
pub fn metadata_routes() -> Router<App> {
    Router::new().route("/.well-known/oauth-authorization-server", get(metadata::metadata))
}

/// `edge` with OAuth, where `administrator` may give consent to clients. Each handler checks the caller.
#[must_use]
pub fn mount(edge: Edge, administrator: Administrator) -> Edge {
    let routes = routes().layer(Extension(Keys::default())).layer(Extension(administrator));
    edge.mount(BASE, routes, open()).mount(METADATA, metadata_routes(), open())
}
