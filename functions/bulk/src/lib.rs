//! What belongs to no single endpoint of resources: `/scim/v2/Bulk` (RFC 7644 §3.7), `/Me`
//! (§3.11), and queries of `/scim/v2` itself (§3.4.2.1, §3.4.3).

pub mod bulk;
pub mod me;
pub mod root;

use axum::Router;
use axum::routing::post;
use gateway::app::App;

use crate::bulk::bulk;

/// One line per route.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/scim/v2", root::base())
        .route("/scim/v2/.search", post(root::search))
        .route("/scim/v2/Bulk", post(bulk))
        .route("/scim/v2/Me", me::methods())
}

/// What the Lambda function serves: its own routes and those of the other functions. API Gateway
/// sends every path here that matches no other route: one of a resource type that only a profile
/// has, or one with a doubled slash (`/scim/v2//Groups`, from a Tenant URL that ends in a slash).
/// The function has the permissions of the others anyway.
pub fn served() -> Router<App> {
    routes().merge(users::routes()).merge(groups::routes()).merge(discovery::routes())
}
