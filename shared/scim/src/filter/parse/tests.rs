#![allow(clippy::unwrap_used, reason = "tests")]

use serde_json::Number;

use super::super::ast::{CompareOp, Literal, Path};
use super::*;
use crate::model::path::AttrPath;

fn compare(path: &str, op: CompareOp, value: Literal) -> Filter {
    Filter::Compare { path: AttrPath::split(path), op, value }
}

fn eq(path: &str, value: &str) -> Filter {
    compare(path, CompareOp::Eq, Literal::Text(value.to_owned()))
}

fn pr(path: &str) -> Filter {
    Filter::Present(AttrPath::split(path))
}

fn element(path: &str, filter: Filter) -> Filter {
    Filter::Element { path: AttrPath::split(path), filter: Box::new(filter) }
}

fn not(filter: Filter) -> Filter {
    Filter::Not(Box::new(filter))
}

#[track_caller]
fn reads(text: &str, filter: Filter) {
    assert_eq!(parse(text), Ok(filter), "{text}");
}

#[track_caller]
fn value(text: &str) -> Literal {
    match parse(&format!("a eq {text}")) {
        Ok(Filter::Compare { value, .. }) => value,
        other => unreachable!("{text}: {other:?}"),
    }
}

#[test]
fn and_binds_closer_than_or_and_not_closer_than_both() {
    reads("a pr or b pr and c pr", Filter::Or(vec![pr("a"), Filter::And(vec![pr("b"), pr("c")])]));
    reads("a pr and b pr or c pr", Filter::Or(vec![Filter::And(vec![pr("a"), pr("b")]), pr("c")]));
    reads("not (a pr) and b pr", Filter::And(vec![not(pr("a")), pr("b")]));
    reads("not (a pr) or b pr", Filter::Or(vec![not(pr("a")), pr("b")]));
}

#[test]
fn groups_change_the_order_and_vanish_where_they_do_not() {
    reads("(a pr or b pr) and c pr", Filter::And(vec![Filter::Or(vec![pr("a"), pr("b")]), pr("c")]));
    reads("not (a pr and b pr)", not(Filter::And(vec![pr("a"), pr("b")])));
    reads("((a pr))", pr("a"));
    reads("a pr and (b pr and c pr)", Filter::And(vec![pr("a"), pr("b"), pr("c")]));
    reads("(a pr or b pr) or c pr", Filter::Or(vec![pr("a"), pr("b"), pr("c")]));
}

#[test]
fn operators_and_keywords_are_read_in_any_letter_case() {
    reads(
        "A EQ \"x\" AND Not(B Pr) oR c eQ \"y\"",
        Filter::Or(vec![Filter::And(vec![eq("A", "x"), not(pr("B"))]), eq("c", "y")]),
    );
    for op in CompareOp::ALL {
        let text = format!("a {} 1", op.word().to_uppercase());
        reads(&text, compare("a", op, Literal::Number(1.into())));
    }
}

#[test]
fn not_needs_no_blank_and_blanks_do_no_harm() {
    reads("not(a pr)", not(pr("a")));
    reads("\t not  (\n a\tpr ) ", not(pr("a")));
    reads("  a   eq   \"x  y\"  ", eq("a", "x  y"));
    reads("emails [ type eq \"work\" ]", element("emails", eq("type", "work")));
}

#[test]
fn a_value_path_holds_a_whole_filter_about_one_element() {
    reads(
        "emails[not (type eq \"work\" or primary eq true) and value co \"@x\"]",
        element(
            "emails",
            Filter::And(vec![
                not(Filter::Or(vec![
                    eq("type", "work"),
                    compare("primary", CompareOp::Eq, Literal::Boolean(true)),
                ])),
                compare("value", CompareOp::Co, Literal::Text("@x".to_owned())),
            ]),
        ),
    );
}

#[test]
fn what_is_compared_behind_a_value_path_belongs_to_the_same_element() {
    let both = element("emails", Filter::And(vec![eq("type", "work"), eq("value", "x")]));
    reads("emails[type eq \"work\" and value eq \"x\"]", both.clone());
    reads("emails[type eq \"work\"].value eq \"x\"", both.clone());
    reads("emails[type eq \"work\"] eq \"x\"", both);
    reads("emails[a pr and b pr].c pr", element("emails", Filter::And(vec![pr("a"), pr("b"), pr("c")])));
    reads(
        "emails[a pr or b pr].c pr",
        element("emails", Filter::And(vec![Filter::Or(vec![pr("a"), pr("b")]), pr("c")])),
    );
    reads("emails[a pr] pr", element("emails", pr("a")));
    reads("emails[a pr] and b pr", Filter::And(vec![element("emails", pr("a")), pr("b")]));
}

