//! A directory as lines of JSON, one resource each, some at a time.
//!
//! A line is the resource as SCIM has it (RFC 7643 §3), as it is stored: without derived attributes
//! (`groups`, `$ref`, `meta.location`). Users and the profile's own types come first, then groups, so
//! that members exist before their groups. A group's line holds up to 1,000 members. More members
//! follow in lines of their own, with `meta.continued`. When the list was replaced in between, they
//! follow with `meta.again`, from the beginning of the new list.
//!
//! What SCIM has no attribute for is in an object under [`EXTENSION`].

use std::sync::Arc;

use scim::model::doc::Doc;
use scim::model::profile::Profile;
use scim::model::resource_type::ResourceType;
use scim::profile::Profiles;
use serde_json::{Map, Value, json};
use table::Table;
use table::item::{Item, optional_text, text};
use table::name::{CREATED, IMPORTED, LAST_MODIFIED, LINKED, MEMBER_LIST, SK, UNVERIFIED};
use table::query::Range;
use table::retry::Attempts;

use crate::error::Error;
use crate::id::{DirectoryId, ListVersion};
use crate::keys;
use crate::members::list::MemberList;
use crate::members::membership::{element, member};
use crate::registry::record::DirectoryRecord;
use crate::registry::state::State;
use crate::resource::stored::Stored;
use crate::resume::{self, Scan};
use crate::tenant::Tenant;
use crate::upkeep::profile_change::profile;
use crate::upkeep::sweep::sweeper;

/// What only Rollcall knows of a user: `imported`, when a user was imported who was not provisioned;
/// `linked`, when an identity provider took over such a user; `emailUnverified`, since when such a
/// user has an e-mail address that was not verified.
pub const EXTENSION: &str = "urn:ietf:params:scim:schemas:extension:rollcall:2.0:User";
/// Members in one line.
const MEMBERS: i32 = 1000;
/// Resources read at a time.
const PAGE: i32 = 100;

/// Some lines of an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// Each ends with a newline.
    pub lines: String,
    /// The next lines begin after this position; `None` at the end.
    pub next: Option<String>,
}

/// Where to continue in the member list of a group: the group, its list, and the last member read.
type Next = (String, ListVersion, String);

/// The export of one directory.
struct Export {
    tenant: Tenant,
    scan: Scan<Arc<ResourceType>, Option<Next>>,
    lines: String,
    most: usize,
}

/// The lines of `directory` after `after`, until there are `most` bytes of them or a little more.
///
/// # Errors
/// [`Error::NotFound`] when there is no such directory, or it is being erased; `invalidValue` when
/// `after` is not a position in it; [`Error::Profile`] when its profile is not among `profiles`;
/// [`Error::Unavailable`] naming a resource that cannot be read; the table's own.
pub async fn lines(
    table: &Table,
    directory: &DirectoryId,
    profiles: &Profiles,
    after: Option<&str>,
    most: usize,
) -> Result<Exported, Error> {
    let record = table.get(&keys::directory(directory)).await?.ok_or(Error::NotFound)?;
    let record = DirectoryRecord::from_item(&record)?;
    if record.state == State::Erasing {
        return Err(Error::NotFound);
    }
    let kinds = in_order(&*profile(profiles, &record.profile)?);
    let mut export = Export {
        tenant: Tenant::new(table.clone(), directory.clone(), sweeper()?),
        scan: Scan::resume(after, kinds.into_iter().map(|kind| (kind.name.clone(), kind)))?,
        lines: String::new(),
        most,
    };
    while let Some(kind) = export.scan.stage()
        && export.lines.len() < most
    {
        match export.scan.data.take() {
            Some(next) => export.scan.data = export.continue_list(&kind, next).await?,
            None => export.page(&kind).await?,
        }
    }
    Ok(Exported { next: export.scan.text()?, lines: export.lines })
}

impl Export {
    /// Adds some resources, up to a group with more members than a line holds.
    async fn page(&mut self, kind: &ResourceType) -> Result<(), Error> {
        let partition = keys::resources(&self.tenant.directory, &kind.name);
        let page = self.scan.page(self.tenant.table(), &partition, Some(PAGE)).await?;
        for item in &page.items {
            let id = text(item, SK)?;
            let stored =
                Stored::read(item).map_err(|_| Error::corrupt(&format!("doc` of {} `{id}", kind.name)))?;
            self.scan.move_after(item)?;
            if kind.has_members() {
                self.scan.data = self.begin_list(kind, item, stored).await?;
            } else {
                add(&mut self.lines, &line(kind, item, stored.resource.doc));
            }
            if self.scan.data.is_some() || self.lines.len() >= self.most {
                return Ok(());
            }
        }
        self.scan.finish(&page)
    }

