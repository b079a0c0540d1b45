//! GET of one directory.

use axum::response::Response;
use http::StatusCode;

use super::shown;
use crate::answer;
use crate::target::Found;

/// What it is.
pub(crate) async fn get(Found(directory): Found) -> Response {
    answer::about(&directory.id, StatusCode::OK, &shown(&directory))
}
