//! The fields of a form or a query.

use axum::body::Body;
use http_body_util::{BodyExt, Limited};

/// The largest form, in bytes: the longest conditions of a directory, which have nine bytes for a letter that is
/// not Latin.
const LARGEST: usize = 128 * 1024;
/// The longest place in a list that a link leads to, in bytes: a key of DynamoDB has 1,024.
const LONGEST_PLACE: usize = 500;

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

    /// The first field `name`; empty without one.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.all(name).next().unwrap_or_default()
    }

    /// The field `name` of a link to a further page: where that page begins. `None` for the first page, and for
    /// what is no such place.
    pub(crate) fn place(&self, name: &str) -> Option<&str> {
        Some(self.get(name)).filter(|place| (1..=LONGEST_PLACE).contains(&place.len()))
    }

    /// All fields `name`.
    pub(crate) fn all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(found, _)| found == name).map(|(_, value)| value.as_str())
    }
}

/// A query with one field.
pub(crate) fn query(name: &str, value: &str) -> String {
    form_urlencoded::Serializer::new(String::new()).append_pair(name, value).finish()
}
