//! What becomes of held changes: they are due, or a person approves or rejects them.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use serde::Serialize;
use serde_json::Value;
use table::Table;
use table::item::{Item, Key, text};
use table::name::SK;
use table::query::{Pages, Range};
use table::retry::Attempts;

use super::event::Name;
use super::fold::Fold;
use super::guard::{Guard, Held};
use super::known::Known;
use super::log::{Appended, Head, append_all};
use crate::clock::{from_seconds, seconds};
use crate::error::Error;
use crate::id::DirectoryId;
use crate::keys;
use crate::registry::job::{Job, Work};
use crate::registry::queue;

/// Held changes that are decided together: their events and marks fit one transaction.
const STEP: i32 = 30;
/// The longest that one directory's release takes in one run.
const TURN: Duration = Duration::from_secs(5);

/// What is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// The changes go to the log.
    Approve,
    /// They stay out of it, and are listed until the resource is as the log says.
    Reject,
    /// They go to the log if they are due and the hold is not open.
    Release,
}

/// How far a decision about all held changes has been carried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Decided {
    /// How many changes were decided.
    pub changes: u64,
    /// After which of them to continue; absent when all are decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// The guard of a directory, as an administrator sees it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Overview {
    /// Whether too many users were disabled or deleted, so that all held changes wait for a person.
    pub open: bool,
    /// Since when changes wait for a person, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// How many changes are held and not rejected.
    pub waiting: u64,
    /// How many users were disabled or deleted in the window.
    pub recent: u64,
    /// Above which number the hold opens; absent without the setting `hold`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub above: Option<u64>,
    /// Some of the held changes, by resource.
    pub items: Vec<Shown>,
    /// After which of them the next page begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// A held change, as an administrator sees it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Shown {
    /// The resource's type.
    pub resource_type: String,
    /// Its id.
    pub id: String,
    /// The type that its event would have.
    #[serde(rename = "type")]
    pub kind: String,
    /// `waiting` until it is due, `held` until a person decides, or `rejected`.
    pub state: &'static str,
    /// Since when, RFC 3339.
    pub since: String,
    /// When the last change was made, RFC 3339.
    pub time: String,
    /// The credential, OAuth client or grant that made it, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// The resource after the change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<Value>,
    /// What changed, as it was before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Option<Value>,
}

/// The state of the guard of `directory`, and up to `count` of its held changes after `after`, the `next`
/// of the page before.
///
/// # Errors
/// [`Error::Throttled`], [`Error::Unavailable`].
pub async fn held(
    table: &Table,
    directory: &DirectoryId,
    after: Option<&str>,
    count: u16,
) -> Result<Overview, Error> {
    let guard = Guard::read(table, directory, &BTreeSet::new()).await?;
    let mut pages = all(table, directory, after);
    let page = pages.next(Some(i32::from(count))).await?.unwrap_or_default();
    let mut items = Vec::new();
    for item in &page {
        let (name, held) = (name(item)?, Held::read(item)?);
        let difference = held.change.difference(&name);
        let state = match held {
            Held { is_rejected: true, .. } => "rejected",
            Held { due: Some(_), .. } if !guard.state.is_open => "waiting",
            _ => "held",
        };
        items.push(Shown {
            kind: difference.what.of(&name.0),
            state,
            since: from_seconds(held.since),
            time: held.change.time,
            actor: held.change.actor,
            data: difference.data,
            previous: difference.previous,
            resource_type: name.0,
            id: name.1,
        });
    }
    let next = page.last().filter(|_| pages.has_more()).map(cursor).transpose()?;
    Ok(Overview {
        open: guard.state.is_open,
        since: guard.state.opened.map(from_seconds),
        waiting: guard.state.waiting,
        recent: guard.state.recent(),
        above: guard.limit(),
        items,
        next,
    })
}

/// Decides about all held changes of `directory` after `after`, those that are rejected already
/// excepted. Works for about `time`.
///
/// # Errors
/// [`Error::NotFound`] when the directory does not exist or is being erased; the table's own: a part may
/// be done.
pub async fn decide_all(
    table: &Table,
    directory: &DirectoryId,
    decision: Decision,
    after: Option<&str>,
    time: Duration,
) -> Result<Decided, Error> {
    let end = Instant::now() + time;
    let mut pages = all(table, directory, after);
    let mut changes = 0;
    while let Some(page) = pages.next(Some(STEP)).await? {
        let names = page.iter().map(name).collect::<Result<BTreeSet<Name>, Error>>()?;
        changes += decide(table, directory, decision, &names, |held| !held.is_rejected).await?;
        if Instant::now() >= end && pages.has_more() {
            return Ok(Decided { changes, next: page.last().map(cursor).transpose()? });
        }
    }
    Ok(Decided { changes, next: None })
}

