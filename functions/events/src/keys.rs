//! `GET /.well-known/jwks.json`: the public keys that verify security event tokens (RFC 7517).

use axum::extract::{Extension, State};
use axum::response::Response;
use gateway::app::App;
use gateway::events::sets::keys::KeyCache;
use gateway::http::error::Failure;
use gateway::http::reply;
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};

/// The keys, for everyone.
pub(crate) async fn keys(
    State(app): State<App>,
    Extension(cache): Extension<KeyCache>,
) -> Result<Response, Failure> {
    let keys = cache.read(&app.table, &app.deployment).await;
    let keys = keys.map_err(|error| Failure::table("key", error))?;
    let mut response = reply::json(StatusCode::OK, &keys.document());
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/jwk-set+json"));
    // A token with a key that a receiver does not know makes it ask again.
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"));
    Ok(response)
}
