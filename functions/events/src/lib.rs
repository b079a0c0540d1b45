//! `/events`: what changed in a directory, for its product (see docs/events.md).

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use gateway::app::App;
use gateway::auth::access::Service;
use gateway::events;
use gateway::serve::Edge;
use gateway::serve::holder::for_holder;
use gateway::serve::mount::open;
use http::HeaderMap;

/// The path of the events.
pub const BASE: &str = "/events";

/// One line per route.
pub fn routes() -> Router<App> {
    Router::new().route("/events", get(list))
}

/// `edge` with the events. The handler checks the token.
#[must_use]
pub fn mount(edge: Edge) -> Edge {
    edge.mount(BASE, routes(), open())
}

/// The events of the directory of the request's token, which needs the scope `events`.
async fn list(State(app): State<App>, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    let table = app.table.clone();
    for_holder(&app, &headers, BASE, Service::Events, async move |access| {
        events::answer(&table, &access.directory, &access.profile, query.as_deref()).await.into_response()
    })
    .await
}
