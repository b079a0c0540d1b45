//! One line, read.

use std::sync::Arc;

use scim::error::{Error, Kind};
use scim::model::doc::Doc;
use scim::model::member::Member;
use scim::model::profile::Profile;
use scim::model::resource_type::ResourceType;
use scim::patch::apply::apply;
use scim::patch::operation::{Op, Operation};
use scim::read;
use serde_json::{Map, Value};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::clock::{now, written};
use crate::id::{is_resource_id, resource_id};
use crate::members::membership::from_body;
use crate::transfer::export::EXTENSION;

/// One resource to import.
#[derive(Debug, Clone)]
pub struct Record {
    pub(super) kind: Arc<ResourceType>,
    pub(super) id: String,
    /// Whether the id was sent; otherwise it was made here.
    pub(super) sent_id: bool,
    pub(super) doc: Doc,
    pub(super) members: Vec<Member>,
    pub(super) list: List,
    pub(super) created: String,
    pub(super) last_modified: String,
    pub(super) imported: Option<String>,
    pub(super) linked: Option<String>,
    pub(super) unverified: Option<String>,
}

/// What the members of a line mean for the group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum List {
    /// The line is the group; these are its first members.
    Begins,
    /// More of them.
    Continues,
    /// All members up to here: they replace those of the lines before.
    Again,
}

impl Record {
    /// Reads a line: a resource as SCIM has it, or an object of attributes by their paths
    /// (`userName`, `name.givenName`, `emails[type eq "work"].value`). `meta.resourceType` says
    /// what it is, or else `schemas`; a user when neither does.
    ///
    /// # Errors
    /// `invalidSyntax` when it is not a JSON object; `invalidValue` when the profile has no such
    /// type or the id was not issued by Rollcall; those of [`read::create`].
    pub fn parse(profile: &Profile, line: &str) -> Result<Self, Error> {
        Self::read(profile, scim::json::parse(line.as_bytes())?)
    }

    /// Reads an object, as [`parse`](Self::parse).
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub fn read(profile: &Profile, sent: Value) -> Result<Self, Error> {
        let Value::Object(mut sent) = sent else {
            return Err(Error::new(Kind::InvalidSyntax, "a line must be a JSON object"));
        };
        let meta = sent.shift_remove("meta").unwrap_or_default();
        let by_schema = || {
            let schemas = sent.get("schemas").and_then(Value::as_array).into_iter().flatten();
            let is = |kind: &&Arc<ResourceType>, schema: &Value| {
                schema.as_str().is_some_and(|schema| kind.schema.is(schema))
            };
            let mut kinds =
                schemas.filter_map(|schema| profile.resource_types.iter().find(|k| is(k, schema)));
            kinds.next().map(|kind| kind.name.as_str())
        };
        let name = meta.get("resourceType").and_then(Value::as_str).or_else(by_schema).unwrap_or("User");
        let kind = profile.resource_type(name).ok_or_else(|| {
            Error::new(Kind::InvalidValue, format!("the profile `{}` has no type `{name}`", profile.name))
        })?;
        let (id, sent_id) = match sent.shift_remove("id") {
            None | Some(Value::Null) => (resource_id(), false),
            Some(Value::String(id)) if is_resource_id(&id) => (id, true),
            Some(_) => {
                let detail = "`id` was not issued by Rollcall: leave it out, or send it as `externalId`";
                return Err(Error::new(Kind::InvalidValue, detail));
            }
        };
        let marks = |mark: &str| meta.get(mark) == Some(&Value::Bool(true));
        let list = match (marks("continued"), marks("again")) {
            (true, _) => List::Continues,
            (_, true) => List::Again,
            _ => List::Begins,
        };
        let known = sent.shift_remove(EXTENSION).unwrap_or_default();
        let mut doc = if list == List::Begins { attributes(kind, sent)? } else { members_alone(kind, sent)? };
        let members = from_body(doc.shift_remove("members").as_ref());
        let created = moment(meta.get("created"));
        let last_modified = moment(meta.get("lastModified")).or_else(|| created.clone());
        // A line with an id was a resource before: it keeps what was known of it.
        let imported = match moment(known.get("imported")) {
            None if !sent_id && kind.name == "User" && !doc.contains_key("externalId") => Some(now()),
            known => known,
        };
        Ok(Self {
            kind: Arc::clone(kind),
            id,
            sent_id,
            doc,
            members,
            list,
            created: created.unwrap_or_else(now),
            last_modified: last_modified.unwrap_or_else(now),
            imported,
            linked: moment(known.get("linked")),
            unverified: moment(known.get("emailUnverified")),
        })
    }

    /// Whether its members need a list, or have one.
    pub(super) fn has_list(&self) -> bool {
        self.list != List::Begins || !self.members.is_empty()
    }
}

/// A resource's attributes; those by paths with a filter are added as a PATCH would.
fn attributes(kind: &ResourceType, mut sent: Map<String, Value>) -> Result<Doc, Error> {
    let filters: Vec<String> = sent.keys().filter(|key| key.contains('[')).cloned().collect();
    if filters.is_empty() {
        return read::create(kind, Value::Object(sent));
    }
    let operations: Vec<Operation> = filters
        .into_iter()
        .filter_map(|path| {
            let value = sent.shift_remove(&path).filter(|value| !value.is_null())?;
            Some(Operation { op: Op::Add, path: Some(path), value: Some(value) })
        })
        .collect();
    let mut doc = read::body::read(kind, &Value::Object(sent))?;
    let members = doc.shift_remove("members");
    let mut doc = read::with_defaults(kind, apply(kind, &doc, &operations)?.doc);
    if let Some(members) = members {
        doc.insert("members".to_owned(), members);
    }
    Ok(doc)
}

fn members_alone(kind: &ResourceType, sent: Map<String, Value>) -> Result<Doc, Error> {
    if !kind.has_members() {
        let detail = format!("a {} has no members that could be continued", kind.name);
        return Err(Error::new(Kind::InvalidValue, detail));
    }
    read::body::read(kind, &Value::Object(sent))
}

/// A time as resources store it; `None` when it is not a time.
fn moment(sent: Option<&Value>) -> Option<String> {
    Some(written(OffsetDateTime::parse(sent?.as_str()?, &Rfc3339).ok()?))
}
