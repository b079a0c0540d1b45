//! `/admin`: the administration of directories and their credentials, with the administrator key.
//! `openapi.json` describes the routes, with their requests and responses.

pub mod clients;
pub mod openapi;

mod answer;
mod audit;
mod body;

mod credential;
mod directory;
mod erase;
mod events;
mod held;
mod ndjson;
mod page;
mod subscription;
mod target;
mod time;
mod undo;
mod unverified;
mod verify;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::{delete, get, post};
use gateway::app::App;
use gateway::auth::administrator::AdministratorKey;
use gateway::auth::holders::Holders;
use gateway::log::metrics;
use gateway::serve::Edge;
use http::request::Parts;

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
        .route("/admin/directories/{directory}/rotate-secret", post(directory::rotate::rotate))
        .route("/admin/directories/{directory}/verify", post(verify::verify))
        .route("/admin/directories/{directory}/export", get(ndjson::export))
        .route("/admin/directories/{directory}/import", post(ndjson::import))
        .route("/admin/directories/{directory}/events", get(events::list))
        .route("/admin/directories/{directory}/events/reconcile", post(events::reconcile))
        .route("/admin/directories/{directory}/users/{id}/erase-events", post(events::erase))
        .route("/admin/directories/{directory}/held", get(held::list))
        .route("/admin/directories/{directory}/held/approve", post(held::approve))
        .route("/admin/directories/{directory}/held/reject", post(held::reject))
        .route("/admin/directories/{directory}/undo", post(undo::undo))
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
        .route(
            "/admin/directories/{directory}/subscriptions",
            get(subscription::read::list).post(subscription::create::create),
        )
        .route(
            "/admin/directories/{directory}/subscriptions/{subscription}",
            get(subscription::read::one)
                .patch(subscription::change::change)
                .delete(subscription::change::delete),
        )
        .route(
            "/admin/directories/{directory}/subscriptions/{subscription}/test",
            post(subscription::test::test),
        )
        .route(
            "/admin/directories/{directory}/subscriptions/{subscription}/rotate",
            post(subscription::rotate::rotate),
        )
        .route(
            "/admin/directories/{directory}/subscriptions/{subscription}/recover",
            post(subscription::recover::recover),
        )
        .route(
            "/admin/directories/{directory}/subscriptions/{subscription}/dead-letters",
            get(subscription::dead_letters::list),
        )
        .route(
            "/admin/directories/{directory}/subscriptions/{subscription}/dead-letters/{sequence}/resend",
            post(subscription::dead_letters::resend),
        )
}

/// `edge` with the administration, for requests that have `key` or that API Gateway has verified as
/// those of an IAM identity. Each gets a line in the audit log.
#[must_use]
pub fn mount(edge: Edge, key: AdministratorKey) -> Edge {
    let holders = Arc::clone(&edge.app().holders);
    let audited = routes()
        .layer(from_fn_with_state(holders, forget))
        .layer(from_fn_with_state(key.clone(), audit::record));
    let gate = move |parts: &Parts| {
        let signed_in = key.sign_in(&parts.headers, &parts.extensions);
        if signed_in.is_err() {
            tracing::warn!("an administrative request without a valid administrator key");
            metrics::failed_sign_in();
        }
        signed_in.map(drop)
    };
    edge.mount(BASE, audited, Arc::new(gate))
}

/// After a change, this process reads the holders again that it remembers: a new secret works at once.
async fn forget(State(holders): State<Arc<Holders>>, request: Request, next: Next) -> Response {
    let changes = !request.method().is_safe();
    let response = next.run(request).await;
    if changes {
        holders.forget();
    }
    response
}
