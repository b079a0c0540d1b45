//! `/scim/v2/Users`, and the endpoints of a profile's own resource types
//! (RFC 7644 §3.2).

use axum::Router;
use gateway::app::App;
use gateway::scim::routes::{collection, searching, single};

/// One line per route.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/scim/v2/Users", collection())
        .route("/scim/v2/Users/.search", searching())
        .route("/scim/v2/Users/{id}", single())
        .route("/scim/v2/{endpoint}", collection())
        .route("/scim/v2/{endpoint}/.search", searching())
        .route("/scim/v2/{endpoint}/{id}", single())
}
