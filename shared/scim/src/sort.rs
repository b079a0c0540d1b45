//! Sorting (RFC 7644 §3.4.2.3): the value by which resources are sorted, and the order.
//!
//! Values are read as in filters, so the order agrees with `gt`: text by its row's
//! `caseExact`, dates as instants, `false` before `true`.

#[cfg(test)]
mod tests;

use serde_json::Value;

use crate::error::{Error, Kind, quoted};
use crate::filter::bind::bind_path;
use crate::filter::bound::BoundPath;
use crate::filter::eval::is_present;
use crate::filter::operand::Comparable;
use crate::model::doc::Doc;
use crate::model::path::AttrPath;
use crate::model::resource_type::ResourceType;
use crate::value::primary::is_primary;

/// The direction of the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Order {
    /// The lowest first, resources without the value last.
    #[default]
    Ascending,
    /// Resources without the value first, then the highest.
    Descending,
}

impl Order {
    /// Reads `sortOrder`, in any letter case.
    ///
    /// # Errors
    /// `invalidValue` for any other word.
    pub fn parse(text: &str) -> Result<Self, Error> {
        match text.trim().to_ascii_lowercase().as_str() {
            "ascending" => Ok(Self::Ascending),
            "descending" => Ok(Self::Descending),
            _ => {
                let sent = quoted(text, 40);
                let detail = format!("`sortOrder` must be `ascending` or `descending`, not `{sent}`");
                Err(Error::new(Kind::InvalidValue, detail))
            }
        }
    }
}

/// The attribute of `kind` that `sortBy` names. A complex attribute stands for its
/// `value` if it has one, as in filters.
///
/// # Errors
/// `invalidPath` if there is no such attribute, it is never returned, or it is a complex
/// attribute without a `value`.
pub fn sort_by(text: &str, kind: &ResourceType) -> Result<BoundPath, Error> {
    bind_path(&AttrPath::split(text.trim()), kind).map_err(|error| invalid(&error.detail("`sortBy`")))
}

/// The attribute that `sortBy` names in each of `kinds`; `None` for a type without it, whose
/// resources are sorted like those without the value.
///
/// # Errors
/// As [`sort_by`], if no type has the attribute.
pub fn sort_by_multi_type<'a>(
    text: &str,
    kinds: impl Iterator<Item = &'a ResourceType>,
) -> Result<Vec<Option<BoundPath>>, Error> {
    let found: Vec<_> = kinds.map(|kind| sort_by(text, kind)).collect();
    if found.iter().any(Result::is_ok) {
        return Ok(found.into_iter().map(Result::ok).collect());
    }
    found.into_iter().map(|path| path.map(Some)).collect()
}

fn invalid(detail: &str) -> Error {
    Error::new(Kind::InvalidPath, detail)
}

/// The value by which `doc`, a rendered resource, is sorted: that of the primary element, else
/// the first one; `None` if there is no value.
#[must_use]
pub fn sort_value<'a>(doc: &'a Doc, path: &BoundPath) -> Option<Comparable<'a>> {
    let object = match &path.extension {
        Some(urn) => doc.get(urn)?.as_object()?,
        None => doc,
    };
    let elements = elements(object.get(&path.attribute)?);
    let primary = elements.iter().filter(|element| is_primary(element));
    primary.chain(elements).find_map(|element| value(element, path))
}

fn value<'a>(element: &'a Value, path: &BoundPath) -> Option<Comparable<'a>> {
    let values = match &path.sub {
        Some(sub) => elements(element.get(sub)?),
        None => std::slice::from_ref(element),
    };
    let mut present = values.iter().filter(|value| is_present(value));
    present.find_map(|value| Comparable::of(value, path.kind, path.case_exact))
}

/// A single value is a list of one.
fn elements(value: &Value) -> &[Value] {
    match value {
        Value::Array(elements) => elements,
        single => std::slice::from_ref(single),
    }
}
