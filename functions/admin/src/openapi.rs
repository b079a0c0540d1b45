//! The description of the administration API itself.

use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;

/// OpenAPI 3.1; a test compares it with the routes.
const DOCUMENT: &str = include_str!("../openapi.json");

/// `GET /admin/openapi.json`.
pub async fn document() -> Response {
    ([(CONTENT_TYPE, "application/json")], DOCUMENT).into_response()
}