#[test]
fn a_urn_ends_at_the_last_colon() {
    let path = |urn: &str, name: &str, sub: Option<&str>| AttrPath {
        urn: Some(urn.to_owned()),
        name: name.to_owned(),
        sub: sub.map(str::to_owned),
    };
    let user = "urn:ietf:params:scim:schemas:core:2.0:User";
    reads(&format!("{user}:userName pr"), Filter::Present(path(user, "userName", None)));
    let enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    reads(
        &format!("{enterprise}:manager.$ref pr"),
        Filter::Present(path(enterprise, "manager", Some("$ref"))),
    );
    reads(
        &format!("{user}:emails[type eq \"work\"]"),
        Filter::Element { path: path(user, "emails", None), filter: Box::new(eq("type", "work")) },
    );
}

#[test]
fn quoted_text_is_a_json_string_with_all_its_escapes() {
    let text = |text: &str| Literal::Text(text.to_owned());
    assert_eq!(value(r#""a\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00""#), text("a\"\\/\u{8}\u{c}\n\r\té😀"));
    assert_eq!(value("\"true\""), text("true"));
    assert_eq!(
        value("\"TestGrp-!@#$%^&*()_+=-{}][\\\":;'/.,?\""),
        text("TestGrp-!@#$%^&*()_+=-{}][\":;'/.,?")
    );
    assert_eq!(value("\"\""), text(""));
}

#[test]
fn words_without_quotes_are_values_too() {
    for word in ["jyoung", "ana@ex.io", "a.b-c+d:e", "2011-05-13T04:42:34Z", "R&D", "and", "O'Malley"] {
        assert_eq!(value(word), Literal::Text(word.to_owned()));
    }
    reads("(externalId eq jyoung)", eq("externalId", "jyoung"));
    reads(
        "emails[type eq work].value eq ana@ex.io",
        parse("emails[type eq \"work\" and value eq \"ana@ex.io\"]").unwrap(),
    );
}

#[test]
fn a_bare_number_or_boolean_that_json_would_spell_otherwise_stays_the_text_that_was_sent() {
    for word in ["007", "1.50", "+1", "1e5", "123456789012345678901234567890", "-0", "TRUE", "False"] {
        assert_eq!(value(word), Literal::Text(word.to_owned()));
    }
    assert_eq!(value("7"), Literal::Number(7.into()));
    assert_eq!(value("-7"), Literal::Number((-7).into()));
    assert_eq!(value("1.5"), Literal::Number(Number::from_f64(1.5).unwrap()));
    assert_eq!(value("18446744073709551615"), Literal::Number(u64::MAX.into()));
    assert_eq!(value("true"), Literal::Boolean(true));
    assert_eq!(value("false"), Literal::Boolean(false));
    assert_eq!(value("null"), Literal::Null);
    assert_eq!(value("Null"), Literal::Null);
}

#[test]
fn a_patch_path_is_an_attribute_an_element_or_a_part_of_elements() {
    let plain = |text: &str| Path { attr: AttrPath::split(text), filter: None, sub: None };
    for text in [
        "members",
        "name.familyName",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value",
    ] {
        assert_eq!(path(text), Ok(plain(text)));
    }
    assert_eq!(
        path("addresses[type eq \"work\"]"),
        Ok(Path { filter: Some(eq("type", "work")), ..plain("addresses") })
    );
    assert_eq!(
        path(" emails[type eq \"other\"].Value "),
        Ok(Path { filter: Some(eq("type", "other")), sub: Some("Value".to_owned()), ..plain("emails") })
    );
    assert_eq!(
        path("roles[primary eq \"True\"].$ref").map(|path| path.to_string()),
        Ok("roles[primary eq \"True\"].$ref".to_owned())
    );
}

#[test]
fn a_patch_path_is_nothing_else() {
    for text in [
        "",
        " ",
        "a b",
        "a eq 1",
        "(a)",
        "a[b pr",
        "a[]",
        "a[b pr]c",
        "a[b pr].c.d",
        "a[b pr] eq 1",
        "a.b[c pr]",
        "a pr",
    ] {
        let error = path(text).unwrap_err();
        assert!(text.get(error.span.clone()).is_some());
        assert!(error.detail("path").starts_with("the path is not valid at "), "{error}");
    }
}

#[test]
fn a_filter_is_written_with_the_brackets_it_needs_and_no_others() {
    for (text, written) in [
        ("((A pr)AND b EQ x)or(c pr)", "A pr and b eq \"x\" or c pr"),
        ("(a pr or b pr) and not(c pr)", "(a pr or b pr) and not (c pr)"),
        ("emails[type eq work].value co x", "emails[type eq \"work\" and value co \"x\"]"),
        ("a ne NULL or b gt 1.5 or c eq true", "a ne null or b gt 1.5 or c eq true"),
    ] {
        assert_eq!(parse(text).map(|filter| filter.to_string()), Ok(written.to_owned()));
    }
}
