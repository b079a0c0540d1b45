//! A resource as it is read from the table.

use scim::model::doc::Doc;
use table::item::{Item, number, optional_number, text};
use table::name;

use super::origin::Origin;
use crate::error::Error;
use crate::id::ListVersion;

/// A resource and the facts about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Resource {
    /// Its id, a UUIDv7.
    pub id: String,
    /// Its attributes, with `members` or `groups` when they were asked for.
    pub doc: Doc,
    /// When it was created, RFC 3339 in UTC.
    pub created: String,
    /// When it last changed, RFC 3339 in UTC.
    pub last_modified: String,
    /// Its version.
    pub version: Version,
    /// Whether the response to a change has no `members` because the group has many, and the request
    /// did not ask for all.
    pub members_omitted: bool,
}

/// How often a resource and, for a group, its members have changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Version {
    /// Changes of its own attributes, from 1.
    pub attributes: u64,
    /// Changes of its members; `None` for a resource that is not a group.
    pub members: Option<u64>,
}

impl Resource {
    /// The entity tag: `W/"3"`, for a group `W/"3.7"` (RFC 7644 §3.14).
    #[must_use]
    pub fn etag(&self) -> String {
        match self.version.members {
            Some(members) => format!("W/\"{}.{members}\"", self.version.attributes),
            None => format!("W/\"{}\"", self.version.attributes),
        }
    }
}

/// A resource with what else is stored in its item.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    pub(crate) resource: Resource,
    /// The member list that a group uses.
    pub(crate) list: Option<ListVersion>,
    /// How often the list of a group was replaced in place. While this and `list` stay, members come and
    /// go one by one.
    pub(crate) replacements: u64,
    /// About how many members a group has.
    pub(crate) size: i64,
    /// The id of the last write.
    pub(crate) write: String,
    /// The length of its JSON.
    pub(crate) bytes: usize,
    /// What is stored of a user who was imported.
    pub(crate) origin: Option<Origin>,
}

impl Stored {
    /// The same resource with other attributes, without copying the old ones.
    pub(crate) fn with(&self, doc: Doc) -> Self {
        let Resource { id, doc: _, created, last_modified, version, members_omitted } = &self.resource;
        Self {
            resource: Resource {
                id: id.clone(),
                doc,
                created: created.clone(),
                last_modified: last_modified.clone(),
                version: *version,
                members_omitted: *members_omitted,
            },
            list: self.list.clone(),
            write: self.write.clone(),
            origin: self.origin.clone(),
            ..*self
        }
    }

    /// The resource as it is in `item` after an update. While the version is the expected one, so are
    /// the attributes, and their JSON need not be parsed.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub(crate) fn updated(mut self, item: &Item) -> Result<Self, Error> {
        if number::<u64>(item, name::VERSION)? != self.resource.version.attributes {
            return Self::read(item);
        }
        let resource = &mut self.resource;
        text(item, name::LAST_MODIFIED)?.clone_into(&mut resource.last_modified);
        resource.version.members = optional_number(item, name::MEMBERS_VERSION);
        self.list = ListVersion::of(item);
        self.replacements = optional_number(item, name::REPLACEMENTS).unwrap_or(0);
        self.size = optional_number(item, name::SIZE).unwrap_or(0);
        text(item, name::WRITE)?.clone_into(&mut self.write);
        self.bytes = text(item, name::DOC)?.len();
        Ok(self)
    }

    /// The resource in `item`.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when an attribute is missing or `doc` is not valid JSON.
    pub(crate) fn read(item: &Item) -> Result<Self, Error> {
        let json = text(item, name::DOC)?;
        let doc = serde_json::from_str(json).map_err(|e| Error::Unavailable(e.into()))?;
        Ok(Self {
            resource: Resource {
                id: text(item, name::SK)?.to_owned(),
                doc,
                created: text(item, name::CREATED)?.to_owned(),
                last_modified: text(item, name::LAST_MODIFIED)?.to_owned(),
                version: Version {
                    attributes: number(item, name::VERSION)?,
                    members: optional_number(item, name::MEMBERS_VERSION),
                },
                members_omitted: false,
            },
            list: ListVersion::of(item),
            replacements: optional_number(item, name::REPLACEMENTS).unwrap_or(0),
            size: optional_number(item, name::SIZE).unwrap_or(0),
            write: text(item, name::WRITE)?.to_owned(),
            bytes: json.len(),
            origin: Origin::of(item),
        })
    }
}
