//! A directory as events: every resource, then the members of every group, page by page. What changes
//! meanwhile follows in the log.
//!
//! A consumer takes the pages, then the log after `through`, which was its head before the first page.
//! The result is the directory, although neither the pages nor the log belong to one moment:
//!
//! - Resources are read from their items, which may be ahead of the log. The consumer ignores an event
//!   whose version it has, so that no older state returns. A resource that is deleted after it was read has
//!   its event after `through`.
//! - Members are read from their marks: as the log describes them at some moment after `through`. What the
//!   last event says of a member is right, also when the page includes earlier ones. The list of the group's
//!   item would not do: a member who came and left before the log followed that list has no event.

use std::sync::Arc;

use scim::error::{Error as ScimError, Kind};
use scim::model::profile::Profile;
use scim::model::resource_type::ResourceType;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use table::Table;
use table::item::{Item, decode, optional_number, optional_text, text};
use table::name::{DOC, LAST_MODIFIED, SK, VERSION};
use table::query::Range;
use table::retry::Attempts;

use super::content::body;
use super::event::{Happening, Subject, members};
use super::known::group;
use super::mark::{MemberMark, ResourceMark, View};
use super::read::visible_head;
use crate::clock::now;
use crate::error::Error;
use crate::id::DirectoryId;
use crate::keys;
use crate::members::list::MemberList;
use crate::resume::{Scan, page};
use crate::transfer::export::in_order;

/// A page ends after this number of bytes of resources. The last read may add 1 MB.
const BYTES: usize = 512 * 1024;
/// Reads of lists that one page makes, one after the other.
const READS: i32 = 100;
/// Members that are read at a time.
const MEMBERS: usize = 1000;
/// Members in one event.
const IDS: usize = 100;

/// Some events of a snapshot.
#[derive(Debug, Clone, PartialEq)]
pub struct Snapshot {
    /// The events, as JSON objects. They have no sequence numbers.
    pub events: Vec<Value>,
    /// The position after them; `None` at the end of the snapshot.
    pub next: Option<String>,
    /// The sequence number after which the log continues.
    pub through: u64,
}

/// What is read, in this order.
#[derive(Debug, Clone)]
enum Stage {
    /// The resources of a type.
    Resources(Arc<ResourceType>),
    /// The members of all groups.
    Members,
    /// The event that says that it is complete.
    End,
}

/// What a position knows in addition to the stage and the last item.
#[derive(Debug, Default, Serialize, Deserialize)]
struct State {
    through: u64,
    /// The last member of a group that has more; the group is the last item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    member: Option<String>,
}

/// The next events of a snapshot of `directory`, whose profile is `profile`: after the position `after`,
/// or from the beginning. At most `limit`, of the types that `wants` accepts. A page may end early, also
/// without events.
///
/// # Errors
/// `invalidValue` when `after` is not a position in the directory; [`Error::Busy`] when a group keeps
/// getting new member lists; [`Error::Throttled`], [`Error::Unavailable`].
pub async fn snapshot(
    table: &Table,
    directory: &DirectoryId,
    profile: &Profile,
    after: Option<&str>,
    limit: u16,
    wants: impl Fn(&str) -> bool,
) -> Result<Snapshot, Error> {
    let resources = in_order(profile).into_iter().map(|kind| (kind.name.clone(), Stage::Resources(kind)));
    let others = [("#members", Stage::Members), ("#end", Stage::End)];
    let stages = resources.chain(others.map(|(name, stage)| (name.to_owned(), stage)));
    let mut scan: Scan<Stage, State> = Scan::resume(after, stages).map_err(|_| invalid())?;
    if after.is_none() {
        scan.data.through = visible_head(table, directory).await?;
    }
    let mut reader = Reader {
        table,
        directory,
        scan,
        wants,
        limit: usize::from(limit),
        events: Vec::new(),
        bytes: 0,
        reads: 0,
    };
    while let Some(stage) = reader.scan.stage()
        && !reader.is_full()
    {
        match stage {
            Stage::Resources(kind) => reader.resources(&kind.name).await?,
            Stage::Members => reader.groups().await?,
            Stage::End => reader.end()?,
        }
    }
    let Reader { scan, events, .. } = reader;
    Ok(Snapshot { events, next: scan.text()?, through: scan.data.through })
}

/// One page in progress.
struct Reader<'a, W> {
    table: &'a Table,
    directory: &'a DirectoryId,
    scan: Scan<Stage, State>,
    wants: W,
    limit: usize,
    events: Vec<Value>,
    bytes: usize,
    /// Reads of lists.
    reads: i32,
}

