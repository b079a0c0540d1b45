//! The last step of every response: content type, compression, size, HEAD.

use std::io::Write;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderValue, VARY};
use http::response::Parts;
use http::{Method, StatusCode};
use http_body_util::BodyExt;
use scim::error::Kind;

use crate::http::error::Failure;
use crate::http::limits;
use crate::http::negotiate::ResponseFormat;
use crate::http::reply;

/// Fits `response` to what the client accepts and what Lambda can return.
///
/// A response that is too large becomes 400 `tooMany` for a read. A change has happened: its
/// response becomes 204.
pub async fn finish(response: Response, format: &ResponseFormat) -> Response {
    let (mut parts, body) = response.into_parts();
    // The router's, of the body as it was: the server counts what is really sent.
    parts.headers.remove(CONTENT_LENGTH);
    // Bodies made here are in memory: collecting them cannot fail and does not copy.
    let bytes = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    let read = matches!(format.method, Method::GET | Method::HEAD)
        || parts.extensions.get::<reply::ReadOnly>().is_some();
    let fitted = match fit(parts, bytes, format) {
        Ok(response) => response,
        Err(parts) if !read && parts.status.is_success() => without_body(parts, format),
        Err(_) => {
            let (parts, body) = too_large().into_parts();
            let bytes = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
            fit(parts, bytes, format).unwrap_or_else(|parts| without_body(parts, format))
        }
    };
    if format.method == Method::HEAD { head(fitted).await } else { fitted }
}

/// # Errors
/// The parts, when the response is larger than Lambda can return.
fn fit(mut parts: Parts, bytes: Bytes, format: &ResponseFormat) -> Result<Response, Parts> {
    if bytes.is_empty() {
        return Ok(empty(parts, format));
    }
    // Handlers outside SCIM set their own type.
    if parts.headers.get(CONTENT_TYPE).is_none_or(|media_type| media_type == reply::SCIM_JSON) {
        parts.headers.insert(CONTENT_TYPE, media_type(format));
    }
    if bytes.len() > limits::COMPRESS_FROM {
        parts.headers.insert(VARY, HeaderValue::from_static("accept, accept-encoding"));
        if format.gzip
            && let Ok(compressed) = gzip(&bytes)
        {
            parts.headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            // Lambda returns bytes in base64: four characters for three bytes.
            let fits = compressed.len().div_ceil(3).saturating_mul(4) <= limits::ENCODED_ANSWER;
            return if fits { Ok(Response::from_parts(parts, Body::from(compressed))) } else { Err(parts) };
        }
    }
    if encoded_length(&bytes) > limits::ENCODED_ANSWER {
        return Err(parts);
    }
    Ok(Response::from_parts(parts, Body::from(bytes)))
}

fn media_type(format: &ResponseFormat) -> HeaderValue {
    HeaderValue::from_static(if format.plain_json { "application/json" } else { reply::SCIM_JSON })
}

/// The length of `text` as a JSON string: Lambda returns it as one.
fn encoded_length(text: &[u8]) -> usize {
    let length = |byte: &u8| match byte {
        b'"' | b'\\' | b'\n' | b'\r' | b'\t' | 0x08 | 0x0C => 2,
        0x00..=0x1F => 6,
        _ => 1,
    };
    text.iter().map(length).sum()
}

fn gzip(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(bytes.len() / 8), Compression::fast());
    encoder.write_all(bytes)?;
    encoder.finish()
}

fn without_body(mut parts: Parts, format: &ResponseFormat) -> Response {
    parts.headers.remove(CONTENT_ENCODING);
    parts.status = StatusCode::NO_CONTENT;
    empty(parts, format)
}

/// A response without a body. That of a PATCH has a Content-Type all the same: UnboundID's client
/// reads a 204 by it.
fn empty(mut parts: Parts, format: &ResponseFormat) -> Response {
    parts.headers.remove(CONTENT_TYPE);
    if format.method == Method::PATCH && parts.status == StatusCode::NO_CONTENT {
        parts.headers.insert(CONTENT_TYPE, media_type(format));
    }
    Response::from_parts(parts, Body::empty())
}

fn too_large() -> Response {
    Failure::new(
        Kind::TooMany,
        "the answer is larger than 6 MiB: ask for a smaller page with `count`, for fewer attributes with \
         `attributes` or `excludedAttributes=members`, or accept gzip",
    )
    .into_response()
}

/// The same headers as for GET, the body's length among them, and no body.
async fn head(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    let bytes = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    if !bytes.is_empty() {
        parts.headers.insert(CONTENT_LENGTH, HeaderValue::from(bytes.len()));
    }
    Response::from_parts(parts, Body::empty())
}

#[cfg(test)]
mod tests;
