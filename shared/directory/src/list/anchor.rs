//! Page anchors: where a page ended, so that the next one need not count from the start.
//!
//! One per directory, credential, query, count and startIndex, kept for ten minutes. An
//! anchor only ever moves backwards: a walker who relies on it may see a resource twice,
//! but never misses one because another walker came by after some were deleted.

use std::collections::HashMap;

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::Query;
use super::place::{Place, described, falling};
use crate::error::Error;
use crate::id::WriteId;
use crate::scope::Scope;
use crate::store::Change;
use crate::table::item::{self, Key, n, optional_number, s, text};
use crate::table::name;
use crate::time::seconds;

/// How long a walker may rely on an anchor, in seconds.
const RELIED_ON: i64 = 600;
/// How long one is kept: longer, so that one that another walker left in its way is
/// either new enough or replaced.
const KEPT: i64 = 2 * RELIED_ON;

/// A place in a list.
pub(super) struct Anchor {
    /// The number of the resource that follows it, from 1.
    pub(super) start: u64,
    /// The place itself: that of the resource to continue after.
    pub(super) place: Place,
    /// How many match a filter, counted on the first page.
    pub(super) total: Option<u64>,
}

impl Scope {
    /// The last anchor at or before the start of `query`.
    pub(super) async fn anchor(&self, query: &Query, start: u64) -> Result<Option<Anchor>, Error> {
        let pk = item::anchors(&self.directory, &self.by);
        let list = list(query);
        let (from, to) = (sort_key(&list, 0), sort_key(&list, start));
        let mut pages = self
            .store
            .range(&pk, Some(("#sk BETWEEN :from AND :to", &[(":from", &from), (":to", &to)])))
            .backwards();
        let Some(found) = pages.next(Some(1)).await? else { return Ok(None) };
        let Some(item) = found.first() else { return Ok(None) };
        let expired = optional_number::<i64>(item, name::EXPIRES).is_none_or(|expires| expires < seconds());
        let start = text(item, name::SK)?.rsplit_once('#').and_then(|(_, start)| start.parse().ok());
        match (start, Place::parse(text(item, name::KEY)?)) {
            (Some(start), Some(place)) if !expired && start > 1 => {
                Ok(Some(Anchor { start, place, total: optional_number(item, name::TOTAL) }))
            }
            _ => Ok(None),
        }
    }

    /// Leaves an anchor: the resource behind `place` is number `start`.
    ///
    /// Without it the next page is only slower, so that a failure is no error.
    pub(super) async fn leave_anchor(&self, query: &Query, start: u64, place: &Place, total: Option<u64>) {
        let key = Key::new(item::anchors(&self.directory, &self.by), sort_key(&list(query), start));
        let before = if falling(query) { "#key <= :key" } else { "#key >= :key" };
        let mut content = HashMap::from([
            (name::KEY.to_owned(), s(place.text())),
            (name::EXPIRES.to_owned(), n(seconds() + KEPT)),
        ]);
        if let Some(total) = total {
            content.insert(name::TOTAL.to_owned(), n(total));
        }
        let put = Change::put(key, content)
            .only_if(&format!("(attribute_not_exists(#pk) OR #expires < :soon OR {before})"))
            .name("#pk", name::PK)
            .name("#expires", name::EXPIRES)
            .name("#key", name::KEY)
            .value(":soon", n(seconds() + RELIED_ON))
            .value(":key", s(place.text()));
        if let Err(error) = self.store.write(&[put], &WriteId::new().token()).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "no page anchor left");
        }
    }
}

/// Stands for the list, and for how it is paged.
fn list(query: &Query) -> String {
    let what = format!("{} {}", query.count, described(query));
    HEXLOWER.encode(&Sha256::digest(what.as_bytes()))
}

/// Numbers of one width, so that they sort as numbers.
fn sort_key(list: &str, start: u64) -> String {
    format!("{list}#{start:020}")
}
