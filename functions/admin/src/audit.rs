//! The audit log: who did what with which directory.

use ::directory::id::DirectoryId;
use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use gateway::auth::administrator::AdministratorKey;
use gateway::http::error::Failure;
use http::request::Parts;

/// Who sends the request, as the audit log names them.
#[derive(Debug, Clone)]
pub(crate) struct Actor(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for Actor {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        parts.extensions.get().cloned().ok_or_else(Failure::internal)
    }
}

/// Handles `request` and writes one line about it: the actor, the method and the route, the
/// directory and the status. No name, label or token is in it.
pub(crate) async fn record(
    State(key): State<AdministratorKey>,
    matched: Option<MatchedPath>,
    mut request: Request,
    next: Next,
) -> Response {
    let actor = key.sign_in(request.headers(), request.extensions()).unwrap_or_else(|_| "-".to_owned());
    request.extensions_mut().insert(Actor(actor.clone()));
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
