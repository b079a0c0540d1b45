#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use serde_json::json;

use super::super::ast::Literal;
use super::super::bound::Comparison;
use super::super::compile::compile;
use super::super::parse::{parse, path};
use super::*;
use crate::model::attribute::{Mutability, Returned, Type};

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// A user with a number and with all kinds of secrets, which the built-in schemas do not have.
fn user() -> ResourceType {
    let string = Attribute::string;
    let unanswered = |row: Attribute| row.returned(Returned::Never);
    let rows = [
        Attribute::new(Type::Integer, "badge", "a number"),
        unanswered(string("pin", "never returned")),
        string("code", "only written").mutability(Mutability::WriteOnly),
        unanswered(Attribute::complex("safe", "never answered", vec![string("shelf", "a part")])),
        Attribute::complex(
            "card",
            "answered",
            vec![string("name", "a part"), unanswered(string("cvc", "not"))],
        ),
    ];
    let mut user = ResourceType::user();
    user.extensions.iter_mut().for_each(|extension| extension.schema.attributes.extend(rows.clone()));
    user
}

#[track_caller]
fn comparison(text: &str) -> Comparison {
    match compile(text, &user()) {
        Ok(Bound::Compare(comparison)) => comparison,
        other => panic!("{text}: {other:?}"),
    }
}

#[track_caller]
fn refuses(text: &str, marked: &str, message: &str) {
    let error = compile(text, &user()).unwrap_err();
    assert_eq!(text.get(error.span.clone()), Some(marked), "{error}");
    assert!(error.to_string().contains(message), "{error}");
}

#[test]
fn names_become_canonical_whatever_their_letter_case_and_prefix() {
    for (text, dotted) in [
        ("USERNAME eq a", "userName"),
        ("Urn:IETF:params:scim:schemas:core:2.0:user:username eq a", "userName"),
        ("name.GIVENNAME eq a", "name.givenName"),
        ("Emails.Value eq a", "emails.value"),
        ("id eq a", "id"),
        ("META.resourcetype eq a", "meta.resourceType"),
    ] {
        assert_eq!(comparison(text).path.dotted(), dotted, "{text}");
    }
    for text in ["department eq a", &format!("{}:DEPARTMENT eq a", ENTERPRISE.to_uppercase())] {
        assert_eq!(comparison(text).path.dotted(), format!("{ENTERPRISE}:department"));
    }
}

#[test]
fn a_path_carries_what_its_row_says() {
    let path = comparison("emails.value eq a").path;
    assert!(path.is("emails", Some("value")) && !path.is("emails", None));
    assert!(path.multi_valued && !path.case_exact);
    let path = comparison("externalId eq a").path;
    assert!(path.case_exact && !path.multi_valued && path.kind == Type::String);
    assert!(!comparison("department eq a").path.is("department", None), "an extension's, not the core's");
}

#[test]
fn a_complex_attribute_stands_for_its_value() {
    assert!(comparison("emails co a").path.is("emails", Some("value")));
    assert!(comparison("groups eq a").path.is("groups", Some("value")));
    assert_eq!(comparison("manager eq a").path.dotted(), format!("{ENTERPRISE}:manager.value"));
    let Ok(Bound::Compare(members)) = compile("members eq a", &ResourceType::group()) else { panic!() };
    assert!(members.path.is("members", Some("value")));
    refuses("name eq a", "name", "such as `name.formatted`");
    refuses("addresses co a", "addresses", "such as `addresses.formatted`");
}

#[test]
fn a_value_gets_the_type_of_its_row() {
    let literal = |text: &str| comparison(text).value.literal;
    let text = |text: &str| Literal::Text(text.to_owned());
    assert_eq!(literal("externalId eq 701984"), text("701984"));
    assert_eq!(literal("externalId eq 007"), text("007"));
    assert_eq!(literal("externalId eq TRUE"), text("TRUE"));
    assert_eq!(literal("userName eq true"), text("true"));
    assert_eq!(literal("userName eq \"Ana\""), text("Ana"));
    for boolean in ["True", "\"True\"", "\"true\"", "true", "TRUE"] {
        assert_eq!(literal(&format!("active eq {boolean}")), Literal::Boolean(true));
    }
    assert_eq!(literal("active ne \"FALSE\""), Literal::Boolean(false));
    assert_eq!(literal("badge gt \"12\""), Literal::Number(12.into()));
    assert_eq!(comparison("active eq \"True\"").value.json(), json!(true));
    assert_eq!(comparison("userName eq \"Ana\"").value.text(), Some("Ana"));
}

#[test]
fn an_operand_is_folded_only_where_letter_case_does_not_count() {
    use super::super::operand::Comparable;
    let form = |text: &str| comparison(text).value.comparable;
    assert_eq!(form("userName eq \"ÄNA\""), Some(Comparable::Text("äna".into())));
    assert_eq!(form("externalId eq \"ÄNA\""), Some(Comparable::Text("ÄNA".into())));
}

#[test]
fn an_unknown_attribute_is_refused_by_its_name() {
    refuses("userName eq a and colour eq b", "colour", "`colour`): a User has no attribute of this name");
    refuses("name.colour pr", "name.colour", "a User has no attribute");
    refuses("userName.value eq a", "userName.value", "a User has no attribute");
    refuses("urn:x:User:userName eq a", "urn:x:User:userName", "a User has no attribute");
    refuses("colour[value eq a]", "colour", "a User has no attribute");
    refuses("emails[value eq a and colour eq b]", "colour", "an element of `emails` has no sub-attribute");
    refuses("emails[type eq a].colour eq b", ".colour", "an element of `emails`");
    refuses("emails[emails.value eq b]", "emails.value", "an element of `emails`");
    refuses("emails[value.type eq b]", "value.type", "an element of `emails`");
    refuses("emails[urn:x:value eq b]", "urn:x:value", "an element of `emails`");
    refuses("addresses[type eq a] eq b", "eq", "an element of `addresses`");
    refuses("members eq a", "members", "a User has no attribute");
}

