//! `/scim/v2/Groups` (RFC 7644 §3.2).

use axum::Router;
use gateway::app::App;
use gateway::scim::routes::{collection, searching, single};

/// One line per route.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/scim/v2/Groups", collection())
        .route("/scim/v2/Groups/.search", searching())
        .route("/scim/v2/Groups/{id}", single())
}
