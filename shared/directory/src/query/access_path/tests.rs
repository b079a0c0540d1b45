#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;
use scim::filter::{bind::bind, parse::parse};
use scim::sort::sort_by;

fn plan(kind: &ResourceType, filter: &str) -> Access {
    access(kind, &bind(&parse(filter).unwrap(), kind).unwrap())
}

fn user(filter: &str) -> Access {
    plan(&ResourceType::user(), filter)
}

fn begins(attribute: &str, prefix: &str, case_exact: bool) -> Access {
    let range = Range::BeginsWith(prefix.to_owned());
    Access::Entries(Entries { attribute: attribute.to_owned(), case_exact, range })
}

#[test]
fn a_user_name_is_looked_up() {
    let lookup = Lookup::Unique { attribute: "userName".to_owned(), key: "1ana@ex.io".to_owned() };
    assert_eq!(user(r#"userName eq "Ana@ex.io""#), Access::Lookups(vec![lookup.clone()]));
    assert_eq!(user(r#"userName eq "Ana@ex.io" and active eq true"#), Access::Lookups(vec![lookup]));
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
    assert_eq!(user(r#"userName sw "a" and id eq "x""#), Access::Lookups(vec![Lookup::Id("x".to_owned())]));
}

#[test]
fn a_disjunction_is_lookups_or_a_scan() {
    let both = vec![Lookup::Id("x".to_owned()), Lookup::Id("y".to_owned())];
    assert_eq!(user(r#"id eq "x" or id eq "y""#), Access::Lookups(both));
    assert_eq!(user(r#"id eq "x" or title eq "y""#), Access::Scan);
}

#[test]
fn a_filter_without_an_index_is_a_scan() {
    for filter in [r#"title eq "x""#, r#"not (id eq "x")"#, "emails pr", r#"userName co "a""#, r#"id ne "x""#]
    {
        assert_eq!(user(filter), Access::Scan, "{filter}");
    }
}

#[test]
fn memberships_are_an_access_path_in_both_directions() {
    assert_eq!(user(r#"groups.value eq "g""#), Access::MembersOf("g".to_owned()));
    let member = Access::Lookups(vec![Lookup::Member("u".to_owned())]);
    for filter in [r#"members eq "u""#, r#"members.value eq "u""#, r#"members[value eq "u"]"#] {
        assert_eq!(plan(&ResourceType::group(), filter), member, "{filter}");
    }
}

fn by(kind: &ResourceType, filter: &str, path: &str) -> (Access, bool) {
    let filter = (!filter.is_empty()).then(|| bind(&parse(filter).unwrap(), kind).unwrap());
    sorted(kind, filter.as_ref(), &sort_by(path, kind).unwrap())
}

fn all(attribute: &str) -> Access {
    Access::Entries(Entries { attribute: attribute.to_owned(), case_exact: false, range: Range::All })
}

#[test]
fn an_index_with_every_resource_once_has_its_order() {
    let (user, group) = (ResourceType::user(), ResourceType::group());
    for filter in ["", "active eq true", r#"externalId gt "a""#, r#"title eq "x" or userName sw "a""#] {
        assert_eq!(by(&user, filter, "username"), (all("userName"), true), "{filter}");
    }
    assert_eq!(by(&group, "", "displayName"), (all("displayName"), true));
    let prefix = by(&user, r#"userName sw "a" and active eq true"#, "userName");
    assert_eq!(prefix, (begins("userName", "1a", false), true));
    assert!(by(&user, r#"userName ge "a""#, "userName").1);
}

#[test]
fn an_index_that_lacks_or_repeats_resources_has_no_order() {
    let user = ResourceType::user();
    for path in ["externalId", "emails.value", "displayName", "meta.created"] {
        assert_eq!(by(&user, "", path), (Access::Scan, false), "{path}");
    }
}

#[test]
fn a_few_candidates_are_sorted_in_memory() {
    let user = ResourceType::user();
    for filter in [r#"id eq "x""#, r#"groups.value eq "g""#, r#"externalId eq "a""#, r#"emails sw "a""#] {
        assert_eq!(by(&user, filter, "userName"), (self::user(filter), false), "{filter}");
    }
}

#[test]
fn resources_and_members_are_in_order_of_ids() {
    let user = ResourceType::user();
    assert_eq!(by(&user, "", "id"), (Access::Scan, true));
    assert_eq!(by(&user, r#"userName gt "a""#, "id"), (Access::Scan, true));
    assert_eq!(by(&user, r#"groups.value eq "g""#, "id"), (Access::MembersOf("g".to_owned()), true));
    assert!(!by(&user, r#"userName sw "a""#, "id").1);
}
