//! `/admin`: the administration of directories and their credentials, for whoever has the
//! administrator key. What each route takes and answers stands in `openapi.json`.

pub mod clients;
pub mod key;
pub mod lines;
pub mod name;
pub mod openapi;
pub mod query;
pub mod receipts;
pub mod unverified;
pub mod verify;

use std::sync::Arc;

use axum::Router;
use axum::routing::{delete, get, post};
use gateway::administrator::AdministratorKey;
use gateway::app::App;
use gateway::serve::Edge;

/// What all routes begin with.
pub const BASE: &str = "/admin";

/// One line per route.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/admin/openapi.json", get(openapi::document))
        .route("/admin/directories/{directory}", delete(receipts::erase))
        .route("/admin/directories/{directory}/verify", post(verify::verify))
        .route("/admin/directories/{directory}/export", get(lines::export))
        .route("/admin/directories/{directory}/import", post(lines::import))
        .route("/admin/directories/{directory}/unverified", get(unverified::unverified))
        .route("/admin/directories/{directory}/unverified/{id}", delete(unverified::verified))
        .route("/admin/receipts", get(receipts::receipts))
        .route("/admin/receipts/{id}", get(receipts::receipt))
        .route("/admin/directories/{directory}/clients", get(clients::list).post(clients::create))
        .route(
            "/admin/directories/{directory}/clients/{client}",
            get(clients::one).patch(clients::change).delete(clients::revoke),
        )
        .route("/admin/directories/{directory}/clients/{client}/secrets", post(clients::add))
        .route("/admin/directories/{directory}/clients/{client}/secrets/{secret}", delete(clients::remove))
}

/// `edge` with the administration, for those who have `key`.
#[must_use]
pub fn beside(edge: Edge, key: AdministratorKey) -> Edge {
    edge.beside(BASE, routes(), Arc::new(move |parts| key.admits(&parts.headers)))
}
