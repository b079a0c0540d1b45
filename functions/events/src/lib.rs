//! What changed in a directory, for its product (see docs/events.md): `/events`, security event tokens
//! by poll, and the keys that verify them.

mod keys;
mod poll;

use axum::Router;
use axum::extract::{Extension, RawQuery, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use gateway::app::App;
use gateway::auth::access::Service;
use gateway::events;
use gateway::events::sets::keys::KeyCache;
use gateway::serve::Edge;
use gateway::serve::holder::for_holder;
use gateway::serve::mount::open;
use http::HeaderMap;

/// The path of the events.
pub const BASE: &str = "/events";
/// The path of the keys.
pub const KEYS: &str = "/.well-known/jwks.json";

/// One line per route.
pub fn routes() -> Router<App> {
    Router::new().route("/events", get(list)).route("/events/sets/{subscription}", post(poll::poll))
}

/// What is not below [`BASE`].
pub fn key_routes() -> Router<App> {
    Router::new().route("/.well-known/jwks.json", get(keys::keys))
}

/// `edge` with the events. The handlers check the token.
#[must_use]
pub fn mount(edge: Edge) -> Edge {
    let keys = KeyCache::default();
    edge.mount(BASE, routes().layer(Extension(keys.clone())), open()).mount(
        KEYS,
        key_routes().layer(Extension(keys)),
        open(),
    )
}

/// The events of the directory of the request's token, which needs the scope `events`.
async fn list(State(app): State<App>, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    let table = app.table.clone();
    for_holder(&app, &headers, BASE, Service::Events, async move |access| {
        events::answer(&table, &access.directory, &access.profile, query.as_deref()).await.into_response()
    })
    .await
}
