//! `/admin`: the administration of directories and their credentials, for whoever has the
//! administrator key. What each route takes and answers stands in `openapi.json`.

pub mod clients;
pub mod openapi;

mod answer;
mod body;

mod credential;
mod directory;
mod erase;
mod lines;
mod page;
mod target;
mod time;
mod unverified;
mod verify;

use std::sync::Arc;

use axum::Router;
use axum::routing::{delete, get, post};
use gateway::app::App;
use gateway::auth::administrator::AdministratorKey;
use gateway::serve::Edge;

/// What all routes begin with.
pub const BASE: &str = "/admin";

/// One line per route.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/admin/openapi.json", get(openapi::document))
        .route("/admin/directories", get(directory::list::list).post(directory::create::create))
        .route("/admin/directories/{directory}", get(directory::get::get).patch(directory::patch::patch))
        .route(
            "/admin/directories/{directory}/credentials",
            get(credential::list::list).post(credential::create::create),
        )
        .route(
            "/admin/directories/{directory}/credentials/{credential}",
            get(credential::get::get).patch(credential::patch::patch).delete(credential::revoke::revoke),
        )
        .route("/admin/directories/{directory}", delete(erase::erase))
        .route("/admin/directories/{directory}/verify", post(verify::verify))
        .route("/admin/directories/{directory}/export", get(lines::export))
        .route("/admin/directories/{directory}/import", post(lines::import))
        .route("/admin/directories/{directory}/unverified", get(unverified::unverified))
        .route("/admin/directories/{directory}/unverified/{id}", delete(unverified::verified))
        .route("/admin/receipts", get(erase::receipts))
        .route("/admin/receipts/{id}", get(erase::receipt))
        .route(
            "/admin/directories/{directory}/clients",
            get(clients::read::list).post(clients::create::create),
        )
        .route(
            "/admin/directories/{directory}/clients/{client}",
            get(clients::read::one).patch(clients::change::change).delete(clients::change::revoke),
        )
        .route("/admin/directories/{directory}/clients/{client}/secrets", post(clients::secrets::add))
        .route(
            "/admin/directories/{directory}/clients/{client}/secrets/{secret}",
            delete(clients::secrets::remove),
        )
}

/// `edge` with the administration, for those who have `key`.
#[must_use]
pub fn mount(edge: Edge, key: AdministratorKey) -> Edge {
    edge.mount(BASE, routes(), Arc::new(move |parts| key.admits(&parts.headers)))
}
