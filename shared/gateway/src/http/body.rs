//! The request's body: JSON of SCIM's media type, of bounded size.

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use bytes::{Bytes, BytesMut};
use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http_body_util::BodyExt;
use scim::error::Kind;
use serde_json::Value;

use crate::http::error::Failure;
use crate::http::limits;

/// How much of a body that is too large is still read, so that a client which sends
/// first and reads then gets the 413 and not a broken connection.
const DRAIN: usize = 4 * limits::REQUEST_BODY;

/// The parsed body of a POST, PUT or PATCH.
#[derive(Debug)]
pub struct Json(pub Value);

impl<S: Send + Sync> FromRequest<S> for Json {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &S) -> Result<Self, Failure> {
        let too_large = "the body is larger than 4 MiB: send the members of a group in several requests";
        read(request, too_large).await.map(Self)
    }
}

/// The body of a POST as text, whatever its media type.
#[derive(Debug)]
pub struct Text(pub String);

impl<S: Send + Sync> FromRequest<S> for Text {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &S) -> Result<Self, Failure> {
        let bytes = collect(request.into_body()).await?;
        let bytes = bytes.ok_or_else(|| {
            Failure::new(Kind::PayloadTooLarge, "the body is larger than 4 MiB: send fewer lines at once")
        })?;
        let text = String::from_utf8(bytes.into());
        text.map(Self).map_err(|_| Failure::new(Kind::InvalidSyntax, "the body is not UTF-8"))
    }
}

/// The body of `request` as JSON; `too_large` is the error text for a body that is too large.
///
/// # Errors
/// 415 for another media type, 413 beyond [`limits::REQUEST_BODY`], `invalidSyntax`.
pub async fn read(request: Request, too_large: &str) -> Result<Value, Failure> {
    let (parts, body) = request.into_parts();
    media_type(&parts.headers)?;
    let bytes = collect(body).await?.ok_or_else(|| Failure::new(Kind::PayloadTooLarge, too_large))?;
    parse(&bytes)
}

/// `application/scim+json` or `application/json` with any parameters; a client that
/// names no type means SCIM's.
///
/// # Errors
/// 415 for any other type, and for a body that is compressed.
fn media_type(headers: &HeaderMap) -> Result<(), Failure> {
    let refuse = |detail: &str| Err(Failure::new(Kind::UnsupportedMediaType, detail));
    let plain = |coding: &str| coding.is_empty() || coding.eq_ignore_ascii_case("identity");
    if headers.get_all(CONTENT_ENCODING).iter().any(|coding| !coding.to_str().is_ok_and(|c| plain(c.trim())))
    {
        return refuse("the body must be sent without Content-Encoding");
    }
    let Some(value) = headers.get(CONTENT_TYPE) else { return Ok(()) };
    let essence = value.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim();
    match essence.to_ascii_lowercase().as_str() {
        "" | "application/scim+json" | "application/json" => Ok(()),
        _ => refuse("the body must be sent as `application/scim+json` or `application/json`"),
    }
}

/// The whole body; `None` beyond [`limits::REQUEST_BODY`].
///
/// # Errors
/// `invalidSyntax` when the body breaks off.
async fn collect(mut body: Body) -> Result<Option<Bytes>, Failure> {
    let mut bytes = BytesMut::new();
    let mut length = 0;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Failure::new(Kind::InvalidSyntax, "the body breaks off"))?;
        let Ok(data) = frame.into_data() else { continue };
        length += data.len();
        if length <= limits::REQUEST_BODY {
            bytes.extend_from_slice(&data);
        } else if length > DRAIN {
            break;
        } else {
            bytes.clear();
        }
    }
    Ok((length <= limits::REQUEST_BODY).then(|| bytes.freeze()))
}

/// # Errors
/// `invalidSyntax`, with line and column.
fn parse(bytes: &[u8]) -> Result<Value, Failure> {
    Ok(scim::json::parse(bytes)?)
}

#[cfg(test)]
mod tests;
