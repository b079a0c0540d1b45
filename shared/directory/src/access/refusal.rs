//! Requests that were refused: what the provisioning log of the console shows next to changes.
//!
//! Requests of one hour that were refused for the same reason share up to [`SLOTS`] items, which keep how
//! many there were and what the last one was about. So a directory keeps a bounded number of items per
//! hour, for [`KEPT`] seconds, however many requests are refused. Bodies, filters and values are not kept.

use std::hash::{DefaultHasher, Hash, Hasher};

use scim::error::Kind;
use serde::{Deserialize, Serialize};
use table::Table;
use table::item::{Item, number, text};
use table::name::{AT, EXPIRES, N, REFUSAL, SK};
use table::query::Range;
use table::write::Update;

use crate::clock::seconds;
use crate::error::Error;
use crate::id::{CredentialId, DirectoryId, is_resource_id};
use crate::keys;

/// Items of one hour and one reason.
pub const SLOTS: u64 = 8;
/// How long an item is kept after its last request, in seconds: 30 days.
pub const KEPT: i64 = 30 * 86_400;
/// The length of a period that is counted together, in seconds.
pub const HOUR: i64 = 3600;

/// A request that was refused.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Refusal {
    /// Why.
    pub kind: Kind,
    /// The method of the request.
    pub method: String,
    /// The type of the resource, such as `User`.
    pub resource: Option<String>,
    /// The id in the path, if Rollcall could have issued it.
    pub target: Option<String>,
    /// The user's name in the body, masked.
    pub user_name: Option<String>,
    /// The attribute that the refusal is about.
    pub attribute: Option<String>,
    /// Whose token it was.
    pub credential: CredentialId,
}

/// Requests that were refused within an hour for the same reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The name of the entry.
    pub name: String,
    /// The last one.
    pub last: Refusal,
    /// When it was, in seconds since 1970.
    pub at: i64,
    /// How many there were.
    pub count: u64,
    /// The hour, since 1970.
    pub hour: i64,
}

impl Refusal {
    /// The same refusal of a request for the resource `id`. Other texts than ids of resources are not kept.
    #[must_use]
    pub fn of_target(mut self, id: &str) -> Self {
        self.target = Some(id.to_owned()).filter(|id| is_resource_id(id));
        self
    }

    /// Whether it would have changed something.
    #[must_use]
    pub fn is_change(&self) -> bool {
        self.method != "GET"
    }

    fn slot(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.hash(&mut hasher);
        hasher.finish() % SLOTS
    }
}

/// Stores `refusal`, and that there were `count` requests like it. The directory must exist, or its
/// erasure must have begun less than half a minute ago: the item must be written before the erasure
/// removes what there is.
///
/// # Errors
/// [`Error::Throttled`], [`Error::Busy`], [`Error::Unavailable`].
pub async fn record(
    table: &Table,
    directory: &DirectoryId,
    refusal: &Refusal,
    count: u64,
) -> Result<(), Error> {
    let now = seconds();
    let (name, text) = (json(&refusal.kind)?, json(refusal)?);
    let key = keys::refusal(directory, now / HOUR, name.trim_matches('"'), refusal.slot());
    let update = Update::of(key).set(REFUSAL, text).set(AT, now).set(EXPIRES, now + KEPT).add(N, count);
    table.write(update).await?;
    Ok(())
}

/// What [`list`] begins with to find the entries of `hour` and of the hours before; `hour` is counted since 1970.
#[must_use]
pub fn end_of(hour: i64) -> String {
    format!("{:07}", hour.saturating_add(1).max(0))
}

/// Up to `limit` of the newest entries of `directory`, the newest hour first; with `before`, those that follow
/// the entry with this name. Returns the name to continue with, if there are more.
///
/// # Errors
/// [`Error::Throttled`], [`Error::Unavailable`].
pub async fn list(
    table: &Table,
    directory: &DirectoryId,
    before: Option<&str>,
    limit: u16,
) -> Result<(Vec<Refused>, Option<String>), Error> {
    let range = match before {
        None => Range::BeginsWith(keys::REFUSALS.to_owned()),
        Some(name) => Range::Between(keys::REFUSALS.to_owned(), format!("{}{name}", keys::REFUSALS)),
    };
    let mut pages = table.range(&keys::usage(directory), range).backwards();
    let page = pages.next(Some(i32::from(limit))).await?.unwrap_or_default();
    let last = page.last().filter(|_| pages.has_more()).and_then(name).map(str::to_owned);
    let (now, others) = (seconds(), page.iter().filter(|item| name(item) != before));
    let mut found: Vec<Refused> = others.filter_map(Refused::read).collect();
    found.retain(|one| now < one.at + KEPT);
    Ok((found, last))
}

impl Refused {
    /// Reads an item; `None` for one of another version of Rollcall.
    pub(super) fn read(item: &Item) -> Option<Self> {
        let name = name(item)?.to_owned();
        let hour = name.split('-').next()?.parse().ok()?;
        let last = serde_json::from_str(text(item, REFUSAL).ok()?).ok()?;
        Some(Self { name, last, at: number(item, AT).ok()?, count: number(item, N).ok()?, hour })
    }
}

/// What the key of an item ends with: its hour, its kind and its slot.
fn name(item: &Item) -> Option<&str> {
    text(item, SK).ok()?.strip_prefix(keys::REFUSALS)
}

fn json(value: &impl Serialize) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|error| Error::Unavailable(error.into()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use super::*;

    #[test]
    fn only_ids_of_resources_are_kept_as_targets() {
        let refusal = Refusal {
            kind: Kind::NotFound,
            method: "GET".to_owned(),
            resource: None,
            target: None,
            user_name: None,
            attribute: None,
            credential: "c1".parse().unwrap(),
        };
        let id = crate::id::resource_id();
        assert_eq!(refusal.clone().of_target(&id).target, Some(id));
        assert_eq!(refusal.of_target("ana@ex.io").target, None);
    }
}
