//! A client's secrets. Only a seal of each is kept.

use serde_json::{Value, json};

use crate::access::credential::within;
use crate::error::Error;
use crate::keys::{Item, text};
use crate::time::seconds;

const PREFIX: &str = "secret#";

/// One secret of a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientSecret {
    /// Its id within the client.
    pub id: String,
    /// The seal of the secret's text.
    pub hash: String,
    /// What people call it.
    pub label: String,
    /// When it was made, RFC 3339.
    pub created: String,
    /// When it ends, in seconds since 1970.
    pub end: Option<i64>,
}

impl ClientSecret {
    /// A secret made now.
    #[must_use]
    pub fn new(id: &str, hash: String, label: &str, end: Option<i64>) -> Self {
        Self { id: id.to_owned(), hash, label: label.to_owned(), created: crate::time::now(), end }
    }

    /// Whether it has ended.
    #[must_use]
    pub fn is_expired(&self) -> bool {
        self.end.is_some_and(|end| end <= seconds())
    }

    /// The least of [`WARNINGS`](crate::access::credential::WARNINGS) within which it ends, at `now` in
    /// seconds since 1970. None when it has ended.
    #[must_use]
    pub fn warning(&self, now: i64) -> Option<i64> {
        self.end.and_then(|end| within(end, now))
    }

    /// All of a client's, the oldest first.
    pub(super) fn read_all(item: &Item) -> Result<Vec<Self>, Error> {
        let of = |name: &String| name.strip_prefix(PREFIX).map(|id| (name.clone(), id.to_owned()));
        let mut all = Vec::new();
        for (name, id) in item.keys().filter_map(of) {
            all.push(Self::read(&id, text(item, &name)?).ok_or_else(|| Error::corrupt("secret"))?);
        }
        all.sort_by(|a, b| (&a.created, &a.id).cmp(&(&b.created, &b.id)));
        Ok(all)
    }

    fn read(id: &str, text: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(text).ok()?;
        let of = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
        let end = value.get("end").and_then(Value::as_i64);
        Some(Self { id: id.to_owned(), hash: of("hash")?, label: of("label")?, created: of("created")?, end })
    }

    /// The name of the attribute that keeps it: one of its own, so that two changes of a
    /// client's secrets need not know of each other.
    pub(super) fn attribute(&self) -> String {
        attribute(&self.id)
    }

    pub(super) fn text(&self) -> String {
        let Self { hash, label, created, end, .. } = self;
        json!({ "hash": hash, "label": label, "created": created, "end": end }).to_string()
    }
}

pub(super) fn attribute(id: &str) -> String {
    format!("{PREFIX}{id}")
}
