//! A client's secret. Only a hash of it is stored.

use serde::{Deserialize, Serialize};
use table::item::{Item, text};
use table::name::CLIENT_SECRET;

use crate::access::expiry;
use crate::clock::{now, seconds};
use crate::error::Error;

/// One secret of a client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientSecret {
    /// Its id within the client.
    #[serde(skip)]
    pub id: String,
    /// The hash of the secret's text.
    pub hash: String,
    /// What people call it.
    pub label: String,
    /// When it was created, RFC 3339.
    pub created: String,
    /// When it expires, in seconds since 1970.
    pub end: Option<i64>,
}

impl ClientSecret {
    /// A secret created now.
    #[must_use]
    pub fn new(id: &str, hash: String, label: &str, end: Option<i64>) -> Self {
        Self { id: id.to_owned(), hash, label: label.to_owned(), created: now(), end }
    }

    /// Whether it has expired.
    #[must_use]
    pub fn is_expired(&self) -> bool {
        self.end.is_some_and(|end| end <= seconds())
    }

    /// The smallest of [`WARNINGS`](expiry::WARNINGS) within which it expires, at `now` in seconds since
    /// 1970; `None` when it has expired.
    #[must_use]
    pub fn warning(&self, now: i64) -> Option<i64> {
        self.end.and_then(|end| expiry::warning(end, now))
    }

    /// All secrets in a client's item, the oldest first.
    pub(super) fn read_all(item: &Item) -> Result<Vec<Self>, Error> {
        let mut all = Vec::new();
        for (name, id) in item.keys().filter_map(|name| Some((name, name.strip_prefix(CLIENT_SECRET)?))) {
            let secret: Self =
                serde_json::from_str(text(item, name)?).map_err(|_| Error::corrupt(CLIENT_SECRET))?;
            all.push(Self { id: id.to_owned(), ..secret });
        }
        all.sort_by(|a, b| (&a.created, &a.id).cmp(&(&b.created, &b.id)));
        Ok(all)
    }

    /// As a client's item stores it.
    pub(super) fn text(&self) -> Result<String, Error> {
        serde_json::to_string(self).map_err(|error| Error::Unavailable(error.into()))
    }
}

/// The attribute that holds the secret `id`. Each secret has its own, so that two changes of a
/// client's secrets at the same time do not disturb each other.
pub(crate) fn attribute(id: &str) -> String {
    format!("{CLIENT_SECRET}{id}")
}