    /// Adds a group with its first members. Returns where to continue with its list.
    async fn begin_list(
        &mut self,
        kind: &ResourceType,
        item: &Item,
        stored: Stored,
    ) -> Result<Option<Next>, Error> {
        let list = MemberList::open(&stored).ok_or_else(|| Error::corrupt(MEMBER_LIST))?;
        let (members, last) = self.members(&list, None).await?;
        let mut doc = stored.resource.doc;
        if !members.is_empty() {
            doc.insert("members".to_owned(), Value::Array(members));
        }
        add(&mut self.lines, &line(kind, item, doc));
        // The list may have been replaced, and the old one swept, while it was read.
        match self.list_in_use(kind, &list.group).await? {
            Some(now) if now == list => Ok(next(list, last)),
            now => self.restart_list(kind, now).await,
        }
    }

    /// Adds the next members of a list. Returns where to continue.
    async fn continue_list(
        &mut self,
        kind: &ResourceType,
        (group, version, after): Next,
    ) -> Result<Option<Next>, Error> {
        let list = MemberList::new(&group, version);
        let (members, last) = self.members(&list, Some(&after)).await?;
        match self.list_in_use(kind, &group).await? {
            Some(now) if now == list => {
                add(&mut self.lines, &continued(kind, &group, members, "continued"));
                Ok(next(list, last))
            }
            now => self.restart_list(kind, now).await,
        }
    }

    /// Adds the first members of another list than before; nothing when the group does not exist
    /// any more. Returns where to continue.
    async fn restart_list(
        &mut self,
        kind: &ResourceType,
        mut list: Option<MemberList>,
    ) -> Result<Option<Next>, Error> {
        let mut attempts = Attempts::default();
        while let Some(read) = list {
            let (members, last) = self.members(&read, None).await?;
            list = self.list_in_use(kind, &read.group).await?;
            if list.as_ref() == Some(&read) {
                add(&mut self.lines, &continued(kind, &read.group, members, "again"));
                return Ok(next(read, last));
            }
            attempts.again().await?;
        }
        Ok(None)
    }

    /// Some members of a list; and the last of them, when there are more.
    async fn members(
        &self,
        list: &MemberList,
        after: Option<&str>,
    ) -> Result<(Vec<Value>, Option<String>), Error> {
        let partition = list.partition(&self.tenant.directory);
        let page = resume::page(self.tenant.table(), &partition, Range::All, after, Some(MEMBERS)).await?;
        let last = page.items.last().filter(|_| !page.last);
        let last = last.map(|last| text(last, SK).map(str::to_owned)).transpose()?;
        Ok((page.items.iter().filter_map(member).map(|member| element(&member)).collect(), last))
    }

    /// The list that a group uses; `None` when the group does not exist any more.
    async fn list_in_use(&self, kind: &ResourceType, group: &str) -> Result<Option<MemberList>, Error> {
        let item = self.tenant.table().get(&self.tenant.key(kind, group)).await?;
        Ok(item.as_ref().map(MemberList::of_item).transpose()?.flatten())
    }
}

/// Where to continue in `list` after the member `last`.
fn next(list: MemberList, last: Option<String>) -> Option<Next> {
    last.map(|last| (list.group, list.version, last))
}

/// The resource types of `profile`, groups last.
pub(crate) fn in_order(profile: &Profile) -> Vec<Arc<ResourceType>> {
    let (groups, others): (Vec<_>, Vec<_>) =
        profile.resource_types.iter().cloned().partition(|kind| kind.has_members());
    others.into_iter().chain(groups).collect()
}

fn line(kind: &ResourceType, item: &Item, doc: Doc) -> Value {
    let mut line = Map::new();
    let extensions = kind.extensions.iter().map(|extension| extension.schema.id.as_str());
    let present = extensions.filter(|urn| doc.contains_key(*urn));
    let schemas: Vec<&str> = std::iter::once(kind.schema.id.as_str()).chain(present).collect();
    line.insert("schemas".to_owned(), json!(schemas));
    line.insert("id".to_owned(), json!(optional_text(item, SK)));
    line.extend(doc);
    let known: Map<String, Value> = [IMPORTED, LINKED, UNVERIFIED]
        .into_iter()
        .filter_map(|name| Some((name.to_owned(), json!(optional_text(item, name)?))))
        .collect();
    if !known.is_empty() {
        line.insert(EXTENSION.to_owned(), Value::Object(known));
    }
    let meta = json!({
        "resourceType": kind.name,
        "created": optional_text(item, CREATED),
        "lastModified": optional_text(item, LAST_MODIFIED),
    });
    line.insert("meta".to_owned(), meta);
    Value::Object(line)
}

fn continued(kind: &ResourceType, id: &str, members: Vec<Value>, mark: &str) -> Value {
    json!({
        "schemas": [kind.schema.id], "id": id, "members": members,
        "meta": { "resourceType": kind.name, mark: true },
    })
}

fn add(lines: &mut String, line: &Value) {
    lines.push_str(&line.to_string());
    lines.push('\n');
}
