//! From a filter to the cheapest path to its candidates, and from a sort order to the path that has it.

use scim::filter::ast::CompareOp;
use scim::filter::bound::{Bound, BoundPath, Comparison};
use scim::model::resource_type::{Index, ResourceType};
use scim::read::members::check_id;
use table::query::Range;

use crate::value_key::{self as key, HIGHEST, SEPARATOR};

/// Where candidates come from. Each candidate is then checked against the whole filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Access {
    /// A few resources, each found by a key.
    Lookups(Vec<Lookup>),
    /// The entries of an index whose keys are in a range.
    Entries(Entries),
    /// The members of the group with this id.
    MembersOf(String),
    /// All resources of the type.
    Scan,
}

/// One way to find one or a few resources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Lookup {
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
pub(super) struct Entries {
    /// The indexed attribute, such as `emails.value`.
    pub(super) attribute: String,
    /// Whether letter case matters in it.
    pub(super) case_exact: bool,
    pub(super) range: Range,
}

impl Entries {
    /// Whether an entry of a value with the key `key` may be in the range.
    pub(super) fn may_contain(&self, key: &str) -> bool {
        match &self.range {
            Range::All => true,
            Range::BeginsWith(prefix) => format!("{key}{SEPARATOR}").starts_with(prefix.as_str()),
            Range::AtLeast(from) => key >= from.as_str(),
            Range::AtMost(to) => key <= to.as_str(),
            Range::Exactly(value) => key == value,
            Range::Before(to) => key < to.as_str(),
            Range::Between(from, to) => key >= from.as_str() && key <= to.as_str(),
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

/// The cheapest path to everything that `filter` can match.
pub(super) fn access(kind: &ResourceType, filter: &Bound) -> Access {
    cheapest(kind, filter).map_or(Access::Scan, |(_, access)| access)
}

/// The path to everything that `filter` can match when the list is sorted by `path`, and whether the access
/// path has that order.
///
/// An index has it only if it contains every resource exactly once.
pub(super) fn sorted(kind: &ResourceType, filter: Option<&Bound>, path: &BoundPath) -> (Access, bool) {
    let access = filter.map_or(Access::Scan, |filter| access(kind, filter));
    // Half of an index is as expensive as a scan.
    let wide = match &access {
        Access::Scan => true,
        Access::Entries(entries) => !matches!(entries.range, Range::BeginsWith(_)),
        Access::Lookups(_) | Access::MembersOf(_) => false,
    };
    if path.is("id", None) {
        let access = if wide { Access::Scan } else { access };
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

/// Whether every resource has exactly one entry in `index`. That is certain only of attributes that have
/// always been required: a profile may require an attribute that older resources do not have.
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
                    (_, Access::Lookups(lookups)) => all.extend(lookups),
                    _ => return None,
                }
            }
            Some((VALUE, Access::Lookups(all)))
        }
        Bound::Compare(comparison) => compared(kind, &comparison.path, comparison),
        Bound::Element { path, filter } => element(kind, path, filter),
        Bound::Not(_) | Bound::Present(_) => None,
    }
}

/// A comparison inside `attribute[…]` is one of the attribute's sub-attributes.
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
            return Some((KEY, Access::Lookups(vec![Lookup::Id(text.to_owned())])));
        }
        if path.is("members", Some("value")) && kind.has_members() {
            // A text that cannot be an id has no memberships, and may not fit into a key.
            let lookup = check_id(text).is_ok().then(|| Lookup::Member(text.to_owned()));
            return Some((VALUE, Access::Lookups(lookup.into_iter().collect())));
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
            Some((ENTRY, Access::Lookups(vec![Lookup::Unique { attribute: attribute.clone(), key: exact }])))
        }
        CompareOp::Eq => entries(VALUE, Range::BeginsWith(format!("{exact}{SEPARATOR}"))),
        CompareOp::Sw => entries(PREFIX, Range::BeginsWith(prefix)),
        CompareOp::Gt | CompareOp::Ge => entries(HALF, Range::AtLeast(key::at_least(text, case_exact))),
        // Also everything that begins with it: a truncated key sorts after its prefix.
        CompareOp::Lt | CompareOp::Le => entries(HALF, Range::AtMost(format!("{prefix}{HIGHEST}"))),
        CompareOp::Ne | CompareOp::Co | CompareOp::Ew => None,
    }
}

#[cfg(test)]
mod tests;
