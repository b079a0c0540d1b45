//! A request, its response, and possible errors.

use std::time::Duration;

use serde_json::{Value, json};

/// A request, relative to the Tenant URL.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// `GET`, `POST`, `PATCH`, `DELETE`
    pub method: &'static str,
    /// The path, relative to the Tenant URL: `/Users/…`.
    pub path: String,
    /// The query, encoded.
    pub query: String,
    /// The body.
    pub body: Option<Value>,
}

impl Request {
    /// A GET.
    #[must_use]
    pub fn get(path: impl Into<String>) -> Self {
        Self { method: "GET", path: path.into(), query: String::new(), body: None }
    }

    /// A POST.
    #[must_use]
    pub fn post(path: impl Into<String>, body: Value) -> Self {
        Self { method: "POST", path: path.into(), query: String::new(), body: Some(body) }
    }

    /// A PATCH of these operations.
    #[must_use]
    pub fn patch(path: impl Into<String>, operations: Vec<Value>) -> Self {
        let body = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": operations,
        });
        Self { method: "PATCH", path: path.into(), query: String::new(), body: Some(body) }
    }

    /// A DELETE.
    #[must_use]
    pub fn delete(path: impl Into<String>) -> Self {
        Self { method: "DELETE", path: path.into(), query: String::new(), body: None }
    }

    /// The same with one more query parameter; blanks become `+`, as in Entra.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        let mut query = form_urlencoded::Serializer::new(self.query);
        query.append_pair(name, value);
        self.query = query.finish();
        self
    }

    /// Method, path and query, for reports.
    #[must_use]
    pub fn line(&self) -> String {
        let mark = if self.query.is_empty() { "" } else { "?" };
        format!("{} {}{mark}{}", self.method, self.path, self.query)
    }
}

/// A filter for one value, quoted like JSON.
#[must_use]
pub fn equals(attribute: &str, value: &str) -> String {
    format!("{attribute} eq {}", Value::from(value))
}

/// A response.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// `Content-Type`
    pub content_type: Option<String>,
    /// `Retry-After`, in seconds.
    pub retry_after: Option<u64>,
    /// The body as text.
    pub text: String,
    /// The body, if it is JSON.
    pub json: Option<Value>,
    /// How long it took.
    pub took: Duration,
}

impl Answer {
    /// Whether the status is one of these.
    #[must_use]
    pub fn is(&self, statuses: &[u16]) -> bool {
        statuses.contains(&self.status)
    }

    /// The status, and the beginning of the body, for messages.
    #[must_use]
    pub fn summary(&self) -> String {
        let detail = self.json.as_ref().and_then(|body| body.get("detail")).and_then(Value::as_str);
        let text: String = detail.unwrap_or(&self.text).chars().take(400).collect();
        if text.is_empty() {
            format!("{} without a body", self.status)
        } else {
            format!("{} {text}", self.status)
        }
    }
}

/// No response came.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Trouble {
    /// The connection could not be made, or broke.
    #[error("no connection: {0}")]
    Connection(String),
    /// It took too long.
    #[error("no answer within {} s", .0.as_secs_f32())]
    Timeout(Duration),
    /// There is no token to send.
    #[error("no token: {0}")]
    Token(String),
}
