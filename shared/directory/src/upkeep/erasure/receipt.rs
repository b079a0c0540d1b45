//! What remains of a directory: that it was erased.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use table::Table;
use table::condition::absent;
use table::item::{Item, Key, decode, encode};
use table::name::{DONE, SK};
use table::query::Range;
use table::write::Put;

use crate::encoding::json_text;
use crate::error::Error;
use crate::id::{DirectoryId, InvalidId};
use crate::keys;

/// The receipt of an erasure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Receipt {
    /// Its id.
    pub id: ReceiptId,
    /// The id of the directory.
    pub directory: String,
    /// When the erasure was requested, RFC 3339.
    pub asked: String,
    /// When nothing was left; `None` until then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub done: Option<String>,
    /// How many items of which kind were removed: resources by their type, `memberships`, `entries`,
    /// `other`. An item that an interrupted run removed may be counted twice.
    pub removed: BTreeMap<String, u64>,
}

/// A receipt as the table stores it.
#[derive(Serialize, Deserialize)]
struct Stored {
    #[serde(rename = "SK", skip_serializing)]
    sk: String,
    asked: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    done: Option<String>,
    #[serde(with = "json_text")]
    removed: BTreeMap<String, u64>,
}

/// The id of a receipt: the directory's id, a dot, and a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptId {
    directory: DirectoryId,
    number: String,
}

/// One page of receipts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Receipts {
    /// In the order of their ids.
    pub items: Vec<Receipt>,
    /// The next page begins after this id; `None` at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<ReceiptId>,
}

impl ReceiptId {
    pub(super) fn new(directory: &DirectoryId, number: &str) -> Self {
        Self { directory: directory.clone(), number: number.to_owned() }
    }

    pub(super) fn number(&self) -> &str {
        &self.number
    }

    fn key(&self) -> Key {
        Key::new(keys::RECEIPTS, format!("{}#{}", self.directory, self.number))
    }

    fn of(sk: &str) -> Option<Self> {
        let (directory, number) = sk.split_once('#')?;
        Some(Self { directory: directory.parse().ok()?, number: number.to_owned() })
    }
}

impl FromStr for ReceiptId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let (directory, number) = text.split_once('.').ok_or(InvalidId)?;
        // It has the form of an id.
        let number: DirectoryId = number.parse()?;
        Ok(Self { directory: directory.parse()?, number: number.to_string() })
    }
}

impl fmt::Display for ReceiptId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.directory, self.number)
    }
}

impl Serialize for ReceiptId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Receipt {
    pub(super) fn new(id: ReceiptId, asked: String) -> Self {
        Self { directory: id.directory.to_string(), id, asked, done: None, removed: BTreeMap::new() }
    }

    pub(super) fn count(&mut self, more: BTreeMap<String, u64>) {
        for (what, count) in more {
            *self.removed.entry(what).or_default() += count;
        }
    }

    /// Writes it, unless it is complete: a run that lost its lease has nothing to add.
    pub(super) fn put(&self) -> Result<Put, Error> {
        let stored = Stored {
            sk: String::new(),
            asked: self.asked.clone(),
            done: self.done.clone(),
            removed: self.removed.clone(),
        };
        Ok(Put::of(self.id.key()).with(encode(&stored)?).when(absent(DONE)))
    }

    fn of(item: Item) -> Result<Self, Error> {
        let Stored { sk, asked, done, removed } = decode(item)?;
        let id = ReceiptId::of(&sk).ok_or_else(|| Error::corrupt(SK))?;
        Ok(Self { done, removed, ..Self::new(id, asked) })
    }
}

/// The receipt `id`.
///
/// # Errors
/// The table's own.
pub async fn read(table: &Table, id: &ReceiptId) -> Result<Option<Receipt>, Error> {
    table.get(&id.key()).await?.map(Receipt::of).transpose()
}

/// At most `count` receipts after `after`.
///
/// # Errors
/// The table's own.
pub async fn list(table: &Table, after: Option<&ReceiptId>, count: u16) -> Result<Receipts, Error> {
    let mut pages = table.range(keys::RECEIPTS, Range::All);
    if let Some(after) = after {
        pages = pages.after(&after.key());
    }
    let page = pages.next(Some(i32::from(count.max(1)))).await?.unwrap_or_default();
    let items = page.into_iter().map(Receipt::of).collect::<Result<Vec<_>, _>>()?;
    let next = items.last().filter(|_| pages.has_more()).map(|receipt| receipt.id.clone());
    Ok(Receipts { items, next })
}