#[test]
fn only_complex_attributes_have_elements() {
    refuses("userName[value eq a]", "userName", "no parts");
    refuses("schemas[value eq a]", "schemas", "no parts");
    assert!(compile("name[familyName eq a]", &user()).is_ok());
    // The parser never returns this, but a filter can be built by hand.
    let filter = Filter::Element {
        path: AttrPath::split("emails.value"),
        filter: Box::new(Filter::Present(AttrPath::split("type"))),
    };
    assert!(bind(&filter, &user()).is_err());
}

#[test]
fn an_attribute_that_is_never_returned_cannot_be_used() {
    refuses("password eq \"x\"", "password", "never returned");
    refuses("userName eq a or not (PASSWORD pr)", "PASSWORD", "never returned");
    refuses("password eq null", "password", "never returned");
    refuses(
        "urn:ietf:params:scim:schemas:core:2.0:User:password sw a",
        "urn:ietf:params:scim:schemas:core:2.0:User:password",
        "never returned",
    );
    for secret in ["pin", "code", "safe", "safe.shelf", "card.cvc"] {
        refuses(&format!("{secret} pr"), secret, "never returned");
    }
    refuses("card[cvc eq 1]", "cvc", "never returned");
    refuses("safe[shelf eq 1]", "safe", "never returned");
    assert!(compile("card.name eq a and card pr", &user()).is_ok());
}

#[test]
fn an_order_of_booleans_binaries_and_complex_attributes_is_refused() {
    for op in ["gt", "ge", "lt", "le", "co", "sw", "ew"] {
        refuses(&format!("active {op} true"), op, "`active` is a boolean");
        refuses(&format!("emails[primary {op} true]"), op, "`primary` is a boolean");
        refuses(&format!("x509Certificates.value {op} a"), op, "is binary");
        refuses(&format!("x509Certificates {op} a"), op, "is binary");
        refuses(&format!("name {op} a"), "name", "consists of parts");
        refuses(&format!("title {op} null"), op, "`null` can be compared by `eq` and `ne` only");
    }
    for op in ["co", "sw", "ew"] {
        refuses(&format!("meta.created {op} \"2026\""), op, "`gt`, `ge`, `lt`, `le`");
        refuses(&format!("badge {op} 1"), op, "is a number");
    }
}

#[test]
fn a_value_that_never_fits_is_refused_at_its_position() {
    refuses("active eq \"maybe\"", "\"maybe\"", "`active` must be compared with a boolean");
    refuses("active eq 1", "1", "a boolean");
    refuses("roles[primary eq yes]", "yes", "a boolean");
    refuses("meta.created gt yesterday", "yesterday", "a date and time, such as");
    refuses("meta.created ge 2026-03-31", "2026-03-31", "a date and time");
    refuses("meta.created eq 5", "5", "a date and time");
    refuses("meta.created eq true", "true", "a date and time");
    refuses("badge lt many", "many", "a number");
    refuses("badge eq true", "true", "a number");
    // A connection test filters by a random value of the matching attribute.
    assert!(compile("badge eq \"5f2c-77\" or meta.created eq \"5f2c-77\"", &user()).is_ok());
}

#[test]
fn an_extension_is_present_when_one_of_its_attributes_is() {
    let Ok(Bound::Or(parts)) = compile(&format!("{ENTERPRISE} pr"), &user()) else { panic!() };
    let names: Vec<_> = parts
        .iter()
        .map(|part| match part {
            Bound::Present(path) => path.attribute.as_str(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert!(names.contains(&"manager") && !names.contains(&"pin") && !names.contains(&"safe"), "{names:?}");
    refuses(&format!("{ENTERPRISE} eq a"), ENTERPRISE, "name one of its attributes");
}

#[test]
fn the_filter_of_a_patch_path_is_bound_to_the_rows_of_the_attribute() {
    let user = user();
    let path = path("Roles[Primary eq \"True\"].value").unwrap();
    let roles = user.attribute(&path.attr.name).unwrap();
    let Ok(Bound::Compare(primary)) = bind_element(&path.filter.unwrap(), roles) else { panic!() };
    assert!(primary.path.is("primary", None) && primary.value.json() == json!(true));
    let error = bind_element(&parse("colour eq 1").unwrap(), roles).unwrap_err();
    assert_eq!(
        error.detail("path"),
        "the path is not valid at `colour`: an element of `roles` has no sub-attribute of this name"
    );
    let error = bind_element(&parse("primary gt true").unwrap(), roles).unwrap_err();
    assert!(error.to_string().contains("`primary gt true`"), "{error}");
}

#[test]
fn positions_after_value_paths_and_groups_are_right() {
    let text = "not (emails[type eq \"ü\"].value sw \"ü\") and (emails[primary eq true] or x eq 1)";
    refuses(text, "x", "character 72 (`x`)");
}

#[test]
fn a_refusal_is_invalid_filter() {
    let error: crate::error::Error = compile("active gt true", &user()).unwrap_err().into();
    assert_eq!((error.kind.status(), error.kind.scim_type()), (400, Some("invalidFilter")));
    assert_eq!(
        error.detail,
        "the filter is not valid at character 8 (`gt`): `active` is a boolean: compare it by `eq`, `ne` \
         and `pr` only"
    );
}