/// Decides about the held changes of the users `ids` of `directory`, also those that are rejected. Returns
/// how many there were.
///
/// # Errors
/// As [`decide_all`].
pub async fn decide_some(
    table: &Table,
    directory: &DirectoryId,
    decision: Decision,
    ids: &[String],
) -> Result<Decided, Error> {
    let names: BTreeSet<Name> = ids.iter().map(|id| ("User".to_owned(), id.clone())).collect();
    let changes = decide(table, directory, decision, &names, |_| true).await?;
    Ok(Decided { changes, next: None })
}

/// Releases what is due in all directories, for about `time`. A directory that fails delays no other.
///
/// # Errors
/// The table's own, of the last directory that failed: the rest is released by the next call.
pub async fn release_due(table: &Table, time: Duration) -> Result<(), Error> {
    let (end, mut failed) = (Instant::now() + time, Ok(()));
    for waiting in queue::waiting(table, &queue::held(), seconds()).await? {
        if Instant::now() >= end {
            break;
        }
        let page = queue::due(table, &waiting, seconds()).next(None).await?.unwrap_or_default();
        let jobs = queue::read(&page)?;
        let directory = jobs.iter().find_map(|queued| match &queued.job {
            Some(Job { directory, work: Work::Release }) => Some(directory.clone()),
            _ => None,
        });
        if let Some(directory) = directory {
            match release(table, &directory).await {
                Ok(true) | Err(Error::NotFound) => {}
                Ok(false) => continue,
                Err(error) => {
                    failed = Err(error);
                    continue;
                }
            }
        }
        queue::drop_jobs(table, jobs.into_iter().map(|queued| queued.key)).await?;
    }
    failed
}

/// Releases what is due in `directory`. Returns whether that is all.
async fn release(table: &Table, directory: &DirectoryId) -> Result<bool, Error> {
    let guard = Guard::read(table, directory, &BTreeSet::new()).await?;
    if guard.state.is_open || guard.state.waiting == 0 {
        return Ok(true);
    }
    Ok(decide_all(table, directory, Decision::Release, None, TURN).await?.next.is_none())
}

/// Decides about what is held of `names` and what `concerns` accepts. Returns how many changes that is.
async fn decide(
    table: &Table,
    directory: &DirectoryId,
    decision: Decision,
    names: &BTreeSet<Name>,
    concerns: impl Fn(&Held) -> bool,
) -> Result<u64, Error> {
    let mut attempts = Attempts::default();
    loop {
        let head = Head::read(table, directory).await?;
        let guard = Guard::read(table, directory, names).await?;
        let is_open = guard.state.is_open;
        let concerned: BTreeSet<Name> = names
            .iter()
            .filter(|name| {
                let is_due = |held: &Held| held.due.is_some_and(|due| due <= seconds()) && !is_open;
                let is_meant = |held: &Held| decision != Decision::Release || is_due(held);
                guard.held(name).is_some_and(|held| concerns(held) && is_meant(held))
            })
            .cloned()
            .collect();
        let mut known = Known { guard, ..Known::default() };
        known.read_resources(table, directory, concerned.clone()).await?;
        let mut fold = Fold::new(directory, head, &mut known);
        for name in &concerned {
            match decision {
                Decision::Approve | Decision::Release => fold.release(name),
                Decision::Reject => fold.reject(name),
            }
        }
        let steps = fold.steps;
        match append_all(table, directory, head, steps).await? {
            Appended::Done(_) => return Ok(concerned.len() as u64),
            Appended::Closed => return Err(Error::NotFound),
            Appended::Moved => attempts.again().await?,
        }
    }
}

/// The held changes of `directory` after `after`.
fn all(table: &Table, directory: &DirectoryId, after: Option<&str>) -> Pages {
    let log = keys::log(directory);
    let pages = table.range(&log, Range::BeginsWith(keys::HELD.to_owned()));
    match after {
        Some(after) => pages.after(&Key::new(log, format!("{}{after}", keys::HELD))),
        None => pages,
    }
}

/// The resource of a held change.
fn name(item: &Item) -> Result<Name, Error> {
    let cursor = cursor(item)?;
    let (kind, id) = cursor.split_once('#').ok_or_else(|| Error::corrupt(SK))?;
    Ok((kind.to_owned(), id.to_owned()))
}

/// The position of a held change.
fn cursor(item: &Item) -> Result<String, Error> {
    let cursor = text(item, SK)?.strip_prefix(keys::HELD);
    cursor.map(str::to_owned).ok_or_else(|| Error::corrupt(SK))
}
