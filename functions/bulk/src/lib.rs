//! What is about a whole directory: queries of `/scim/v2` itself (RFC 7644 §3.4.2.1, §3.4.3).

use axum::Router;
use gateway::app::App;
use gateway::root::{base, searching};

/// One line per route.
pub fn routes() -> Router<App> {
    Router::new().route("/scim/v2", base()).route("/scim/v2/.search", searching())
}
