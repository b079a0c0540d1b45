//! Attribute paths: `name.givenName`, `urn:…:User:department` (RFC 7644 §3.10).

use std::fmt;

use super::attribute::Attribute;
use super::schema::Schema;

/// A path as written, split at its punctuation and not yet looked up.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AttrPath {
    /// The text before the last colon.
    pub urn: Option<String>,
    /// The attribute.
    pub name: String,
    /// The sub-attribute.
    pub sub: Option<String>,
}

impl AttrPath {
    /// Splits `text` at its last colon and then at the first dot after it, so that the
    /// `2.0` in a URN is never read as a sub-attribute.
    ///
    /// The URN of an extension is split into a URN and a name too;
    /// [`ResourceType::resolve`](super::resource_type::ResourceType::resolve) joins them.
    #[must_use]
    pub fn split(text: &str) -> Self {
        let (urn, rest) = match text.rsplit_once(':') {
            Some((urn, rest)) => (Some(urn.to_owned()), rest),
            None => (None, text),
        };
        let (name, sub) = match rest.split_once('.') {
            Some((name, sub)) => (name, Some(sub.to_owned())),
            None => (rest, None),
        };
        Self { urn, name: name.to_owned(), sub }
    }
}

impl fmt::Display for AttrPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(urn) = &self.urn {
            write!(f, "{urn}:")?;
        }
        f.write_str(&self.name)?;
        if let Some(sub) = &self.sub {
            write!(f, ".{sub}")?;
        }
        Ok(())
    }
}

/// What a path names.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Target<'a> {
    /// An attribute or sub-attribute.
    Attribute(Resolved<'a>),
    /// A whole extension object.
    Extension(&'a Schema),
}

/// An attribute found in a resource type.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Resolved<'a> {
    /// The extension it belongs to; `None` for core and common attributes.
    pub extension: Option<&'a Schema>,
    /// The attribute's row.
    pub attribute: &'a Attribute,
    /// The sub-attribute's row.
    pub sub: Option<&'a Attribute>,
}

impl<'a> Resolved<'a> {
    /// The row of the values: the sub-attribute's if there is one, else the attribute's.
    #[must_use]
    pub fn row(&self) -> &'a Attribute {
        self.sub.unwrap_or(self.attribute)
    }
}
