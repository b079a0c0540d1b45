//! A resource type: an endpoint, a schema and its extensions (RFC 7643 §6).

use super::attribute::{Attribute, Returned};
use super::path::{AttrPath, Resolved, Target};
use super::schema::Schema;
use super::{common, enterprise, group, user};

/// A schema that a resource type may have in addition to its own.
#[derive(Debug, Clone, PartialEq)]
pub struct Extension {
    /// Its attributes, which a resource has in an object under the URN.
    pub schema: Schema,
    /// Whether a resource without it is refused.
    pub required: bool,
}

/// An attribute whose values are found without a scan. The path is in canonical spelling, so
/// it also leads to the values in a stored resource, even if the profile no longer offers them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Index {
    /// The attribute, such as `userName` or `emails.value`.
    pub path: AttrPath,
    /// Whether no two resources of a directory may share a value.
    pub unique: bool,
    /// Whether letter case counts in its values.
    pub case_exact: bool,
    /// Whether it is written but not used for lookups, while a directory changes its profile.
    pub idle: bool,
}

/// What an `add` or `replace` does whose value path, such as `emails[type eq "work"].value`,
/// selects no element.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum UnmatchedValuePath {
    /// It creates the element that the filter describes: Microsoft Entra ID needs it.
    #[default]
    Create,
    /// 400 `noTarget`, as RFC 7644 §3.5.2.3 says.
    NoTarget,
}

/// A type of resource.
#[derive(Debug, Clone, PartialEq)]
pub struct ResourceType {
    /// `User`, `Group`; also the `<T>` of the table's keys.
    pub name: String,
    /// Its path below the base URL, such as `/Users`.
    pub endpoint: String,
    /// A sentence that describes it.
    pub description: String,
    /// `schemas`, `id`, `externalId`, `meta`.
    pub common: Vec<Attribute>,
    /// Its own attributes.
    pub schema: Schema,
    /// Its extensions.
    pub extensions: Vec<Extension>,
    /// The attributes by which identity providers match.
    pub indexes: Vec<Index>,
    /// The types that its references may lead to, and their endpoints.
    pub endpoints: Vec<(String, String)>,
    /// What a PATCH does if its value path selects no element.
    pub unmatched_value_path: UnmatchedValuePath,
}

impl ResourceType {
    /// Users with the enterprise extension (RFC 7643 §4.1, §4.3).
    #[must_use]
    pub fn user() -> Self {
        Self {
            name: "User".to_owned(),
            endpoint: "/Users".to_owned(),
            description: "User Account".to_owned(),
            common: common::attributes(),
            schema: user::schema(),
            extensions: vec![Extension { schema: enterprise::schema(), required: false }],
            indexes: vec![index("userName", true), index("externalId", false), index("emails.value", false)],
            endpoints: endpoints(),
            unmatched_value_path: UnmatchedValuePath::default(),
        }
    }

    /// Groups (RFC 7643 §4.2).
    #[must_use]
    pub fn group() -> Self {
        Self {
            name: "Group".to_owned(),
            endpoint: "/Groups".to_owned(),
            description: "Group".to_owned(),
            common: common::attributes(),
            schema: group::schema(),
            extensions: Vec::new(),
            indexes: vec![index("displayName", true), index("externalId", false)],
            endpoints: endpoints(),
            unmatched_value_path: UnmatchedValuePath::default(),
        }
    }

    /// The attributes that a filter may use, as a filter names them.
    #[must_use]
    pub fn filterable(&self) -> Vec<String> {
        let readable = |row: &&Attribute| row.filterable && row.returned != Returned::Never;
        let core = self.common.iter().chain(&self.schema.attributes).filter(readable);
        let core = core.map(|row| row.name.clone());
        let extensions = self.extensions.iter().map(|e| &e.schema).flat_map(|schema| {
            let rows = schema.attributes.iter().filter(readable);
            rows.map(|row| format!("{}:{}", schema.id, row.name))
        });
        core.chain(extensions).collect()
    }

    /// The attributes that are found without a scan, in backticks.
    #[must_use]
    pub fn indexed(&self) -> Vec<String> {
        self.indexes.iter().filter(|index| !index.idle).map(|index| format!("`{}`", index.path)).collect()
    }

    /// The index for a lookup by `path`, such as `emails.value`.
    #[must_use]
    pub fn index_on(&self, path: &str) -> Option<&Index> {
        self.indexes.iter().find(|index| !index.idle && index.path.to_string() == path)
    }

    /// Whether resources of this type have members, which are stored separately.
    #[must_use]
    pub fn has_members(&self) -> bool {
        self.schema.id == super::schema::GROUP
    }

    /// The core or common attribute called `name`, in any letter case.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.schema.attribute(name).or_else(|| self.common.iter().find(|a| a.name.eq_ignore_ascii_case(name)))
    }

    /// The extension whose URN is `urn`, in any letter case.
    #[must_use]
    pub fn extension(&self, urn: &str) -> Option<&Extension> {
        self.extensions.iter().find(|e| e.schema.is(urn))
    }

    /// The path that was meant, if `path` joins the URN of a schema and an attribute by a dot,
    /// as in `urn:…:2.0:User.department`.
    #[must_use]
    pub fn with_colon(&self, path: &AttrPath) -> Option<String> {
        let urn = format!("{}:{}", path.urn.as_deref()?, path.name);
        let is_known = self.schema.is(&urn) || self.extension(&urn).is_some();
        path.sub.as_ref().filter(|_| is_known).map(|attribute| format!("{urn}:{attribute}"))
    }

    /// What `path` names in this resource type; `None` if it names nothing.
    ///
    /// Accepts `userName`, `name.givenName`, `URN:userName`, `URN:attr.sub` and the URN of an
    /// extension. An attribute of an extension is found without its URN too, if no core
    /// attribute has its name: Microsoft's documents use `manager` so.
    #[must_use]
    pub fn resolve(&self, path: &AttrPath) -> Option<Target<'_>> {
        if path.urn.is_some()
            && path.sub.is_none()
            && let Some(extension) = self.extension(&path.to_string())
        {
            return Some(Target::Extension(&extension.schema));
        }
        let (extension, attribute) = match &path.urn {
            Some(urn) if self.schema.is(urn) => (None, self.attribute(&path.name)?),
            Some(urn) => {
                let extension = self.extension(urn)?;
                (Some(&extension.schema), extension.schema.attribute(&path.name)?)
            }
            None => match self.attribute(&path.name) {
                Some(attribute) => (None, attribute),
                None => self
                    .extensions
                    .iter()
                    .find_map(|e| Some((Some(&e.schema), e.schema.attribute(&path.name)?)))?,
            },
        };
        let sub = match &path.sub {
            Some(name) => Some(attribute.sub(name)?),
            None => None,
        };
        Some(Target::Attribute(Resolved { extension, attribute, sub }))
    }
}

fn endpoints() -> Vec<(String, String)> {
    [("User", "/Users"), ("Group", "/Groups")].map(|(name, at)| (name.to_owned(), at.to_owned())).into()
}

/// An index of a built-in type. Letter case is significant in `externalId` only.
fn index(path: &str, unique: bool) -> Index {
    Index { path: AttrPath::split(path), unique, case_exact: path == "externalId", idle: false }
}
