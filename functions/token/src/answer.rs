//! Answers of the token endpoint: JSON that no cache may store, and RFC 6749's errors (§5.2).

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use directory::error::Error as StoreError;
use gateway::http::error::Failure;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, PRAGMA, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use serde_json::{Value, json};

/// Why there is no token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    status: StatusCode,
    error: &'static str,
    description: String,
}

impl Refusal {
    /// The client is not who it says that it is: 401.
    #[must_use]
    pub fn invalid_client(description: &str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "invalid_client", description)
    }

    /// The request lacks something, has it twice, or contradicts itself.
    #[must_use]
    pub fn invalid_request(description: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request", description)
    }

    /// The code or refresh token is wrong, used up, over, or another client's.
    #[must_use]
    pub fn invalid_grant(description: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_grant", description)
    }

    /// The client may not do this.
    #[must_use]
    pub fn unauthorized_client(description: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "unauthorized_client", description)
    }

    /// The grant type is not supported.
    #[must_use]
    pub fn unsupported_grant_type(description: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "unsupported_grant_type", description)
    }

    /// More was asked for than the client may.
    #[must_use]
    pub fn invalid_scope(description: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_scope", description)
    }

    /// The response type is not supported.
    #[must_use]
    pub fn unsupported_response_type(description: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "unsupported_response_type", description)
    }

    /// The administrator said no.
    #[must_use]
    pub fn access_denied(description: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, "access_denied", description)
    }

    /// The body is larger than it may be.
    #[must_use]
    pub fn too_large(description: &str) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "invalid_request", description)
    }

    /// What a failed call on the table means. It is logged here, with its causes.
    #[must_use]
    pub fn table(error: StoreError) -> Self {
        let failure = Failure::table("client", error);
        Self {
            status: failure.status(),
            error: "temporarily_unavailable",
            description: failure.error().detail.clone(),
        }
    }

    /// The answer's status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// RFC 6749's word for it.
    #[must_use]
    pub fn error(&self) -> &'static str {
        self.error
    }

    /// The description, for people.
    #[must_use]
    pub fn description(&self) -> &str {
        &self.description
    }

    fn new(status: StatusCode, error: &'static str, description: impl Into<String>) -> Self {
        Self { status, error, description: description.into() }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let body = json!({ "error": self.error, "error_description": self.description });
        let mut response = private(self.status, &body);
        if self.status == StatusCode::UNAUTHORIZED {
            let challenge = HeaderValue::from_static(r#"Basic realm="oauth", charset="UTF-8""#);
            response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
        }
        if matches!(self.status, StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS) {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("2"));
        }
        response
    }
}

/// `body` as JSON that no cache may keep (RFC 6749 §5.1).
#[must_use]
pub fn private(status: StatusCode, body: &Value) -> Response {
    let mut response = json_of(status, body);
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.headers_mut().insert(PRAGMA, HeaderValue::from_static("no-cache"));
    response
}

/// `body` as JSON.
#[must_use]
pub fn json_of(status: StatusCode, body: &Value) -> Response {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
