//! From a filter to the cheapest way to its candidates, and from an order to the path that
//! has it.

use scim::filter::ast::CompareOp;
use scim::filter::bound::{Bound, BoundPath, Comparison};
use scim::model::resource_type::{Index, ResourceType};
use scim::read::members::check_id;

use crate::value_key::{self as key, HIGHEST, SEPARATOR};

/// Where candidates come from. Each is then asked the whole filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Access {
    /// A handful, each found by itself.
    Few(Vec<Lookup>),
    /// The entries of an index whose keys lie in a range.
    Entries(Entries),
    /// The members of the group with this id.
    MembersOf(String),
    /// All resources of the type.
    Walk,
}

/// One way to find a resource or a few.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Lookup {
    /// By its id.
    Id(String),
    /// By the key of a unique value.
    Unique {
        /// The attribute, such as `userName`.
        attribute: String,
        /// The value's key.
        key: String,
    },
    /// Groups by the id of a member.
    Member(String),
}

/// A range of an index's keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entries {
    /// The indexed attribute, such as `emails.value`.
    pub(crate) attribute: String,
    /// Whether letter case counts in it.
    pub(crate) case_exact: bool,
    pub(crate) range: Range,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Range {
    All,
    Begins(String),
    From(String),
    To(String),
}

impl Range {
    /// Whether `key`, a value's, may lie in it.
    pub(crate) fn holds(&self, key: &str) -> bool {
        match self {
            Self::All => true,
            Self::Begins(prefix) => format!("{key}{SEPARATOR}").starts_with(prefix.as_str()),
            Self::From(from) => key >= from.as_str(),
            Self::To(to) => key <= to.as_str(),
        }
    }
}

/// Costs, cheapest first.
const KEY: u8 = 0;
const ENTRY: u8 = 1;
const VALUE: u8 = 2;
const MEMBERS: u8 = 3;
const PREFIX: u8 = 4;
const HALF: u8 = 5;

/// The cheapest way to everything that `filter` can match.
pub(crate) fn access(kind: &ResourceType, filter: &Bound) -> Access {
    cheapest(kind, filter).map_or(Access::Walk, |(_, access)| access)
}

/// The way to everything that `filter` can match, when it is to be sorted by `path`; and
/// whether the way has that order.
///
/// Of an index's order everything must be true: that it knows every resource, once.
pub(crate) fn sorted(kind: &ResourceType, filter: Option<&Bound>, path: &BoundPath) -> (Access, bool) {
    let access = filter.map_or(Access::Walk, |filter| access(kind, filter));
    // Half of an index is no better a way than a walk.
    let wide = match &access {
        Access::Walk => true,
        Access::Entries(entries) => !matches!(entries.range, Range::Begins(_)),
        Access::Few(_) | Access::MembersOf(_) => false,
    };
    if path.is("id", None) {
        let access = if wide { Access::Walk } else { access };
        let by_id = !matches!(access, Access::Entries(_));
        return (access, by_id);
    }
    let attribute = path.dotted();
    if !kind.index_on(&attribute).is_some_and(|index| has_all(kind, index)) {
        return (access, false);
    }
    match access {
        Access::Entries(entries) if entries.attribute == attribute => (Access::Entries(entries), true),
        _ if wide => {
            (Access::Entries(Entries { attribute, case_exact: path.case_exact, range: Range::All }), true)
        }
        other => (other, false),
    }
}

/// Whether every resource has exactly one entry in `index`: only what has always been
/// required is surely there. What a profile requires may be younger than a resource.
fn has_all(kind: &ResourceType, index: &Index) -> bool {
    let always = match kind.name.as_str() {
        "User" => "userName",
        "Group" => "displayName",
        _ => return false,
    };
    index.path.to_string() == always
}

fn cheapest(kind: &ResourceType, filter: &Bound) -> Option<(u8, Access)> {
    match filter {
        Bound::And(parts) => {
            parts.iter().filter_map(|part| cheapest(kind, part)).min_by_key(|(cost, _)| *cost)
        }
        Bound::Or(parts) => {
            let mut all = Vec::new();
            for part in parts {
                match cheapest(kind, part)? {
                    (_, Access::Few(lookups)) => all.extend(lookups),
                    _ => return None,
                }
            }
            Some((VALUE, Access::Few(all)))
        }
        Bound::Compare(comparison) => compared(kind, &comparison.path, comparison),
        Bound::Element { path, filter } => element(kind, path, filter),
        Bound::Not(_) | Bound::Present(_) => None,
    }
}

/// A comparison of the element's `value` is one of the attribute's.
fn element(kind: &ResourceType, path: &BoundPath, filter: &Bound) -> Option<(u8, Access)> {
    match filter {
        Bound::And(parts) => {
            parts.iter().filter_map(|part| element(kind, path, part)).min_by_key(|(cost, _)| *cost)
        }
        Bound::Compare(comparison) => {
            let mut whole = path.clone();
            whole.sub = Some(comparison.path.attribute.clone());
            whole.case_exact = comparison.path.case_exact;
            compared(kind, &whole, comparison)
        }
        _ => None,
    }
}

fn compared(kind: &ResourceType, path: &BoundPath, comparison: &Comparison) -> Option<(u8, Access)> {
    let text = comparison.value.text()?;
    if comparison.op == CompareOp::Eq {
        if path.is("id", None) {
            return Some((KEY, Access::Few(vec![Lookup::Id(text.to_owned())])));
        }
        if path.is("members", Some("value")) && kind.has_members() {
            // What cannot be an id is nobody's, and would not fit a key.
            let lookup = check_id(text).is_ok().then(|| Lookup::Member(text.to_owned()));
            return Some((VALUE, Access::Few(lookup.into_iter().collect())));
        }
        if path.is("groups", Some("value")) && !kind.has_members() {
            return Some((MEMBERS, Access::MembersOf(text.to_owned())));
        }
    }
    let attribute = path.dotted();
    let index = kind.index_on(&attribute)?;
    let (exact, case_exact) = (key::of(text, path.case_exact), path.case_exact);
    let prefix = key::prefix(text, case_exact);
    let entries = |cost, range| {
        Some((cost, Access::Entries(Entries { attribute: attribute.clone(), case_exact, range })))
    };
    match comparison.op {
        CompareOp::Eq if index.unique => {
            Some((ENTRY, Access::Few(vec![Lookup::Unique { attribute: attribute.clone(), key: exact }])))
        }
        CompareOp::Eq => entries(VALUE, Range::Begins(format!("{exact}{SEPARATOR}"))),
        CompareOp::Sw => entries(PREFIX, Range::Begins(prefix)),
        CompareOp::Gt | CompareOp::Ge => entries(HALF, Range::From(key::at_least(text, case_exact))),
        // Also everything that begins so: a cut key sorts behind its prefix.
        CompareOp::Lt | CompareOp::Le => entries(HALF, Range::To(format!("{prefix}{HIGHEST}"))),
        CompareOp::Ne | CompareOp::Co | CompareOp::Ew => None,
    }
}

#[cfg(test)]
mod tests;
