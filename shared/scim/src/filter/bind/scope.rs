//! Looks up names in rows.

use super::super::bound::{Bound, BoundPath};
use crate::model::attribute::{Attribute, Mutability, Returned, Type};
use crate::model::path::{AttrPath, Resolved, Target};
use crate::model::resource_type::ResourceType;
use crate::model::schema::Schema;

/// The rows in which names are looked up.
#[derive(Clone, Copy)]
pub(super) enum Scope<'a> {
    Resource(&'a ResourceType),
    /// An element of this attribute; `asked` in a filter, where a profile may restrict parts.
    Element {
        row: &'a Attribute,
        asked: bool,
    },
}

impl<'a> Scope<'a> {
    /// What `path` names, or why a filter cannot use it.
    pub(super) fn resolve(self, path: &AttrPath) -> Result<Target<'a>, String> {
        let target = match self {
            Self::Resource(kind) => {
                let found = kind.resolve(path).ok_or_else(|| unknown(kind, path))?;
                if !is_filterable(&found) {
                    return Err(refused(kind, "a filter cannot use this attribute".to_owned()));
                }
                found
            }
            Self::Element { row: attribute, asked } => {
                let row = Some(path).filter(|path| path.urn.is_none() && path.sub.is_none());
                let row = row.and_then(|path| attribute.sub(&path.name)).ok_or_else(|| {
                    format!("an element of `{}` has no sub-attribute of this name", attribute.name)
                })?;
                if asked && !row.filterable {
                    return Err(format!("a filter cannot use this part of `{}`", attribute.name));
                }
                Target::Attribute(Resolved { extension: None, attribute: row, sub: None })
            }
        };
        match &target {
            Target::Attribute(found) if is_secret(found.attribute) || is_secret(found.row()) => {
                Err("this attribute is never returned, so a filter cannot use it".to_owned())
            }
            _ => Ok(target),
        }
    }

    /// `path pr`. An extension is present if one of its attributes is.
    pub(super) fn presence(self, path: &AttrPath) -> Result<Bound, String> {
        self.resolve(path).map(|target| match target {
            Target::Attribute(found) => Bound::Present(found.into()),
            Target::Extension(schema) => extension_presence(schema),
        })
    }

    /// The attribute from whose elements `path[…]` selects.
    pub(super) fn elements(self, path: &AttrPath) -> Result<(BoundPath, &'a Attribute), String> {
        match self.resolve(path)? {
            Target::Attribute(found) if found.sub.is_none() && found.attribute.kind == Type::Complex => {
                Ok((found.into(), found.attribute))
            }
            _ => Err("this attribute has no parts: remove `[…]`".to_owned()),
        }
    }
}

/// Whether the profile allows it in a filter.
fn is_filterable(target: &Target<'_>) -> bool {
    match target {
        Target::Attribute(found) => found.attribute.filterable && found.row().filterable,
        Target::Extension(schema) => schema.attributes.iter().any(|row| row.filterable),
    }
}

fn unknown(kind: &ResourceType, path: &AttrPath) -> String {
    match kind.with_colon(path) {
        Some(meant) => format!("a URN and an attribute are joined by a colon: send `{meant}`"),
        None => refused(kind, format!("a {} has no attribute of this name", kind.name)),
    }
}

/// `why`, and which attributes a filter may use.
fn refused(kind: &ResourceType, why: String) -> String {
    let names: Vec<String> = kind.filterable().into_iter().map(|name| format!("`{name}`")).collect();
    format!("{why}: use one of {}", names.join(", "))
}

pub(super) fn extension_presence(schema: &Schema) -> Bound {
    let rows = schema.attributes.iter().filter(|row| !is_secret(row));
    let present = |attribute| Resolved { extension: Some(schema), attribute, sub: None }.into();
    Bound::Or(rows.map(|row| Bound::Present(present(row))).collect())
}

fn is_secret(row: &Attribute) -> bool {
    row.mutability == Mutability::WriteOnly || row.returned == Returned::Never
}

impl From<Resolved<'_>> for BoundPath {
    fn from(found: Resolved<'_>) -> Self {
        let row = found.row();
        Self {
            extension: found.extension.map(|schema| schema.id.clone()),
            attribute: found.attribute.name.clone(),
            sub: found.sub.map(|sub| sub.name.clone()),
            kind: row.kind,
            case_exact: row.case_exact,
            multi_valued: found.attribute.multi_valued || row.multi_valued,
        }
    }
}
