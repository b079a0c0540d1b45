//! `/scim/v2/ServiceProviderConfig`, `/ResourceTypes` and `/Schemas` (RFC 7644 §4).

pub mod handlers;

use axum::Router;
use axum::routing::get;
use gateway::app::App;

use crate::handlers::{config, get_resource_type, get_schema, list_resource_types, list_schemas};

/// One line per route.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/scim/v2/ServiceProviderConfig", get(config))
        .route("/scim/v2/ResourceTypes", get(list_resource_types))
        .route("/scim/v2/ResourceTypes/{name}", get(get_resource_type))
        .route("/scim/v2/Schemas", get(list_schemas))
        .route("/scim/v2/Schemas/{urn}", get(get_schema))
}
