//! A resource as the store hands it out, and the versions clients hold of it.

use scim::model::doc::Doc;

use crate::error::Error;
use crate::keys::{Item, number, optional_number, optional_text, text};
use crate::resource::existing::Origin;
use table::name;

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

/// Versions, as the headers `If-Match` and `If-None-Match` name them (RFC 9110 §13.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Match {
    /// `*`: any that exists.
    Any,
    /// Any one of these entity tags, weak or strong.
    Tags(Vec<String>),
}

impl Match {
    /// Whether `resource` is what the client means. Tags are compared weakly, because
    /// ours are weak.
    #[must_use]
    pub fn admits(&self, resource: &Resource) -> bool {
        fn bare(tag: &str) -> &str {
            let tag = tag.trim();
            tag.strip_prefix("W/").unwrap_or(tag)
        }
        match self {
            Self::Any => true,
            Self::Tags(tags) => tags.iter().any(|tag| bare(tag) == bare(&resource.etag())),
        }
    }
}

/// What a request demands of the version that it finds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Conditions {
    /// `If-Match`: it is one of these.
    pub if_match: Option<Match>,
    /// `If-None-Match`: it is none of these.
    pub if_none_match: Option<Match>,
}

impl Conditions {
    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.if_match.is_none() && self.if_none_match.is_none()
    }

    /// Whether they speak of certain versions, so that a write has to hold to the one
    /// that was checked, members and all.
    pub(crate) fn name_versions(&self) -> bool {
        let names = |versions: &Option<Match>| matches!(versions, Some(Match::Tags(_)));
        names(&self.if_match) || names(&self.if_none_match)
    }

    /// Checks `resource`, `If-Match` first (RFC 9110 §13.2.2).
    ///
    /// # Errors
    /// [`Error::PreconditionFailed`], [`Error::Excluded`].
    pub fn check(&self, resource: &Resource) -> Result<(), Error> {
        if self.if_match.as_ref().is_some_and(|wanted| !wanted.admits(resource)) {
            return Err(Error::PreconditionFailed);
        }
        if self.if_none_match.as_ref().is_some_and(|unwanted| unwanted.admits(resource)) {
            return Err(Error::Excluded);
        }
        Ok(())
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
    /// What is known of a user who was imported.
    pub(crate) origin: Option<Origin>,
}

impl Stored {
    /// The same resource with other attributes: nothing of the old ones is copied.
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
            epoch: self.epoch.clone(),
            write: self.write.clone(),
            origin: self.origin.clone(),
            ..*self
        }
    }

    /// The resource as an update left it, which is `item`. While the version is the one that we
    /// know, so are the attributes, and need not be read once more.
    pub(crate) fn updated(mut self, item: &Item) -> Result<Self, Error> {
        if number::<u64>(item, name::VERSION)? != self.resource.version.attributes {
            return Self::read(item);
        }
        let resource = &mut self.resource;
        text(item, name::LAST_MODIFIED)?.clone_into(&mut resource.last_modified);
        resource.version.members = optional_number(item, name::MEMBERS_VERSION);
        self.epoch = optional_text(item, name::EPOCH).map(str::to_owned);
        self.size = optional_number(item, name::SIZE).unwrap_or(0);
        text(item, name::WRITE)?.clone_into(&mut self.write);
        self.bytes = text(item, name::DOC)?.len();
        Ok(self)
    }

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
            origin: optional_text(item, name::IMPORTED)
                .map(|_| Origin { linked: item.contains_key(name::LINKED) }),
        })
    }
}
