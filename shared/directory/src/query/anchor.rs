//! Page anchors: where a page ended, so that the next page need not be counted from the beginning.
//!
//! There is one per directory, credential, query, count and `startIndex`, kept for a while. The service cannot
//! distinguish two clients that page through one list with one credential. So while a client relies on the
//! anchors of a list they only move towards its beginning: that client may then see a resource twice, but
//! never misses one because another client came by after resources were deleted.
//!
//! When the only client has read the last page, no client relies on the anchors any more. The next first page
//! begins a new *generation*, whose anchors replace them. [`Readers`] is this rule.
//!
//! Without an anchor the next page only takes longer, so a failure to store one is not an error of the page.

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use table::condition::{Condition, absent, at_least, at_most, equals, exists, less};
use table::item::{Item, Key, optional_number, optional_text, text};
use table::name::{EXPIRES, GENERATION, KEY, PK, SK, TOTAL, WALK};
use table::query::Range;
use table::write::{Put, Update, Written};

use super::plan::Plan;
use super::position::Position;
use super::query::Query;
use crate::clock::seconds;
use crate::error::Error;
use crate::keys;
use crate::tenant::Tenant;

/// How long a client may rely on an anchor, in seconds.
const RELIABLE: i64 = 600;
/// How long an anchor is kept: longer, so that an anchor of another client is either recent or replaced.
const KEPT: i64 = 2 * RELIABLE;

/// A position in a list.
pub(super) struct Anchor {
    /// The number of the next resource, from 1.
    pub(super) start: u64,
    /// The position to continue after.
    pub(super) position: Position,
    /// How many resources match a filter, counted on the first page.
    pub(super) total: Option<u64>,
    /// The generation of the anchor.
    pub(super) generation: i64,
}

/// The clients that rely on the anchors of a list, as the anchor after its first page records them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Readers {
    /// No client; the last generation, 0 when none is known.
    None(i64),
    /// One client, which has not read the last page.
    One(i64),
    /// Perhaps several, or one that began again.
    Several(i64),
}

/// What a client has read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Event {
    FirstPage,
    LastPage,
}

impl Readers {
    const ONE: &'static str = "alone";
    const SEVERAL: &'static str = "shared";
    const NONE: &'static str = "ended";

    /// As `anchor`, the one after a first page, records them.
    fn recorded(anchor: Option<&Item>, now: i64) -> Self {
        let Some(anchor) = anchor else { return Self::None(0) };
        let generation = optional_number(anchor, GENERATION).unwrap_or(0);
        match optional_text(anchor, WALK) {
            _ if is_expired(anchor, now) => Self::None(generation),
            Some(Self::NONE) => Self::None(generation),
            Some(Self::ONE) => Self::One(generation),
            _ => Self::Several(generation),
        }
    }

    /// The readers after `event`.
    fn after(self, event: Event, now: i64) -> Self {
        match (self, event) {
            // Greater than every generation before, even when the last one was forgotten.
            (Self::None(last), Event::FirstPage) => Self::One(now.max(last + 1)),
            (Self::One(generation) | Self::Several(generation), Event::FirstPage) => {
                Self::Several(generation)
            }
            (Self::One(generation), Event::LastPage) => Self::None(generation),
            (unchanged @ (Self::None(_) | Self::Several(_)), Event::LastPage) => unchanged,
        }
    }

    fn generation(self) -> i64 {
        match self {
            Self::None(generation) | Self::One(generation) | Self::Several(generation) => generation,
        }
    }

    fn text(self) -> &'static str {
        match self {
            Self::None(_) => Self::NONE,
            Self::One(_) => Self::ONE,
            Self::Several(_) => Self::SEVERAL,
        }
    }
}

/// The anchors of one list.
pub(super) struct Anchors<'a> {
    tenant: &'a Tenant,
    partition: String,
    /// Identifies the list, and its count.
    list: String,
    count: u64,
    descending: bool,
}

impl<'a> Anchors<'a> {
    pub(super) fn of(tenant: &'a Tenant, query: &Query, plan: &Plan<'_>) -> Self {
        let list = format!("{} {}", query.count, plan.fingerprint());
        Self {
            tenant,
            partition: keys::anchors(&tenant.directory, &tenant.by),
            list: HEXLOWER.encode(&Sha256::digest(list.as_bytes())),
            count: query.count,
            descending: query.is_descending(),
        }
    }

