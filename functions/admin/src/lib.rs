//! `/admin`: the administration of directories and their credentials, for whoever has the
//! administrator key. What each route takes and answers stands in `openapi.json`.

pub mod key;
pub mod openapi;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use gateway::administrator::AdministratorKey;
use gateway::app::App;
use gateway::serve::Edge;

/// What all routes begin with.
pub const BASE: &str = "/admin";

/// One line per route.
pub fn routes() -> Router<App> {
    Router::new().route("/admin/openapi.json", get(openapi::document))
}

/// `edge` with the administration, for those who have `key`.
#[must_use]
pub fn beside(edge: Edge, key: AdministratorKey) -> Edge {
    edge.beside(BASE, routes(), Arc::new(move |parts| key.admits(&parts.headers)))
}
