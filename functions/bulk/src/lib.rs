//! What belongs to no single endpoint of resources: `/scim/v2/Bulk` (RFC 7644 §3.7) and
//! `/Me` (§3.11).

use axum::Router;
use axum::routing::post;
use gateway::app::App;
use gateway::bulk::bulk;
use gateway::resource::me;

/// One line per route.
pub fn routes() -> Router<App> {
    Router::new().route("/scim/v2/Bulk", post(bulk)).route("/scim/v2/Me", me())
}