impl<W: Fn(&str) -> bool> Reader<'_, W> {
    fn is_full(&self) -> bool {
        self.room() == 0 || self.bytes >= BYTES || self.reads >= READS
    }

    fn room(&self) -> usize {
        self.limit.saturating_sub(self.events.len())
    }

    /// Adds resources of the type `kind`.
    async fn resources(&mut self, kind: &str) -> Result<(), Error> {
        if !(self.wants)(&Happening::Snapshot.of(kind)) {
            self.scan.next_stage();
            return Ok(());
        }
        let partition = keys::resources(self.directory, kind);
        let page = self.scan.page(self.table, &partition, i32::try_from(self.room()).ok()).await?;
        for item in &page.items {
            self.resource(kind, item)?;
        }
        self.scan.finish(&page)
    }

    fn resource(&mut self, kind: &str, item: &Item) -> Result<(), Error> {
        let name = (kind.to_owned(), text(item, SK)?.to_owned());
        let data = body(&name, item).map(Value::Object);
        let what = if data.is_some() { Happening::Snapshot } else { Happening::Unreadable };
        self.bytes += optional_text(item, DOC).map_or(0, str::len);
        let time = optional_text(item, LAST_MODIFIED).unwrap_or_default().to_owned();
        let (kind, id) = name;
        let subject = Subject { version: optional_number(item, VERSION), kind, id };
        self.push(what.of(&subject.kind), time, Some(subject), data)
    }

    /// Adds members of groups.
    async fn groups(&mut self) -> Result<(), Error> {
        if !(self.wants)(&Happening::MembersSnapshot.of(&group())) {
            self.scan.next_stage();
            return Ok(());
        }
        let prefix = keys::mark(self.directory, &group(), "").sk;
        if let Some(member) = self.scan.data.member.take() {
            let id = self.scan.after.as_deref().and_then(|after| after.strip_prefix(&prefix));
            let id = id.ok_or_else(invalid)?.to_owned();
            let mark = self.mark(&id).await?;
            return self.members(&id, mark, &member).await;
        }
        let (partition, after) = (keys::marks(self.directory), self.scan.after.clone());
        let range = Range::BeginsWith(prefix.clone());
        self.reads += 1;
        let page = page(self.table, &partition, range, after.as_deref(), Some(READS)).await?;
        for item in &page.items {
            self.scan.move_after(item)?;
            let id = text(item, SK)?.strip_prefix(&prefix).unwrap_or_default();
            self.members(id, Some(decode(item.clone())?), "").await?;
            if self.scan.data.member.is_some() || self.is_full() {
                return Ok(());
            }
        }
        self.scan.finish(&page)
    }

    /// Adds members of the group `id` after `after`, as many as there is room for. `mark` is what the log
    /// says of the group.
    async fn members(&mut self, id: &str, mark: Option<ResourceMark>, after: &str) -> Result<(), Error> {
        let mut mark = mark;
        let mut attempts = Attempts::default();
        while let Some((version, to)) = view(mark.as_ref()).and_then(|view| view.list_after(after)) {
            let list = MemberList::new(id, version.clone());
            self.reads += 1;
            let (ids, last) = self.listed(&list, after, to).await?;
            // The log may have come to follow another list, and a job may have removed the marks of this one.
            mark = self.mark(id).await?;
            if view(mark.as_ref()).is_some_and(|view| view.uses(&list.version)) {
                self.scan.data.member = last;
                let subject = Subject { kind: group(), id: id.to_owned(), version: None };
                for ids in ids.chunks(IDS) {
                    let kind = Happening::MembersSnapshot.of(&subject.kind);
                    self.push(kind, now(), Some(subject.clone()), Some(members(ids, &[])))?;
                }
                return Ok(());
            }
            attempts.again().await?;
        }
        Ok(())
    }

    /// Members that `list` has according to the log, after `after` and up to `to`; and the member after which
    /// others may follow.
    async fn listed(
        &self,
        list: &MemberList,
        after: &str,
        to: Option<&str>,
    ) -> Result<(Vec<String>, Option<String>), Error> {
        let range = to.map_or(Range::All, |to| Range::AtMost(to.to_owned()));
        let after = Some(after).filter(|after| !after.is_empty());
        let limit = i32::try_from(MEMBERS.min(self.room() * IDS)).ok();
        let page = page(self.table, &list.marks(self.directory), range, after, limit).await?;
        let (mut ids, mut last) = (Vec::new(), None);
        for item in page.items {
            let id = text(&item, SK)?.to_owned();
            last = Some(id.clone());
            if decode::<MemberMark>(item)?.is_present {
                ids.push(id);
            }
        }
        // The members after `to` are in another list.
        let last = if page.last { to.map(str::to_owned) } else { last };
        Ok((ids, last))
    }

    async fn mark(&self, id: &str) -> Result<Option<ResourceMark>, Error> {
        let item = self.table.get(&keys::mark(self.directory, &group(), id)).await?;
        Ok(item.map(decode).transpose()?)
    }

    fn end(&mut self) -> Result<(), Error> {
        let data = json!({ "through": self.scan.data.through });
        self.push("directory.snapshot_completed".to_owned(), now(), None, Some(data))?;
        self.scan.next_stage();
        Ok(())
    }

    fn push(
        &mut self,
        kind: String,
        time: String,
        resource: Option<Subject>,
        data: Option<Value>,
    ) -> Result<(), Error> {
        if (self.wants)(&kind) {
            let event = Shown { kind, time, directory: self.directory.to_string(), resource, data };
            let event = serde_json::to_value(event).map_err(|error| Error::Unavailable(error.into()))?;
            self.events.push(event);
        }
        Ok(())
    }
}

/// An event of a snapshot, as consumers get it.
#[derive(Serialize)]
struct Shown {
    #[serde(rename = "type")]
    kind: String,
    time: String,
    directory: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource: Option<Subject>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<Value>,
}

/// What the log says of the members of a group that is not deleted.
fn view(mark: Option<&ResourceMark>) -> Option<&View> {
    mark.filter(|mark| !mark.is_deleted)?.view.as_ref()
}

fn invalid() -> Error {
    let detail = "`after` is not a position in a snapshot of this directory, or the directory's profile has \
                  changed: begin again with `start=snapshot`";
    ScimError::new(Kind::InvalidValue, detail).into()
}
