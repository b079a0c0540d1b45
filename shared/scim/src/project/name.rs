//! One name in `attributes` or `excludedAttributes` (RFC 7644 §3.10).

use std::collections::BTreeSet;

use crate::model::attribute::Returned;
use crate::model::path::{AttrPath, Target};
use crate::model::resource_type::ResourceType;
use crate::model::schema::Schema;

/// A name that was found in a resource type, in canonical spelling.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name {
    /// The URN of the extension; `None` for core and common attributes.
    pub extension: Option<String>,
    /// The attributes meant: one, or all of a schema whose URN was sent.
    pub attributes: Vec<String>,
    /// The only part of the attribute that is meant.
    pub sub: Option<String>,
}

impl Name {
    /// The names in a comma-separated list, each once, those left out that `kind` does not
    /// have. So there are never many, however long the list is: a search by POST may send
    /// megabytes of it, and all are compared with every attribute of every resource.
    #[must_use]
    pub fn list(kind: &ResourceType, list: &str) -> Vec<Self> {
        let mut names = BTreeSet::new();
        for name in list.split(',').filter_map(|text| Self::find(kind, text.trim())) {
            names.insert(name);
        }
        names.into_iter().collect()
    }

    fn find(kind: &ResourceType, text: &str) -> Option<Self> {
        // A schema's URN asks for what the schema answers by default.
        let all = |schema: &Schema| {
            let rows = schema.attributes.iter().filter(|row| row.returned == Returned::Default);
            rows.map(|row| row.name.clone()).collect()
        };
        if kind.schema.is(text) {
            return Some(Self { extension: None, attributes: all(&kind.schema), sub: None });
        }
        Some(match kind.resolve(&AttrPath::split(text))? {
            Target::Extension(schema) => {
                Self { extension: Some(schema.id.clone()), attributes: all(schema), sub: None }
            }
            Target::Attribute(found) => Self {
                extension: found.extension.map(|schema| schema.id.clone()),
                attributes: vec![found.attribute.name.clone()],
                sub: found.sub.map(|row| row.name.clone()),
            },
        })
    }

    /// Whether this is, or is a part of, `attribute` of `extension`.
    #[must_use]
    pub fn covers(&self, extension: Option<&str>, attribute: &str) -> bool {
        self.extension.as_deref() == extension
            && self.attributes.iter().any(|name| name.eq_ignore_ascii_case(attribute))
    }
}
