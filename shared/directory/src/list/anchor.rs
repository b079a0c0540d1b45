//! Page anchors: where a page ended, so that the next one need not count from the start.
//!
//! One per directory, credential, query, count and startIndex, kept for ten minutes. An
//! anchor only ever moves backwards: a walker who relies on it may see a resource twice,
//! but never misses one because another walker came by after some were deleted.

use std::collections::HashMap;

use data_encoding::HEXLOWER;
use scim::model::resource_type::ResourceType;
use sha2::{Digest, Sha256};

use super::Query;
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
    /// The place itself: the sort key to continue after.
    pub(super) position: String,
    /// How many match a filter, counted on the first page.
    pub(super) total: Option<u64>,
}

impl Scope {
    /// The last anchor at or before the start of `query`.
    pub(super) async fn anchor(&self, kind: &ResourceType, query: &Query) -> Result<Option<Anchor>, Error> {
        let pk = item::anchors(&self.directory, &self.by);
        let (from, to) = (sort_key(kind, query, 0), sort_key(kind, query, query.start_index));
        let mut pages = self
            .store
            .range(&pk, Some(("#sk BETWEEN :from AND :to", &[(":from", &from), (":to", &to)])))
            .backwards();
        let Some(found) = pages.next(Some(1)).await? else { return Ok(None) };
        let Some(item) = found.first() else { return Ok(None) };
        let expired = optional_number::<i64>(item, name::EXPIRES).is_none_or(|expires| expires < seconds());
        let start = text(item, name::SK)?.rsplit_once('#').and_then(|(_, start)| start.parse().ok());
        match start {
            Some(start) if !expired && start > 1 => Ok(Some(Anchor {
                start,
                position: text(item, name::KEY)?.to_owned(),
                total: optional_number(item, name::TOTAL),
            })),
            _ => Ok(None),
        }
    }

    /// Leaves an anchor: the resource behind `position` is number `start`.
    ///
    /// Without it the next page is only slower, so that a failure is no error.
    pub(super) async fn leave_anchor(
        &self,
        kind: &ResourceType,
        query: &Query,
        start: u64,
        position: &str,
        total: Option<u64>,
    ) {
        let key = Key::new(item::anchors(&self.directory, &self.by), sort_key(kind, query, start));
        let mut content = HashMap::from([
            (name::KEY.to_owned(), s(position)),
            (name::EXPIRES.to_owned(), n(seconds() + KEPT)),
        ]);
        if let Some(total) = total {
            content.insert(name::TOTAL.to_owned(), n(total));
        }
        let put = Change::put(key, content)
            .only_if("(attribute_not_exists(#pk) OR #expires < :soon OR #key >= :key)")
            .name("#pk", name::PK)
            .name("#expires", name::EXPIRES)
            .name("#key", name::KEY)
            .value(":soon", n(seconds() + RELIED_ON))
            .value(":key", s(position));
        if let Err(error) = self.store.write(&[put], &WriteId::new().token()).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "no page anchor left");
        }
    }
}

/// Numbers of one width, so that they sort as numbers.
fn sort_key(kind: &ResourceType, query: &Query, start: u64) -> String {
    // The debug form of a filter names everything that it is made of; it is only hashed.
    let what = format!("{} {} {:?}", kind.name, query.count, query.filter);
    format!("{}#{start:020}", HEXLOWER.encode(&Sha256::digest(what.as_bytes())))
}
