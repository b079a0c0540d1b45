//! A directory as lines of JSON, one resource each, some at a time.
//!
//! A line is the resource as SCIM has it (RFC 7643 §3), as it is kept: without what is derived
//! (`groups`, `$ref`, `meta.location`). Users and the profile's own types come first, then
//! groups, so that members are there before their groups. A group's line holds up to 1,000
//! members. More follow in lines of their own, with `meta.continued`; when the list was
//! replaced in between, with `meta.again` from its beginning.
//!
//! What SCIM has no attribute for is in an object under [`EXTENSION`].

use std::sync::Arc;

use scim::model::doc::Doc;
use scim::model::profile::Profile;
use scim::model::resource_type::ResourceType;
use scim::profile::Profiles;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::error::Error;
use crate::id::DirectoryId;
use crate::keys::{self, Item, Key, optional_text, text};
use crate::members::{element, member};
use crate::resource::stored::Stored;
use crate::resume;
use crate::store::Store;
use crate::tenant::Tenant;
use crate::upkeep::profile_change::profile;
use crate::upkeep::sweep::sweeper;
use table::name;
use table::retry::Attempts;

/// What only Rollcall knows of a user: `imported`, since when the user is here who was not
/// provisioned; `linked`, since when such a user is a provider's; `emailUnverified`, since when such a user has an e-mail address that nobody
/// has verified.
pub const EXTENSION: &str = "urn:ietf:params:scim:schemas:extension:rollcall:2.0:User";
/// Members in one line.
pub(crate) const MEMBERS: usize = 1000;
/// Resources read at a time.
const PAGE: i32 = 100;

/// Some lines of an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// Each ends with a newline.
    pub lines: String,
    /// What comes behind is behind this place; `None` at the end.
    pub next: Option<String>,
}

/// Where an export is: a text that only its maker reads.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Place {
    kind: String,
    after: Option<String>,
    /// In the list of this group, under this epoch, behind this member.
    list: Option<(String, String, String)>,
}

impl Store {
    /// The lines of `directory` behind `after`, until there are `most` bytes of them or a
    /// little more.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such directory, or it is being erased;
    /// `invalidValue` when `after` is no place in it; [`Error::Profile`] when its profile is
    /// not among `profiles`; [`Error::Unavailable`] naming a resource that cannot be read.
    pub async fn export(
        &self,
        directory: &DirectoryId,
        profiles: &Profiles,
        after: Option<&str>,
        most: usize,
    ) -> Result<Exported, Error> {
        let record = self.directory(directory).await?.ok_or(Error::NotFound)?;
        if self.is_erased(directory).await? {
            return Err(Error::NotFound);
        }
        let kinds = in_order(&*profile(profiles, &record.profile)?);
        let mut place =
            resume::read(after, |place: &Place| kinds.iter().any(|kind| kind.name == place.kind))?;
        let scope = Tenant::new(self.clone(), directory.clone(), sweeper()?);
        let mut lines = String::new();
        let first = kinds.iter().position(|kind| kind.name == place.kind).unwrap_or(0);
        for kind in kinds.iter().skip(first) {
            if place.kind != kind.name {
                place = Place { kind: kind.name.clone(), ..Place::default() };
            }
            while scope.export(kind, &mut place, &mut lines, most).await? {
                if lines.len() >= most {
                    return Ok(Exported { lines, next: Some(resume::text_of(&place)?) });
                }
            }
        }
        Ok(Exported { lines, next: None })
    }
}

impl Tenant {
    /// Adds lines; returns whether there are more of `kind`.
    async fn export(
        &self,
        kind: &ResourceType,
        place: &mut Place,
        lines: &mut String,
        most: usize,
    ) -> Result<bool, Error> {
        if let Some((group, epoch, after)) = place.list.take() {
            place.list = self.more(kind, lines, &group, &epoch, &after).await?;
            return Ok(true);
        }
        let pk = keys::resources(&self.directory, &kind.name);
        let mut pages = self.store.range(&pk, None);
        if let Some(after) = &place.after {
            pages = pages.after(&Key::new(pk, &**after));
        }
        for item in pages.next(Some(PAGE)).await?.unwrap_or_default() {
            let id = text(&item, name::SK)?;
            let stored =
                Stored::read(&item).map_err(|_| Error::corrupt(&format!("doc` of {} `{id}", kind.name)))?;
            place.after = Some(id.to_owned());
            if kind.has_members() {
                place.list = self.begin(kind, lines, &item, stored).await?;
            } else {
                add(lines, &line(kind, &item, stored.resource.doc, None));
            }
            if place.list.is_some() || lines.len() >= most {
                return Ok(true);
            }
        }
        Ok(pages.has_more())
    }

