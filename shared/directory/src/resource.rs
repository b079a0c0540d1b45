//! A resource as the store hands it out, and the versions clients hold of it.

use scim::model::doc::Doc;

use crate::error::Error;
use crate::table::item::{Item, number, optional_number, optional_text, text};
use crate::table::name;

/// A resource and the facts about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Resource {
    /// Its id, a UUIDv7.
    pub id: String,
    /// Its attributes; `members` or `groups` among them when they were wanted.
    pub doc: Doc,
    /// When it was created, RFC 3339 in UTC.
    pub created: String,
    /// When it last changed, RFC 3339 in UTC.
    pub last_modified: String,
    /// Its version.
    pub version: Version,
    /// A change's answer without the members, because there are more than fit a small
    /// page and nobody asked for them.
    pub members_omitted: bool,
}

/// How often a resource and, for a group, its members have changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Version {
    /// Changes of its own attributes, from 1.
    pub attributes: u64,
    /// Changes of its members; `None` for what has no members.
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

/// What an `If-Match` header demands (RFC 9110 §13.1.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Match {
    /// `*`: that the resource exists.
    Any,
    /// Any one of these entity tags, weak or strong.
    Tags(Vec<String>),
}

impl Match {
    /// Whether `resource` is what the client means. Tags are compared weakly, because
    /// ours are weak.
    #[must_use]
    pub fn admits(&self, resource: &Resource) -> bool {
        let bare = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
        match self {
            Self::Any => true,
            Self::Tags(tags) => tags.iter().any(|tag| bare(tag) == bare(&resource.etag())),
        }
    }
}

/// A resource with what only the store knows of it.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    pub(crate) resource: Resource,
    /// A group's members lie in this epoch's partition.
    pub(crate) epoch: Option<String>,
    /// About how many members a group has.
    pub(crate) size: i64,
    /// The id of the last write.
    pub(crate) write: String,
    /// The length of its JSON.
    pub(crate) bytes: usize,
}

impl Stored {
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
            epoch: optional_text(item, name::EPOCH).map(str::to_owned),
            size: optional_number(item, name::SIZE).unwrap_or(0),
            write: text(item, name::WRITE)?.to_owned(),
            bytes: json.len(),
        })
    }

    /// # Errors
    /// [`Error::PreconditionFailed`] when `if_match` means another version.
    pub(crate) fn check(&self, if_match: Option<&Match>) -> Result<(), Error> {
        match if_match {
            Some(wanted) if !wanted.admits(&self.resource) => Err(Error::PreconditionFailed),
            _ => Ok(()),
        }
    }
}
