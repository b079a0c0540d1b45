//! What an operation is about (RFC 7644 §3.5.2 figure 7, §3.10).

use crate::error::{Error, Kind};
use crate::filter::ast::CompareOp;
use crate::filter::bind::bind_element;
use crate::filter::bound::{Bound, Comparison};
use crate::filter::parse;
use crate::model::attribute::{Attribute, Mutability};
use crate::model::path;
use crate::model::resource_type::ResourceType;
use crate::model::schema::Schema;
use crate::value::complex::is_derived;

/// What a path names.
#[derive(Debug, Clone, PartialEq)]
pub enum Target<'k> {
    /// The resource itself, by the URN of its schema or by no path at all.
    Resource,
    /// A whole extension.
    Extension(&'k Schema),
    /// An attribute or something in it.
    Attribute(PatchTarget<'k>),
}

/// An attribute, which of its elements, and which part of them.
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
}

/// What a client may do with a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Change it.
    Write,
    /// Ask for a change, which has no effect.
    Ignore,
    /// Not change it.
    Refuse,
}

impl PatchTarget<'_> {
    /// The place in words, such as `emails.value`.
    #[must_use]
    pub fn at(&self) -> String {
        match self.sub {
            Some(sub) => format!("{}.{}", self.row.name, sub.name),
            None => self.row.name.clone(),
        }
    }

    /// What a client may do here.
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

/// Looks `text` up in `kind`; `None` when it is well-formed but names nothing.
///
/// # Errors
/// `InvalidPath` when `text` is malformed or filters a single value; `InvalidFilter`
/// when its filter cannot be asked of the attribute.
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
        Some(_) if !row.multi_valued => {
            let detail = format!("`{}` has a single value: leave out the filter", row.name);
            return Err(Error::new(Kind::InvalidPath, detail));
        }
        Some(filter) => Some(bind_element(filter, row)?),
        None => None,
    };
    if selection.as_ref().is_some_and(|selection| !is_offered(row, selection)) {
        return Ok(None);
    }
    Ok(Some(Target::Attribute(PatchTarget { extension: resolved.extension, row, selection, sub })))
}

/// Whether the profile offers the elements that `selection` selects: not where it asks for
/// a type that is none of its own.
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
/// As [`resolve`]; `InvalidPath` when it names nothing; `Mutability` when it names what
/// only the server writes.
pub fn target<'k>(kind: &'k ResourceType, text: &str) -> Result<Target<'k>, Error> {
    let Some(target) = resolve(kind, text)? else {
        return Err(Error::new(Kind::InvalidPath, format!("a {} has no such attribute", kind.name)));
    };
    match &target {
        Target::Attribute(target) if target.access() == Access::Refuse => {
            Err(Error::new(Kind::Mutability, format!("`{}` is read-only", target.at())))
        }
        _ => Ok(target),
    }
}
