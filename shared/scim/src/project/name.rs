//! One name in `attributes` or `excludedAttributes` (RFC 7644 §3.10).

use std::collections::BTreeSet;

use serde_json::Value;

use crate::error::{Error, Kind};
use crate::filter::bind::bind_element;
use crate::filter::bound::Bound;
use crate::filter::eval::element_matches;
use crate::filter::parse::{self, MAX_BYTES};
use crate::model::attribute::Returned;
use crate::model::path::{AttrPath, Target};
use crate::model::resource_type::ResourceType;
use crate::model::schema::Schema;

/// A name that was found in a resource type, in canonical spelling.
#[derive(Debug, Clone, PartialEq)]
pub struct Name {
    /// The URN of the extension; `None` for core and common attributes.
    pub extension: Option<String>,
    /// The attributes: one, or all of a schema whose URN was sent.
    pub attributes: Vec<String>,
    /// The only part of the attribute that is selected.
    pub sub: Option<String>,
    /// Which elements of the attribute are selected; `None` is all of them.
    pub filter: Option<Bound>,
}

impl Name {
    /// The names in a comma-separated list, each once, without those that `kind` does not
    /// have. A name may be a value path: `emails[type eq "work"].value`.
    ///
    /// A search by POST may send megabytes of names, and all are compared with every
    /// attribute of every resource. So each plain name is kept once, and names with a filter
    /// may have [`MAX_BYTES`] in all.
    ///
    /// # Errors
    /// `invalidFilter` if the filter of a value path is not valid, or there are too many.
    pub fn list(kind: &ResourceType, list: &str) -> Result<Vec<Self>, Error> {
        let (mut names, mut seen, mut filters) = (Vec::new(), BTreeSet::new(), 0);
        for text in split(list) {
            let text = text.trim();
            if text.contains('[') {
                filters += text.len();
                if filters > MAX_BYTES {
                    let detail = format!("filters in a list of attributes may have {MAX_BYTES} bytes in all");
                    return Err(Error::new(Kind::InvalidFilter, detail));
                }
                names.extend(Self::with_filter(kind, text)?);
            } else if let Some(name) = Self::find(kind, text)
                && seen.insert((name.extension.clone(), name.attributes.clone(), name.sub.clone()))
            {
                names.push(name);
            }
        }
        Ok(names)
    }

    fn find(kind: &ResourceType, text: &str) -> Option<Self> {
        // A schema's URN selects what the schema answers by default.
        let all = |schema: &Schema| {
            let rows = schema.attributes.iter().filter(|row| row.returned == Returned::Default);
            rows.map(|row| row.name.clone()).collect()
        };
        if kind.schema.is(text) {
            return Some(Self { extension: None, attributes: all(&kind.schema), sub: None, filter: None });
        }
        Some(match kind.resolve(&AttrPath::split(text))? {
            Target::Extension(schema) => {
                Self { extension: Some(schema.id.clone()), attributes: all(schema), sub: None, filter: None }
            }
            Target::Attribute(found) => Self {
                extension: found.extension.map(|schema| schema.id.clone()),
                attributes: vec![found.attribute.name.clone()],
                sub: found.sub.map(|row| row.name.clone()),
                filter: None,
            },
        })
    }

    fn with_filter(kind: &ResourceType, text: &str) -> Result<Option<Self>, Error> {
        let path =
            parse::path(text).map_err(|error| Error::new(Kind::InvalidFilter, error.detail("path")))?;
        let (Some(Target::Attribute(found)), Some(filter)) = (kind.resolve(&path.attr), path.filter) else {
            return Ok(None);
        };
        let sub = match path.sub.map(|sub| found.attribute.sub(&sub)) {
            Some(None) => return Ok(None),
            sub => sub.flatten().map(|row| row.name.clone()),
        };
        Ok(Some(Self {
            extension: found.extension.map(|schema| schema.id.clone()),
            attributes: vec![found.attribute.name.clone()],
            sub,
            filter: Some(bind_element(&filter, found.attribute)?),
        }))
    }

    /// Whether this names `attribute` of `extension`, or something in it.
    #[must_use]
    pub fn covers(&self, extension: Option<&str>, attribute: &str) -> bool {
        self.extension.as_deref() == extension
            && self.attributes.iter().any(|name| name.eq_ignore_ascii_case(attribute))
    }

    /// Whether this selects `element` of its attribute.
    #[must_use]
    pub fn selects(&self, element: &Value) -> bool {
        self.filter.as_ref().is_none_or(|filter| element_matches(filter, element))
    }
}

/// `list` at its commas, except those inside quotes.
fn split(list: &str) -> impl Iterator<Item = &str> {
    let (mut quoted, mut escaped) = (false, false);
    list.split(move |c: char| {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ => {}
        }
        c == ',' && !quoted
    })
}
