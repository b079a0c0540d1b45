//! Any text is read or refused, and a read filter can be printed and read again.

use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::Number;

use super::super::ast::{CompareOp, Filter, Literal};
use super::super::compile::compile;
use super::super::error::Error;
use super::super::parse::{parse, path};
use crate::model::path::AttrPath;

fn name() -> impl Strategy<Value = String> {
    "[$]?[A-Za-z][A-Za-z0-9_-]{0,5}".prop_filter("`not` opens a group", |n| !n.eq_ignore_ascii_case("not"))
}

fn attribute(sub: bool) -> impl Strategy<Value = AttrPath> {
    let sub = if sub { prop::option::of(name()).boxed() } else { Just(None).boxed() };
    let urn = prop::option::of("urn:[a-z:]{0,4}2\\.0:[A-Za-z]{1,4}");
    (urn, name(), sub).prop_map(|(urn, name, sub)| AttrPath { urn, name, sub })
}

fn literal() -> impl Strategy<Value = Literal> {
    prop_oneof![
        any::<String>().prop_map(Literal::Text),
        "[a-zA-Z0-9@.+:\"\\\\ \\-]{0,8}".prop_map(Literal::Text),
        any::<i64>().prop_map(|n| Literal::Number(n.into())),
        any::<f64>().prop_filter_map("read as written", |n| {
            // A number that JSON's reader does not read back exactly is never made of text.
            let number = Number::from_f64(n)?;
            (number.to_string().parse::<Number>().ok()? == number).then_some(Literal::Number(number))
        }),
        any::<bool>().prop_map(Literal::Boolean),
        Just(Literal::Null),
    ]
}

/// Every form that the parser returns.
fn filter(in_element: bool) -> BoxedStrategy<Filter> {
    let leaf =
        prop_oneof![
            (attribute(true), select(&CompareOp::ALL), literal())
                .prop_map(|(path, op, value)| Filter::Compare { path, op, value }),
            attribute(true).prop_map(Filter::Present),
        ];
    let leaf = if in_element {
        leaf.boxed()
    } else {
        let element = (attribute(false), filter(true))
            .prop_map(|(path, filter)| Filter::Element { path, filter: Box::new(filter) });
        prop_oneof![3 => leaf, 1 => element].boxed()
    };
    leaf.prop_recursive(3, 16, 3, |inner| {
        let parts = prop::collection::vec(inner.clone(), 2..4);
        prop_oneof![
            parts.clone().prop_map(|parts| Filter::And(
                parts.into_iter().flat_map(|p| if let Filter::And(p) = p { p } else { vec![p] }).collect()
            )),
            parts.prop_map(|parts| Filter::Or(
                parts.into_iter().flat_map(|p| if let Filter::Or(p) = p { p } else { vec![p] }).collect()
            )),
            inner.prop_map(|part| Filter::Not(Box::new(part))),
        ]
    })
    .boxed()
}

/// Checks that there is no panic, that spans are inside the text, and that the printed filter
/// reads the same.
#[track_caller]
fn is_read_or_refused(text: &str) {
    match parse(text) {
        Ok(filter) => assert_eq!(parse(&filter.to_string()), Ok(filter), "{text}"),
        Err(error) => is_in(text, &error),
    }
    match path(text) {
        Ok(read) => assert_eq!(path(&read.to_string()), Ok(read), "{text}"),
        Err(error) => is_in(text, &error),
    }
    for kind in [&*super::USER, &*super::GROUP] {
        match compile(text, kind) {
            Ok(bound) => drop(bound.matches(&serde_json::Map::new())),
            Err(error) => is_in(text, &error),
        }
    }
}

#[track_caller]
fn is_in(text: &str, error: &Error) {
    assert!(text.get(error.span.clone()).is_some(), "{error}");
    assert!(!error.reason.is_empty());
}

const PIECES: [&str; 32] = [
    "userName",
    "emails",
    "members",
    "meta.created",
    "active",
    "type",
    "value",
    ".value",
    "$ref",
    "eq",
    "ne",
    "co",
    "GT",
    "le",
    "pr",
    "and",
    "OR",
    "not",
    "(",
    ")",
    "[",
    "]",
    "\"work\"",
    "\"",
    "\\",
    "true",
    "null",
    "1.5",
    "ana@ex.io",
    "urn:ietf:params:scim:schemas:core:2.0:User:",
    "2026-03-01T00:00:00Z",
    "ü",
];

const VALID: [&str; 6] = [
    "userName eq \"ana\" and not (active eq false or title pr)",
    "emails[type eq \"work\" and (value co \"@ex.io\" or primary eq true)].display sw \"é\\u00e9\"",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value ne null",
    "meta.lastModified ge \"2011-05-13T04:42:34Z\" or id eq jyoung",
    "members[value eq \"x\"]",
    "emails[type eq \"work\"].value",
];

proptest! {
    #![proptest_config(super::cases(1000))]

    #[test]
    fn what_is_written_reads_as_it_was(filter in filter(false)) {
        prop_assert_eq!(parse(&filter.to_string()), Ok(filter));
    }

    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        is_read_or_refused(&text);
    }

    #[test]
    fn any_row_of_tokens_is_read_or_refused(
        pieces in prop::collection::vec((select(&PIECES), any::<bool>()), 0..12)
    ) {
        let text: String = pieces.iter().map(|(piece, blank)| format!("{piece}{}", if *blank { " " } else { "" })).collect();
        is_read_or_refused(&text);
    }

    #[test]
    fn any_damage_to_a_valid_filter_is_read_or_refused(
        valid in select(&VALID),
        damages in prop::collection::vec((any::<Index>(), 0..3_usize, select(&PIECES)), 1..4)
    ) {
        let mut text: Vec<String> = valid.chars().map(String::from).collect();
        for (position, removed, piece) in damages {
            let start = position.index(text.len() + 1);
            let end = (start + removed).min(text.len());
            text.splice(start..end, [piece.to_owned()]);
        }
        is_read_or_refused(&text.concat());
    }
}
