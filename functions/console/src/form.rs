//! The fields of a form or a query.

use axum::body::Body;
use http_body_util::{BodyExt, Limited};

/// The largest form, in bytes.
const LARGEST: usize = 64 * 1024;

/// Fields by name, in order.
#[derive(Default)]
pub(crate) struct Form(Vec<(String, String)>);

impl Form {
    /// Reads `text`, a form or a query.
    pub(crate) fn parse(text: &[u8]) -> Self {
        Self(form_urlencoded::parse(text).into_owned().collect())
    }

    /// Reads a request's body; `None` when it is too large or breaks off.
    pub(crate) async fn read(body: Body) -> Option<Self> {
        let body = Limited::new(body, LARGEST).collect().await.ok()?;
        Some(Self::parse(&body.to_bytes()))
    }

    /// The first field `name`; empty when there is none.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.all(name).next().unwrap_or_default()
    }

    /// All fields `name`.
    pub(crate) fn all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(found, _)| found == name).map(|(_, value)| value.as_str())
    }
}
