//! What all routers have in common.

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::ALLOW;

use crate::http::error::Failure;

/// Hands the matched route out with the answer, for the log.
pub(super) async fn remember_route(matched: Option<MatchedPath>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if let Some(matched) = matched {
        response.extensions_mut().insert(matched);
    }
    response
}

/// The router's own 405 has an Allow header and no body.
pub(super) fn not_allowed(response: &Response) -> Response {
    let mut answer = Failure::method(response.headers().get(ALLOW).cloned()).into_response();
    if let Some(matched) = response.extensions().get::<MatchedPath>() {
        answer.extensions_mut().insert(matched.clone());
    }
    answer
}
