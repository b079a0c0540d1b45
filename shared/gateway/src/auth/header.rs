//! The token in the Authorization header.

use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderValue};
use scim::error::{Error, Kind};

use crate::http::error::Failure;
use crate::http::limits;

/// The token: after `Bearer`, in any case, or the bare header value, as an identity
/// provider sends it whose administrator typed the token alone into a header field.
///
/// # Errors
/// 401, without an error code when there is no header at all (RFC 6750 §3.1).
pub fn token(headers: &HeaderMap) -> Result<&str, Failure> {
    let Some(value) = headers.get(AUTHORIZATION) else { return Err(missing()) };
    let text = value.to_str().map_err(|_| wrong_token())?.trim();
    if text.len() > limits::AUTHORIZATION || headers.get_all(AUTHORIZATION).iter().count() > 1 {
        return Err(wrong_token());
    }
    let token = match text.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => token.trim(),
        Some(_) => return Err(wrong_token()),
        None if text.eq_ignore_ascii_case("bearer") => "",
        None => text,
    };
    match token.split_once(' ') {
        Some((word, _)) if word.eq_ignore_ascii_case("bearer") => Err(invalid_token(
            "the Authorization header has the word `Bearer` twice: enter the secret token without it",
        )),
        _ if token.is_empty() => Err(wrong_token()),
        _ => Ok(token),
    }
}

fn missing() -> Failure {
    Failure::challenge(
        Error::new(
            Kind::Unauthorized,
            "the request has no Authorization header: send `Bearer` and the secret token",
        ),
        HeaderValue::from_static(r#"Bearer realm="scim""#),
    )
}

/// The 401 of every wrong token.
pub(super) fn wrong_token() -> Failure {
    invalid_token(
        "the secret token is not valid: it is mistyped, expired, revoked, or was not issued by this deployment",
    )
}

fn invalid_token(detail: &str) -> Failure {
    let challenge = HeaderValue::from_static(r#"Bearer realm="scim", error="invalid_token""#);
    Failure::challenge(Error::new(Kind::Unauthorized, detail), challenge)
}

/// The 401 of a request that does not have the administrator key.
pub(crate) fn wrong_key() -> Failure {
    Failure::challenge(
        Error::new(
            Kind::Unauthorized,
            "administration takes `Bearer` and the administrator key, and no other token",
        ),
        HeaderValue::from_static(r#"Bearer realm="administration", error="invalid_token""#),
    )
}
