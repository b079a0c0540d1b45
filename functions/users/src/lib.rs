//! `/scim/v2/Users`, and the endpoints of a profile's own resource types
//! (RFC 7644 §3.2).

use axum::Router;
use gateway::app::App;
use gateway::resource::{collection, searching, single};

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

/// What the Lambda function serves: beside its own routes those of the others. API Gateway
/// leads every path here that it cannot place, such as one with a doubled slash
/// (`/scim/v2//Groups`, of a Tenant URL that ends in one).
pub fn served() -> Router<App> {
    routes().merge(groups::routes()).merge(discovery::routes()).merge(bulk::routes())
}
