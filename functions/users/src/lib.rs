//! `/scim/v2/Users` (RFC 7644 §3.2).

use axum::Router;
use gateway::app::App;
use gateway::resource::{User, collection, single};

/// One line per route.
pub fn routes() -> Router<App> {
    Router::new().route("/scim/v2/Users", collection::<User>()).route("/scim/v2/Users/{id}", single::<User>())
}
