//! What is remembered of users who were imported and not created by an identity provider
//! ([`existing`](super::existing) says what for).

use scim::model::doc::Doc;
use scim::model::path::AttrPath;
use scim::model::resource_type::Index;
use table::item::Item;
use table::name::{IMPORTED, LINKED, UNVERIFIED};

use super::index::values;

/// What else is stored of an imported user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Origin {
    /// Whether an identity provider has taken over the user.
    pub(crate) linked: bool,
}

impl Origin {
    /// Reads it from `item`; `None` when the user was not imported.
    pub(crate) fn of(item: &Item) -> Option<Self> {
        item.contains_key(IMPORTED).then(|| Self { linked: item.contains_key(LINKED) })
    }

    /// The attributes that a change from `before` to `after` sets to the current time. `links`: the
    /// change takes over the user.
    pub(crate) fn marks(&self, before: &Doc, after: &Doc, links: bool) -> Vec<&'static str> {
        let mut marks = Vec::new();
        if !self.linked && (links || after.contains_key("externalId")) {
            marks.push(LINKED);
        }
        let known = addresses(before);
        if addresses(after).iter().any(|address| !known.contains(address)) {
            marks.push(UNVERIFIED);
        }
        marks
    }
}

/// The texts that `doc` has at `path`, such as `emails.value`.
#[must_use]
pub fn texts<'a>(path: &str, doc: &'a Doc) -> Vec<&'a str> {
    let path = AttrPath::split(path);
    values(&Index { path, unique: false, case_exact: true, idle: false }, doc)
}

fn addresses(doc: &Doc) -> Vec<&str> {
    texts("emails.value", doc)
}
