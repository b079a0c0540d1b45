//! Which version of a resource a request demands (RFC 7644 §3.14, RFC 9110 §13.1).

use super::stored::Resource;
use crate::error::Error;

/// Versions, as the headers `If-Match` and `If-None-Match` name them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Match {
    /// `*`: any that exists.
    Any,
    /// Any one of these entity tags, weak or strong.
    Tags(Vec<String>),
}

impl Match {
    /// The version that `resource` has.
    #[must_use]
    pub fn version_of(resource: &Resource) -> Self {
        Self::Tags(vec![resource.etag()])
    }

    /// Whether `resource` has one of these versions. Tags are compared weakly, because ours are weak.
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

/// What a request demands of the version of a resource.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Preconditions {
    /// `If-Match`: it is one of these.
    pub if_match: Option<Match>,
    /// `If-None-Match`: it is not one of these.
    pub if_none_match: Option<Match>,
}

impl Preconditions {
    /// Whether it demands nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.if_match.is_none() && self.if_none_match.is_none()
    }

    /// Whether it names certain versions. Then a write has to be refused when the version that was
    /// checked has changed, that of the members included.
    pub(crate) fn names_versions(&self) -> bool {
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
