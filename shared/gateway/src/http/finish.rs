//! The last step of every answer: content type, compression, size, HEAD.

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
use crate::http::negotiate::Taste;
use crate::http::reply;

/// Fits `response` to what the client can take and Lambda can carry.
///
/// A read that is too large becomes 400 `tooMany`. A change that is too large to answer
/// has happened all the same, and becomes 204.
pub async fn finish(response: Response, taste: &Taste) -> Response {
    let (mut parts, body) = response.into_parts();
    // The router's, of the body as it was: the server counts what is really sent.
    parts.headers.remove(CONTENT_LENGTH);
    // Bodies made here are in memory: collecting them cannot fail and does not copy.
    let bytes = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    let read = matches!(taste.method, Method::GET | Method::HEAD)
        || parts.extensions.get::<reply::ReadOnly>().is_some();
    let fitted = match fit(parts, bytes, taste) {
        Ok(response) => response,
        Err(parts) if !read && parts.status.is_success() => without_body(parts),
        Err(_) => {
            let (parts, body) = too_large().into_parts();
            let bytes = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
            fit(parts, bytes, taste).unwrap_or_else(without_body)
        }
    };
    if taste.method == Method::HEAD { head(fitted).await } else { fitted }
}

/// # Errors
/// The parts, when the answer would outgrow what Lambda returns.
fn fit(mut parts: Parts, bytes: Bytes, taste: &Taste) -> Result<Response, Parts> {
    if bytes.is_empty() {
        parts.headers.remove(CONTENT_TYPE);
        return Ok(Response::from_parts(parts, Body::empty()));
    }
    // What a handler beside SCIM answers may be of a type of its own.
    if parts.headers.get(CONTENT_TYPE).is_none_or(|media_type| media_type == reply::SCIM_JSON) {
        let media_type = if taste.plain_json { "application/json" } else { reply::SCIM_JSON };
        parts.headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    }
    if bytes.len() > limits::COMPRESS_FROM {
        parts.headers.insert(VARY, HeaderValue::from_static("accept, accept-encoding"));
        if taste.gzip
            && let Ok(compressed) = gzip(&bytes)
        {
            parts.headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            // Lambda carries bytes in base64: four characters for three bytes.
            let fits = compressed.len().div_ceil(3).saturating_mul(4) <= limits::ENCODED_ANSWER;
            return if fits { Ok(Response::from_parts(parts, Body::from(compressed))) } else { Err(parts) };
        }
    }
    if encoded_length(&bytes) > limits::ENCODED_ANSWER {
        return Err(parts);
    }
    Ok(Response::from_parts(parts, Body::from(bytes)))
}

/// The length of `text` as a JSON string, as which Lambda carries it.
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

fn without_body(mut parts: Parts) -> Response {
    parts.headers.remove(CONTENT_TYPE);
    parts.headers.remove(CONTENT_ENCODING);
    parts.status = StatusCode::NO_CONTENT;
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
