//! Page anchors: where a page ended, so that the next one need not count from the start.
//!
//! One per directory, credential, query, count and startIndex, kept for a while. Two walks
//! through one list cannot be told apart, so that while somebody walks, its anchors only move
//! backwards: a walker who relies on one may see a resource twice, but never misses one
//! because another walker came by after some were deleted.
//!
//! When the only walker has come to the end, nobody relies on them any more: the next walk is a
//! new *generation*, and leaves its own in their place.
//!
//! Without an anchor the next page is only slower, and without the end of a walk the next one only
//! careful without need: whoever leaves one takes a failure for none.

use std::collections::HashMap;

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::Query;
use super::position::{Place, described, falling};
use crate::error::Error;
use crate::id::WriteId;
use crate::keys::{self, Item, Key, n, optional_number, optional_text, s, text};
use crate::store::{Change, Written};
use crate::tenant::Tenant;
use crate::time::seconds;
use table::name;

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
    /// The walks that leave such anchors.
    pub(super) generation: i64,
}

// Who relies on the anchors of a list, as the one behind its first page says.

/// One walk, which has not come to its end.
const ALONE: &str = "alone";
/// Perhaps several, or one that began again: until the anchors are old.
const SHARED: &str = "shared";
/// Nobody.
const ENDED: &str = "ended";

impl Tenant {
    /// The last anchor at or before the start of `query`.
    pub(super) async fn anchor(&self, query: &Query, start: u64) -> Result<Option<Anchor>, Error> {
        let pk = keys::anchors(&self.directory, &self.by);
        let list = list(query);
        let (from, to) = (sort_key(&list, 0), sort_key(&list, start));
        let mut pages = self
            .store
            .range(&pk, Some(("#sk BETWEEN :from AND :to", &[(":from", &from), (":to", &to)])))
            .backwards();
        let Some(found) = pages.next(Some(1)).await? else { return Ok(None) };
        let Some(item) = found.first() else { return Ok(None) };
        let start = text(item, name::SK)?.rsplit_once('#').and_then(|(_, start)| start.parse().ok());
        match (start, Place::parse(text(item, name::KEY)?)) {
            (Some(start), Some(place)) if !is_expired(item) && start > 1 => Ok(Some(Anchor {
                start,
                place,
                total: optional_number(item, name::TOTAL),
                generation: generation(item),
            })),
            _ => Ok(None),
        }
    }

    /// Leaves the anchor of a first page: the resource behind `place` is number `start`.
    pub(super) async fn begin_walk(
        &self,
        query: &Query,
        start: u64,
        place: &Place,
        total: Option<u64>,
    ) -> Result<(), Error> {
        let key = self.anchor_key(query, start);
        let mut there = self.store.read(&key).await?;
        if there.as_ref().is_none_or(|item| is_expired(item) || walk(item) == Some(ENDED)) {
            // Higher than any before it, also when the last one was forgotten.
            let next = seconds().max(there.as_ref().map_or(0, generation) + 1);
            let put = anchor(&key, place, total, next, Some(ALONE))
                .only_if("(attribute_not_exists(#pk) OR #walk = :ended OR #expires < :now)")
                .name("#pk", name::PK)
                .name("#walk", name::WALK)
                .name("#expires", name::EXPIRES)
                .value(":ended", s(ENDED))
                .value(":now", n(seconds()));
            match self.store.write(&[put], &WriteId::new().token()).await? {
                Written::Done(_) => return Ok(()),
                // Another first page came in between.
                Written::Refused(refused) => there = refused.into_iter().find_map(|(_, item)| item),
            }
        }
        let generation = there.as_ref().map_or(0, generation);
        let put = anchor(&key, place, total, generation, Some(SHARED));
        let put = only_backwards(put, query, place, generation);
        if let Written::Done(_) = self.store.write(&[put], &WriteId::new().token()).await? {
            return Ok(());
        }
        let share = Change::update(key, "SET #walk = :shared")
            .only_if("attribute_exists(#pk)")
            .name("#pk", name::PK)
            .name("#walk", name::WALK)
            .value(":shared", s(SHARED));
        self.store.write(&[share], &WriteId::new().token()).await.map(drop)
    }

    /// Leaves the anchor of a further page of a walk of `generation`.
    pub(super) async fn go_on(
        &self,
        query: &Query,
        start: u64,
        place: &Place,
        total: Option<u64>,
        generation: i64,
    ) -> Result<(), Error> {
        let put = anchor(&self.anchor_key(query, start), place, total, generation, None);
        let put = only_backwards(put, query, place, generation);
        self.store.write(&[put], &WriteId::new().token()).await.map(drop)
    }

    /// The last page was read: who walked alone relies on no anchor any more.
    pub(super) async fn end_walk(&self, query: &Query, generation: i64) -> Result<(), Error> {
        let first = self.anchor_key(query, query.count + 1);
        let end = Change::update(first, "SET #walk = :ended")
            .only_if("#walk = :alone AND #generation = :generation")
            .name("#walk", name::WALK)
            .name("#generation", name::GENERATION)
            .value(":ended", s(ENDED))
            .value(":alone", s(ALONE))
            .value(":generation", n(generation));
        self.store.write(&[end], &WriteId::new().token()).await.map(drop)
    }

    fn anchor_key(&self, query: &Query, start: u64) -> Key {
        Key::new(keys::anchors(&self.directory, &self.by), sort_key(&list(query), start))
    }
}

/// Writes an anchor.
fn anchor(key: &Key, place: &Place, total: Option<u64>, generation: i64, walk: Option<&str>) -> Change {
    let mut content = HashMap::from([
        (name::KEY.to_owned(), s(place.text())),
        (name::EXPIRES.to_owned(), n(seconds() + KEPT)),
        (name::GENERATION.to_owned(), n(generation)),
    ]);
    content.extend(total.map(|total| (name::TOTAL.to_owned(), n(total))));
    content.extend(walk.map(|walk| (name::WALK.to_owned(), s(walk))));
    Change::put(key.clone(), content)
}

/// Does `put` unless somebody may rely on the anchor that is there and it is further on.
fn only_backwards(put: Change, query: &Query, place: &Place, generation: i64) -> Change {
    let before = if falling(query) { "#key <= :key" } else { "#key >= :key" };
    put.only_if(&format!(
        "(attribute_not_exists(#pk) OR #expires < :soon OR #generation < :generation OR {before})"
    ))
    .name("#pk", name::PK)
    .name("#expires", name::EXPIRES)
    .name("#generation", name::GENERATION)
    .name("#key", name::KEY)
    .value(":soon", n(seconds() + RELIED_ON))
    .value(":generation", n(generation))
    .value(":key", s(place.text()))
}

fn is_expired(item: &Item) -> bool {
    optional_number::<i64>(item, name::EXPIRES).is_none_or(|expires| expires < seconds())
}

fn generation(item: &Item) -> i64 {
    optional_number(item, name::GENERATION).unwrap_or(0)
}

fn walk(item: &Item) -> Option<&str> {
    optional_text(item, name::WALK)
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
