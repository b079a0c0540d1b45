//! The target of an operation (RFC 7644 §3.5.2 figure 7, §3.10).

use crate::error::{Error, Kind};
use crate::filter::ast::CompareOp;
use crate::filter::bind::bind_element;
use crate::filter::bound::{Bound, Comparison};
use crate::filter::eval::element_matches;
use crate::filter::parse;
use crate::model::attribute::{Attribute, Mutability, Type};
use crate::model::doc::Doc;
use crate::model::path::{self, AttrPath};
use crate::model::resource_type::{ResourceType, UnmatchedValuePath};
use crate::model::schema::Schema;
use crate::value::complex::is_derived;
use crate::value::slot;

/// What a path names.
#[derive(Debug, Clone, PartialEq)]
pub enum Target<'k> {
    /// The resource itself, by the URN of its schema or without a path.
    Resource,
    /// A whole extension.
    Extension(&'k Schema),
    /// An attribute, or something in it.
    Attribute(PatchTarget<'k>),
}

impl Target<'_> {
    /// The path in canonical spelling; `None` if it has a filter, or is the whole resource.
    #[must_use]
    pub fn path(&self) -> Option<String> {
        match self {
            Self::Resource => None,
            Self::Extension(schema) => Some(schema.id.clone()),
            Self::Attribute(target) if target.selection.is_some() => None,
            Self::Attribute(target) => Some(match target.extension {
                Some(schema) => format!("{}:{}", schema.id, target.at()),
                None => target.at(),
            }),
        }
    }
}

/// An attribute, some of its elements, and a part of them.
#[derive(Debug, Clone, PartialEq)]
pub struct PatchTarget<'k> {
    /// The extension it belongs to.
    pub extension: Option<&'k Schema>,
    /// The attribute.
    pub row: &'k Attribute,
    /// Which elements; `None` is all of them.
    pub selection: Option<Bound>,
    /// Which part; `None` is the whole.
    pub sub: Option<&'k Attribute>,
    /// What happens if `selection` selects no element of a list.
    pub unmatched: UnmatchedValuePath,
}

/// What a client may do with a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// It may be changed.
    Write,
    /// A change is accepted and has no effect.
    Ignore,
    /// A change is refused.
    Refuse,
}

impl PatchTarget<'_> {
    /// The target without its filter, such as `emails.value`.
    #[must_use]
    pub fn at(&self) -> String {
        match self.sub {
            Some(sub) => format!("{}.{}", self.row.name, sub.name),
            None => self.row.name.clone(),
        }
    }

    /// Checks that a filter on a single complex value of `doc` matches it. Such a filter is
    /// that of a list of one element, which is never created.
    ///
    /// # Errors
    /// `NoTarget` if there is no value or it does not match.
    pub fn check_single(&self, doc: &Doc) -> Result<(), Error> {
        let Some(selection) = self.selection.as_ref().filter(|_| !self.row.multi_valued) else {
            return Ok(());
        };
        if slot::get(doc, self.extension, self.row).is_some_and(|value| element_matches(selection, value)) {
            return Ok(());
        }
        Err(self.no_target())
    }

    /// The error if the filter of a value path selects nothing.
    #[must_use]
    pub fn no_target(&self) -> Error {
        let detail = format!(
            "the filter matches no value of `{}`: read the resource and send a filter that matches",
            self.row.name
        );
        Error::new(Kind::NoTarget, detail)
    }

    /// What a client may do with it.
    #[must_use]
    pub fn access(&self) -> Access {
        let rows = || [Some(self.row), self.sub].into_iter().flatten();
        if rows().any(|row| row.mutability == Mutability::ReadOnly) {
            return Access::Refuse;
        }
        let derived = self.row.name == "schemas" || self.sub.is_some_and(is_derived);
        if derived || rows().any(|row| row.mutability == Mutability::WriteOnly) {
            return Access::Ignore;
        }
        Access::Write
    }
}

/// Looks up `text` in `kind`; `None` if it is well-formed but names nothing.
///
/// # Errors
/// `InvalidPath` if `text` is malformed or filters a value without parts; `InvalidFilter` if
/// its filter does not fit the attribute.
pub fn resolve<'k>(kind: &'k ResourceType, text: &str) -> Result<Option<Target<'k>>, Error> {
    if kind.schema.is(text) {
        return Ok(Some(Target::Resource));
    }
    let path = parse::path(text).map_err(|e| Error::new(Kind::InvalidPath, e.detail("path")))?;
    let resolved = match kind.resolve(&path.attr) {
        None => return Ok(None),
        Some(path::Target::Extension(schema)) => return Ok(Some(Target::Extension(schema))),
        Some(path::Target::Attribute(resolved)) => resolved,
    };
    let row = resolved.attribute;
    let sub = match &path.sub {
        None => resolved.sub,
        Some(name) => match row.sub(name) {
            None => return Ok(None),
            found => found,
        },
    };
    let selection = match &path.filter {
        Some(_) if !row.multi_valued && row.kind != Type::Complex => {
            let detail = format!("`{}` is a single value without parts: leave out the filter", row.name);
            return Err(Error::new(Kind::InvalidPath, detail));
        }
        Some(filter) => Some(bind_element(filter, row)?),
        None => None,
    };
    if selection.as_ref().is_some_and(|selection| !is_offered(row, selection)) {
        return Ok(None);
    }
    let unmatched = kind.unmatched_value_path;
    Ok(Some(Target::Attribute(PatchTarget { extension: resolved.extension, row, selection, sub, unmatched })))
}

/// Whether the profile offers the elements that `selection` selects: not if it selects a
/// type that the profile does not list.
fn is_offered(row: &Attribute, selection: &Bound) -> bool {
    match selection {
        Bound::And(parts) => parts.iter().all(|part| is_offered(row, part)),
        Bound::Compare(Comparison { path, op: CompareOp::Eq, value }) if path.is("type", None) => {
            value.text().is_none_or(|kind| row.offers(kind))
        }
        _ => true,
    }
}

/// The target of an operation with the path `text`.
///
/// # Errors
/// As [`resolve`]; `InvalidPath` if it names nothing; `Mutability` if only the server may
/// write its target.
pub fn target<'k>(kind: &'k ResourceType, text: &str) -> Result<Target<'k>, Error> {
    if let Some(meant) = kind.with_colon(&AttrPath::split(text)) {
        let detail = format!("a URN and an attribute are joined by a colon: send `{meant}`");
        return Err(Error::new(Kind::InvalidPath, detail));
    }
    let Some(target) = resolve(kind, text)? else {
        let detail = format!("a {} has no such attribute: see `/Schemas` for those it has", kind.name);
        return Err(Error::new(Kind::InvalidPath, detail));
    };
    match &target {
        Target::Attribute(target) if target.access() == Access::Refuse => Err(Error::new(
            Kind::Mutability,
            format!("`{}` is read-only: leave the operation out", target.at()),
        )),
        _ => Ok(target),
    }
}
