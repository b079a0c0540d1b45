//! A scan of several partitions that can stop after any item and resume from a text.
//!
//! Verify, export and a change of profile read every resource of a directory over many requests. Each
//! names its *stages*: what it reads, in a fixed order. A [`Scan`] knows the current stage, the sort key
//! to continue after, and what the caller wants to keep from one request to the next.
//!
//! ```ignore
//! let mut scan: Scan<Arc<ResourceType>> = Scan::resume(after, kinds.map(|kind| (kind.name.clone(), kind)))?;
//! while let Some(kind) = scan.stage() {
//!     let page = scan.page(table, &keys::resources(&directory, &kind.name), Some(100)).await?;
//!     for item in &page.items { /* … */ }
//!     scan.finish(&page)?;
//!     if out_of_time() { break; }
//! }
//! let next: Option<String> = scan.text()?;
//! ```

use data_encoding::BASE64URL_NOPAD;
use scim::error::{Error as ScimError, Kind};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use table::Table;
use table::item::{Item, Key, text};
use table::name;
use table::query::Range;

use crate::error::Error;

/// A scan of stages of type `S` that keeps a `D` from one request to the next.
#[derive(Debug)]
pub(crate) struct Scan<S, D = ()> {
    /// Each with its name, in order.
    stages: Vec<(String, S)>,
    current: usize,
    /// The sort key in the current stage's partition after which the scan continues; `None` at the
    /// beginning of the stage.
    pub(crate) after: Option<String>,
    /// Anything else to keep. It stays as it is when a stage ends.
    pub(crate) data: D,
}

/// A page of one partition.
#[derive(Debug)]
pub(crate) struct Page {
    /// In the order of their sort keys.
    pub(crate) items: Vec<Item>,
    /// Whether the partition has no items after these.
    pub(crate) last: bool,
}

/// The text of a scan, before it is encoded.
#[derive(Serialize, Deserialize)]
struct Position<D> {
    stage: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    after: Option<String>,
    data: D,
}

impl<S: Clone, D: Serialize + DeserializeOwned + Default> Scan<S, D> {
    /// Continues at `position`, a [`text`](Self::text) of a scan of the same stages; without one, begins
    /// with the first stage.
    ///
    /// # Errors
    /// `invalidValue` when `position` cannot be read, or its stage does not exist (any more).
    pub(crate) fn resume(
        position: Option<&str>,
        stages: impl IntoIterator<Item = (String, S)>,
    ) -> Result<Self, Error> {
        let stages: Vec<(String, S)> = stages.into_iter().collect();
        let Some(position) = position else {
            return Ok(Self { stages, current: 0, after: None, data: D::default() });
        };
        let Position { stage, after, data } = decode(position).ok_or_else(invalid)?;
        let current = stages.iter().position(|(name, _)| *name == stage).ok_or_else(invalid)?;
        Ok(Self { stages, current, after, data })
    }

    /// The current stage; `None` after the last one.
    pub(crate) fn stage(&self) -> Option<S> {
        self.stages.get(self.current).map(|(_, stage)| stage.clone())
    }

    /// Goes to the beginning of the next stage.
    pub(crate) fn next_stage(&mut self) {
        self.current += 1;
        self.after = None;
    }

    /// The next items of `partition`, at most `limit` and at most 1 MB. The position does not move:
    /// [`finish`](Self::finish) or [`move_after`](Self::move_after) does that once they are processed.
    ///
    /// # Errors
    /// The table's own.
    pub(crate) async fn page(
        &self,
        table: &Table,
        partition: &str,
        limit: Option<i32>,
    ) -> Result<Page, Error> {
        page(table, partition, Range::All, self.after.as_deref(), limit).await
    }

    /// Continues after `item`, one of the current stage's.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when `item` has no sort key.
    pub(crate) fn move_after(&mut self, item: &Item) -> Result<(), Error> {
        self.after = Some(text(item, name::SK)?.to_owned());
        Ok(())
    }

    /// Continues after `page`: in the next stage when it was the last one of this stage.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when an item has no sort key.
    pub(crate) fn finish(&mut self, page: &Page) -> Result<(), Error> {
        if page.last {
            self.next_stage();
            return Ok(());
        }
        page.items.last().map_or(Ok(()), |item| self.move_after(item))
    }

    /// The position as a text; `None` after the last stage.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the data cannot be serialized.
    pub(crate) fn text(&self) -> Result<Option<String>, Error> {
        let Some((stage, _)) = self.stages.get(self.current) else { return Ok(None) };
        let position = Position { stage: stage.clone(), after: self.after.clone(), data: &self.data };
        let json = serde_json::to_vec(&position).map_err(|error| Error::Unavailable(error.into()))?;
        Ok(Some(BASE64URL_NOPAD.encode(&json)))
    }
}

/// The items of `partition` in `range` after the sort key `after`, at most `limit` and at most 1 MB.
///
/// # Errors
/// The table's own.
pub(crate) async fn page(
    table: &Table,
    partition: &str,
    range: Range,
    after: Option<&str>,
    limit: Option<i32>,
) -> Result<Page, Error> {
    let mut pages = table.range(partition, range);
    if let Some(after) = after {
        pages = pages.after(&Key::new(partition, after));
    }
    let items = pages.next(limit).await?.unwrap_or_default();
    Ok(Page { items, last: !pages.has_more() })
}

fn decode<P: DeserializeOwned>(text: &str) -> Option<P> {
    serde_json::from_slice(&BASE64URL_NOPAD.decode(text.as_bytes()).ok()?).ok()
}

fn invalid() -> Error {
    let detail = "`after` is not a position in this directory, or the directory's profile has changed: start again \
                  without `after`";
    ScimError::new(Kind::InvalidValue, detail).into()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::collections::HashMap;

    use aws_sdk_dynamodb::types::AttributeValue;

    use super::*;

    fn scan(position: Option<&str>, stages: &[&str]) -> Result<Scan<usize, u32>, Error> {
        Scan::resume(position, stages.iter().enumerate().map(|(n, name)| ((*name).to_owned(), n)))
    }

    fn item(sk: &str) -> Item {
        HashMap::from([(name::SK.to_owned(), AttributeValue::S(sk.to_owned()))])
    }

    #[test]
    fn a_scan_resumes_where_it_stopped() {
        let mut first = scan(None, &["a", "b"]).unwrap();
        assert_eq!((first.stage(), first.after.as_deref()), (Some(0), None));
        first.finish(&Page { items: vec![item("1"), item("2")], last: false }).unwrap();
        first.data = 7;
        let text = first.text().unwrap().unwrap();
        let mut second = scan(Some(&text), &["a", "b"]).unwrap();
        assert_eq!((second.stage(), second.after.as_deref(), second.data), (Some(0), Some("2"), 7));
        second.finish(&Page { items: vec![item("3")], last: true }).unwrap();
        assert_eq!((second.stage(), second.after.as_deref(), second.data), (Some(1), None, 7));
        second.next_stage();
        assert_eq!((second.stage(), second.text().unwrap()), (None, None));
    }

    #[test]
    fn a_position_is_refused_when_its_stage_does_not_exist() {
        let text = scan(None, &["a"]).unwrap().text().unwrap().unwrap();
        assert_eq!(scan(Some(&text), &["b", "a"]).unwrap().stage(), Some(1));
        assert!(matches!(scan(Some(&text), &["b"]), Err(Error::Scim(_))));
        assert!(matches!(scan(Some("-"), &["a"]), Err(Error::Scim(_))));
    }
}
