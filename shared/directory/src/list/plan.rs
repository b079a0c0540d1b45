//! From a filter to the cheapest way to its candidates.

use scim::filter::ast::CompareOp;
use scim::filter::bind::{Bound, BoundPath, Comparison};
use scim::model::resource_type::ResourceType;
use scim::read::members::check_id;

use crate::table::key::{self, HIGHEST, SEPARATOR};

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
    Begins(String),
    From(String),
    To(String),
}

impl Range {
    /// Whether `key`, a value's, may lie in it.
    pub(crate) fn holds(&self, key: &str) -> bool {
        match self {
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
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use scim::filter::{bind::bind, parse::parse};

    fn plan(kind: &ResourceType, filter: &str) -> Access {
        access(kind, &bind(&parse(filter).unwrap(), kind).unwrap())
    }

    fn user(filter: &str) -> Access {
        plan(&ResourceType::user(), filter)
    }

    fn begins(attribute: &str, prefix: &str, case_exact: bool) -> Access {
        let range = Range::Begins(prefix.to_owned());
        Access::Entries(Entries { attribute: attribute.to_owned(), case_exact, range })
    }

    #[test]
    fn a_user_name_is_looked_up() {
        let lookup = Lookup::Unique { attribute: "userName".to_owned(), key: "1ana@ex.io".to_owned() };
        assert_eq!(user(r#"userName eq "Ana@ex.io""#), Access::Few(vec![lookup.clone()]));
        assert_eq!(user(r#"userName eq "Ana@ex.io" and active eq true"#), Access::Few(vec![lookup]));
    }

    #[test]
    fn an_address_is_found_by_its_entries_in_every_spelling() {
        for filter in [
            r#"emails.value eq "A@x""#,
            r#"emails eq "A@x""#,
            r#"emails[type eq "work" and value eq "A@x"]"#,
            r#"emails[type eq "work"].value eq "A@x""#,
        ] {
            assert_eq!(user(filter), begins("emails.value", "1a@x\u{1}", false), "{filter}");
        }
        assert_eq!(user(r#"externalId eq "A""#), begins("externalId", "1A\u{1}", true));
    }

    #[test]
    fn the_cheapest_part_of_a_conjunction_is_used() {
        assert_eq!(user(r#"userName sw "a" and id eq "x""#), Access::Few(vec![Lookup::Id("x".to_owned())]));
    }

    #[test]
    fn a_disjunction_is_a_few_or_a_walk() {
        let both = vec![Lookup::Id("x".to_owned()), Lookup::Id("y".to_owned())];
        assert_eq!(user(r#"id eq "x" or id eq "y""#), Access::Few(both));
        assert_eq!(user(r#"id eq "x" or title eq "y""#), Access::Walk);
    }

    #[test]
    fn what_no_index_answers_is_a_walk() {
        for filter in
            [r#"title eq "x""#, r#"not (id eq "x")"#, "emails pr", r#"userName co "a""#, r#"id ne "x""#]
        {
            assert_eq!(user(filter), Access::Walk, "{filter}");
        }
    }

    #[test]
    fn memberships_answer_from_both_sides() {
        assert_eq!(user(r#"groups.value eq "g""#), Access::MembersOf("g".to_owned()));
        let member = Access::Few(vec![Lookup::Member("u".to_owned())]);
        for filter in [r#"members eq "u""#, r#"members.value eq "u""#, r#"members[value eq "u"]"#] {
            assert_eq!(plan(&ResourceType::group(), filter), member, "{filter}");
        }
    }
}
