//! The audit log: who did what with which directory.

use ::directory::id::DirectoryId;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use gateway::auth::administrator::AdministratorKey;

/// Handles `request` and writes one line about it: the actor, the method and the route, the
/// directory and the status. No name, label or token is in it.
pub(crate) async fn record(
    State(key): State<AdministratorKey>,
    matched: Option<MatchedPath>,
    request: Request,
    next: Next,
) -> Response {
    let actor = key.sign_in(request.headers(), request.extensions()).unwrap_or_else(|_| "-".to_owned());
    let method = request.method().clone();
    let response = next.run(request).await;
    let directory = response.extensions().get::<DirectoryId>().map(ToString::to_string);
    tracing::info!(
        audit = true,
        actor,
        method = method.as_str(),
        route = matched.as_ref().map_or("-", MatchedPath::as_str),
        directory = directory.as_deref().unwrap_or("-"),
        status = response.status().as_u16(),
        "administration"
    );
    response
}