    /// A group with its first members, and where there are more.
    async fn begin(
        &self,
        kind: &ResourceType,
        lines: &mut String,
        item: &Item,
        stored: Stored,
    ) -> Result<Option<(String, String, String)>, Error> {
        let id = stored.resource.id.clone();
        let epoch = stored.epoch.clone().unwrap_or_default();
        let (members, last) = self.some(&id, &epoch, "").await?;
        let mut doc = stored.resource.doc;
        if !members.is_empty() {
            doc.insert("members".to_owned(), Value::Array(members));
        }
        add(lines, &line(kind, item, doc, None));
        // The list may have been replaced, and the old one swept, while it was read.
        match self.now(kind, &id).await? {
            Some(now) if now != epoch => self.anew(kind, lines, &id, now).await,
            Some(_) => Ok(last.map(|last| (id, epoch, last))),
            None => Ok(None),
        }
    }

    /// The next members of a list.
    async fn more(
        &self,
        kind: &ResourceType,
        lines: &mut String,
        id: &str,
        epoch: &str,
        after: &str,
    ) -> Result<Option<(String, String, String)>, Error> {
        let (members, last) = self.some(id, epoch, after).await?;
        match self.now(kind, id).await? {
            None => Ok(None),
            Some(now) if now != epoch => self.anew(kind, lines, id, now).await,
            Some(_) => {
                add(lines, &continued(kind, id, members, "continued"));
                Ok(last.map(|last| (id.to_owned(), epoch.to_owned(), last)))
            }
        }
    }

    /// A list from its beginning: another than the one before.
    async fn anew(
        &self,
        kind: &ResourceType,
        lines: &mut String,
        id: &str,
        mut epoch: String,
    ) -> Result<Option<(String, String, String)>, Error> {
        let mut attempts = Attempts::default();
        loop {
            let (members, last) = self.some(id, &epoch, "").await?;
            match self.now(kind, id).await? {
                None => return Ok(None),
                // Once more.
                Some(now) if now != epoch => epoch = now,
                Some(_) => {
                    add(lines, &continued(kind, id, members, "again"));
                    return Ok(last.map(|last| (id.to_owned(), epoch, last)));
                }
            }
            attempts.again().await?;
        }
    }

    async fn some(
        &self,
        group: &str,
        epoch: &str,
        after: &str,
    ) -> Result<(Vec<Value>, Option<String>), Error> {
        let pk = keys::members(&self.directory, group, epoch);
        let mut pages = self.store.range(&pk, None);
        if !after.is_empty() {
            pages = pages.after(&Key::new(pk, after));
        }
        let page = pages.next(i32::try_from(MEMBERS).ok()).await?.unwrap_or_default();
        let last = page.last().filter(|_| pages.has_more());
        let last = last.map(|last| text(last, name::SK).map(str::to_owned)).transpose()?;
        Ok((page.iter().filter_map(member).map(|member| element(&member)).collect(), last))
    }

    async fn now(&self, kind: &ResourceType, group: &str) -> Result<Option<String>, Error> {
        let item = self.store.read(&self.key(kind, group)).await?;
        Ok(item.map(|item| optional_text(&item, name::EPOCH).unwrap_or_default().to_owned()))
    }
}

/// Groups last.
fn in_order(profile: &Profile) -> Vec<Arc<ResourceType>> {
    let (groups, others): (Vec<_>, Vec<_>) =
        profile.resource_types.iter().cloned().partition(|kind| kind.has_members());
    others.into_iter().chain(groups).collect()
}

fn line(kind: &ResourceType, item: &Item, doc: Doc, mark: Option<&str>) -> Value {
    let mut line = Map::new();
    let extensions = kind.extensions.iter().map(|extension| extension.schema.id.as_str());
    let present = extensions.filter(|urn| doc.contains_key(*urn));
    let schemas: Vec<&str> = std::iter::once(kind.schema.id.as_str()).chain(present).collect();
    line.insert("schemas".to_owned(), json!(schemas));
    line.insert("id".to_owned(), json!(optional_text(item, name::SK)));
    line.extend(doc);
    let known: Map<String, Value> = [name::IMPORTED, name::LINKED, name::UNVERIFIED]
        .into_iter()
        .filter_map(|name| Some((name.to_owned(), json!(optional_text(item, name)?))))
        .collect();
    if !known.is_empty() {
        line.insert(EXTENSION.to_owned(), Value::Object(known));
    }
    let mut meta = json!({
        "resourceType": kind.name,
        "created": optional_text(item, name::CREATED),
        "lastModified": optional_text(item, name::LAST_MODIFIED),
    });
    if let (Some(mark), Some(meta)) = (mark, meta.as_object_mut()) {
        meta.insert(mark.to_owned(), Value::Bool(true));
    }
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