    /// The last anchor at or before the resource number `start`.
    pub(super) async fn at_or_before(&self, start: u64) -> Result<Option<Anchor>, Error> {
        let range = Range::Between(self.sort_key(0), self.sort_key(start));
        let mut pages = self.tenant.table().range(&self.partition, range).backwards();
        let Some(found) = pages.next(Some(1)).await? else { return Ok(None) };
        let Some(item) = found.first() else { return Ok(None) };
        let start = text(item, SK)?.rsplit_once('#').and_then(|(_, start)| start.parse().ok());
        let position = Position::parse(text(item, KEY)?);
        let (Some(start @ 2..), Some(position)) = (start, position) else { return Ok(None) };
        let generation = optional_number(item, GENERATION).unwrap_or(0);
        let anchor = Anchor { start, position, total: optional_number(item, TOTAL), generation };
        Ok(Some(anchor).filter(|_| !is_expired(item, seconds())))
    }

    /// Stores the anchor after a first page: the resource after `position` has the number `start`.
    pub(super) async fn after_first_page(
        &self,
        start: u64,
        position: &Position,
        total: Option<u64>,
    ) -> Result<(), Error> {
        let (table, key, now) = (self.tenant.table(), self.key(start), seconds());
        // Mostly no other client relies on the anchors: this write finds out.
        let mut readers = Readers::None(0);
        while let Readers::None(_) = readers {
            let first = readers.after(Event::FirstPage, now);
            let ended = equals(WALK, Readers::NONE).or(less(EXPIRES, now));
            let unread =
                absent(PK).or(ended.and(absent(GENERATION).or(less(GENERATION, first.generation()))));
            let put = put(&key, position, total, first.generation()).set(WALK, first.text()).when(unread);
            let Written::Refused(stored) = table.write(put).await? else { return Ok(()) };
            readers = Readers::recorded(stored.as_ref(), now);
        }
        let readers = readers.after(Event::FirstPage, now);
        let put = put(&key, position, total, readers.generation()).set(WALK, readers.text());
        if table.write(put.when(self.may_replace(position, readers.generation()))).await?.is_done() {
            return Ok(());
        }
        table.write(Update::of(key).set(WALK, readers.text()).when(exists(PK))).await?;
        Ok(())
    }

    /// Stores the anchor after a further page, for a client of `generation`.
    pub(super) async fn after_page(
        &self,
        start: u64,
        position: &Position,
        total: Option<u64>,
        generation: i64,
    ) -> Result<(), Error> {
        let put = put(&self.key(start), position, total, generation);
        self.tenant.table().write(put.when(self.may_replace(position, generation))).await?;
        Ok(())
    }

    /// A client of `generation` has read the last page.
    pub(super) async fn after_last_page(&self, generation: i64) -> Result<(), Error> {
        let only = Readers::One(generation);
        let recorded = equals(WALK, only.text()).and(equals(GENERATION, generation));
        let ended = only.after(Event::LastPage, seconds());
        let update = Update::of(self.key(self.count + 1)).set(WALK, ended.text()).when(recorded);
        self.tenant.table().write(update).await?;
        Ok(())
    }

    /// There is no anchor, no client relies on it, or it is not nearer to the beginning than `position`.
    fn may_replace(&self, position: &Position, generation: i64) -> Condition {
        let key = position.text();
        let farther = if self.descending { at_most(KEY, key) } else { at_least(KEY, key) };
        absent(PK).or(less(EXPIRES, seconds() + RELIABLE)).or(less(GENERATION, generation)).or(farther)
    }

    fn key(&self, start: u64) -> Key {
        Key::new(&*self.partition, self.sort_key(start))
    }

    /// Numbers have one length, so that they sort as numbers.
    fn sort_key(&self, start: u64) -> String {
        format!("{}#{start:020}", self.list)
    }
}

fn put(key: &Key, position: &Position, total: Option<u64>, generation: i64) -> Put {
    let put = Put::of(key.clone())
        .set(KEY, position.text())
        .set(EXPIRES, seconds() + KEPT)
        .set(GENERATION, generation);
    match total {
        Some(total) => put.set(TOTAL, total),
        None => put,
    }
}

fn is_expired(anchor: &Item, now: i64) -> bool {
    optional_number::<i64>(anchor, EXPIRES).is_none_or(|expires| expires < now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_generation_ends_with_its_only_reader() {
        let first = Readers::None(0).after(Event::FirstPage, 100);
        assert_eq!(first, Readers::One(100));
        assert_eq!(first.after(Event::LastPage, 101), Readers::None(100));
        // In the same second, too, the next generation is a new one.
        assert_eq!(Readers::None(100).after(Event::FirstPage, 100), Readers::One(101));
    }

    #[test]
    fn a_generation_of_several_readers_lasts() {
        let several = Readers::One(100).after(Event::FirstPage, 101);
        assert_eq!(several, Readers::Several(100));
        for event in [Event::FirstPage, Event::LastPage] {
            assert_eq!(several.after(event, 102), several);
        }
    }
}
