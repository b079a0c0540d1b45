//! How much of `members` or `groups` a filter or a sort order needs.

use std::collections::BTreeSet;

use scim::filter::ast::CompareOp;
use scim::filter::bound::{Bound, BoundPath, Comparison};
use scim::read::members::check_id;

/// How much of a membership attribute is needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Needs {
    Nothing,
    /// Only elements with these values can decide a filter.
    Values(BTreeSet<String>),
    All,
}

impl Needs {
    /// What both need.
    pub(super) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::All, _) | (_, Self::All) => Self::All,
            (Self::Nothing, other) | (other, Self::Nothing) => other,
            (Self::Values(mut a), Self::Values(b)) => {
                a.extend(b);
                Self::Values(a)
            }
        }
    }
}

/// What sorting by `path` needs.
pub(super) fn to_sort(path: &BoundPath, attribute: &str) -> Needs {
    if path.extension.is_none() && path.attribute == attribute { Needs::All } else { Needs::Nothing }
}

/// What `filter` needs of `attribute`.
pub(super) fn needs(filter: &Bound, attribute: &str) -> Needs {
    let about = |path: &BoundPath| path.extension.is_none() && path.attribute == attribute;
    match filter {
        Bound::And(parts) | Bound::Or(parts) => {
            parts.iter().map(|part| needs(part, attribute)).fold(Needs::Nothing, Needs::and)
        }
        Bound::Not(part) => needs(part, attribute),
        Bound::Present(path) if about(path) => Needs::All,
        Bound::Compare(comparison) if about(&comparison.path) => match named(comparison) {
            Some(value) if comparison.path.sub.as_deref() == Some("value") => value,
            _ => Needs::All,
        },
        Bound::Element { path, filter } if about(path) => element_needs(filter),
        _ => Needs::Nothing,
    }
}

/// Where an element must have a certain value, only elements with that value can decide.
fn element_needs(filter: &Bound) -> Needs {
    match filter {
        Bound::And(parts) => {
            parts.iter().map(element_needs).find(|needs| *needs != Needs::All).unwrap_or(Needs::All)
        }
        Bound::Compare(comparison) if comparison.path.attribute == "value" => {
            named(comparison).unwrap_or(Needs::All)
        }
        _ => Needs::All,
    }
}

fn named(comparison: &Comparison) -> Option<Needs> {
    let text = comparison.value.text().filter(|_| comparison.op == CompareOp::Eq)?;
    // A text that cannot be an id has no memberships, and may not fit into a key.
    let id = check_id(text).is_ok().then(|| text.to_owned());
    Some(Needs::Values(id.into_iter().collect()))
}
