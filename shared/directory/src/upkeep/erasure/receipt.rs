//! What remains of a directory: that it was erased.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use crate::error::Error;
use crate::id::{DirectoryId, InvalidId};
use crate::keys::{self, Item, Key, optional_text, s, text};
use crate::store::{Change, Store};
use table::name;

/// The receipt of an erasure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Receipt {
    /// Its id.
    pub id: ReceiptId,
    /// The id of the directory.
    pub directory: String,
    /// When the erasure was asked for, RFC 3339.
    pub asked: String,
    /// When nothing was left; `None` until then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub done: Option<String>,
    /// How many of what were removed: resources by their type, `memberships`, `entries`,
    /// `other`. What a run cut off removed twice may be counted twice.
    pub removed: BTreeMap<String, u64>,
}

/// The id of a receipt: the directory's, a dot, and a number of its own.
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
    /// What comes behind is behind this id; `None` at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<ReceiptId>,
}

const ASKED: &str = "asked";
const DONE: &str = "done";
const REMOVED: &str = "removed";

impl ReceiptId {
    pub(super) fn new(directory: &DirectoryId, number: &str) -> Self {
        Self { directory: directory.clone(), number: number.to_owned() }
    }

    pub(super) fn number(&self) -> &str {
        &self.number
    }

    fn key(&self) -> Key {
        Key::new(keys::RECEIPTS.to_owned(), format!("{}#{}", self.directory, self.number))
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
        // Of the same form.
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

    /// Writes it, unless it is complete: a run that was overtaken has nothing to add.
    pub(super) fn put(&self) -> Result<Change, Error> {
        let removed =
            serde_json::to_string(&self.removed).map_err(|error| Error::Unavailable(error.into()))?;
        let mut content = Item::from([(ASKED.to_owned(), s(&*self.asked)), (REMOVED.to_owned(), s(removed))]);
        if let Some(done) = &self.done {
            content.insert(DONE.to_owned(), s(&**done));
        }
        let put = Change::put(self.id.key(), content);
        Ok(put.only_if("attribute_not_exists(#done)").name("#done", DONE))
    }

    fn read(item: &Item) -> Result<Self, Error> {
        let id = ReceiptId::of(text(item, name::SK)?).ok_or_else(|| Error::corrupt(name::SK))?;
        let removed = serde_json::from_str(text(item, REMOVED)?).map_err(|_| Error::corrupt(REMOVED))?;
        let done = optional_text(item, DONE).map(str::to_owned);
        Ok(Self { done, removed, ..Self::new(id, text(item, ASKED)?.to_owned()) })
    }
}

impl Store {
    /// The receipt `id`, as of now.
    ///
    /// # Errors
    /// The table's own.
    pub async fn receipt(&self, id: &ReceiptId) -> Result<Option<Receipt>, Error> {
        self.read(&id.key()).await?.map(|item| Receipt::read(&item)).transpose()
    }

    /// At most `count` receipts behind `after`.
    ///
    /// # Errors
    /// The table's own.
    pub async fn receipts(&self, after: Option<&ReceiptId>, count: u16) -> Result<Receipts, Error> {
        let mut pages = self.range(keys::RECEIPTS, None);
        if let Some(after) = after {
            pages = pages.after(&after.key());
        }
        let page = pages.next(Some(i32::from(count.max(1)))).await?.unwrap_or_default();
        let items = page.iter().map(Receipt::read).collect::<Result<Vec<_>, _>>()?;
        let next = items.last().filter(|_| pages.has_more()).map(|receipt| receipt.id.clone());
        Ok(Receipts { items, next })
    }
}
