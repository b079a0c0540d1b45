//! Texts that are not a filter, and their errors.
#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;

/// The message, and the part of the text that its span marks.
#[track_caller]
fn refuses(text: &str, marked: &str, message: &str) {
    let error = parse(text).unwrap_err();
    assert_eq!(text.get(error.span.clone()), Some(marked), "{error}");
    assert!(error.to_string().contains(message), "{error}");
}

#[test]
fn a_mistake_is_shown_at_its_position() {
    let error = parse("userName xx \"ana\"").unwrap_err();
    assert_eq!(
        error.detail("filter"),
        "the filter is not valid at character 10 (`xx`): expected an operator: `eq`, `ne`, `co`, `sw`, `ew`, \
         `gt`, `ge`, `lt`, `le` or `pr`"
    );
    refuses("", "", "at its end: expected an attribute");
    refuses("   ", "", "at its end: expected an attribute");
    refuses("userName", "", "at its end: expected an operator");
    refuses("userName eq", "", "at its end: expected a value");
    refuses("userName eq )", ")", "expected a value");
    refuses("userName eq \"a", "\"a", "no closing quote");
    refuses("userName eq \"\\x\"", "\"\\x\"", "not a JSON string");
    refuses("userName eq \"\\ud800\"", "\"\\ud800\"", "not a JSON string");
    refuses("userName eq 'ana'", "'ana'", "double quotes");
    refuses("userName eq “ana”", "“ana”", "double quotes");
    refuses("displayName eq EDU All", "All", "expected `and`, `or` or the end");
    refuses("title pr \"x\"", "\"x\"", "expected `and`, `or` or the end");
    refuses("title pr and", "", "at its end: expected an attribute");
    refuses("and title pr", "title", "expected an operator");
    refuses("title pr)", ")", "not opened");
    refuses("(title pr", "", "expected `and`, `or` or `)`");
    refuses("(title pr]", "]", "expected `and`, `or` or `)`");
    refuses("()", ")", "expected an attribute");
    refuses("emails[type eq \"work\"", "", "expected `and`, `or` or `]`");
    refuses("emails[]", "]", "expected an attribute");
    refuses("emails[type eq \"work\"].value", "", "expected an operator");
    refuses("emails[type eq \"work\"].2 eq 1", ".2", "valid name of a sub-attribute");
    refuses("emails[type eq \"work\"] xx \"x\"", "xx", "expected `and`, `or` or the end");
    refuses("a[b[c pr]]", "[", "inside another");
    refuses("a.b[c pr]", "[", "parts have none");
    refuses("not title pr", "title", "`(` after `not`");
    refuses("not not (title pr)", "not", "`(` after `not`");
    refuses("1a pr", "1a", "valid name of an attribute");
    refuses("näme pr", "näme", "valid name of an attribute");
    refuses("a.b.c pr", "a.b.c", "valid name of an attribute");
    refuses(":a pr", ":a", "valid name of an attribute");
    refuses("\"a\" eq 1", "\"a\"", "expected an attribute");
}

#[test]
fn positions_count_characters_and_spans_count_bytes() {
    let text = "a eq \"äöü😀\" xx";
    let error = parse(text).unwrap_err();
    assert_eq!(text.get(error.span.clone()), Some("xx"));
    assert!(error.to_string().contains("character 13 "), "{error}");
}

#[test]
fn what_an_error_quotes_is_short_and_printable() {
    let error = parse(&format!("a eq 1 \u{1}{}", "é".repeat(3000))).unwrap_err();
    let detail = error.detail("filter");
    assert!(detail.len() < 400 && detail.contains("é…`") && !detail.contains('\u{1}'), "{detail}");
}

#[test]
fn a_filter_of_8_kib_is_read_and_one_byte_more_is_not() {
    let text = format!("a eq \"{}\"", "x".repeat(MAX_BYTES - 7));
    assert_eq!(text.len(), 8192);
    assert!(parse(&text).is_ok());
    refuses(&format!("{text} "), "", "longer than 8192 bytes");
}

#[test]
fn two_hundred_comparisons_are_read_and_one_more_is_not() {
    let many = |n: usize| vec!["a pr"; n].join(" or ");
    assert!(parse(&many(200)).is_ok());
    refuses(&many(201), "pr", "more than 200 comparisons");
    refuses(&format!("{} or e[b eq 1].c eq 2", many(199)), "eq", "more than 200");
}

#[test]
fn thirty_two_levels_are_read_and_one_more_is_not() {
    let nested = |open: &str, n: usize| format!("{}a pr{}", open.repeat(n), ")".repeat(n));
    for open in ["(", "not(", "a pr or ("] {
        assert!(parse(&nested(open, 32)).is_ok());
        refuses(&nested(open, 33), "(", "deeper than 32");
    }
    let in_element = format!("e[{}]", nested("(", 31));
    assert!(parse(&in_element).is_ok());
    refuses(&format!("({in_element})"), "(", "deeper than 32");
    // Levels are given back: a long flat filter is not a deep one.
    assert!(parse(&vec!["(e[a pr])"; 150].join(" and ")).is_ok());
}

#[test]
fn a_flood_of_any_one_character_is_refused_and_not_a_crash() {
    for flood in ["(", "not(", "[", "\"", "\\", "a", "a[", "a.", ":", " ", "\"\"", "'", "😀", "not ", ")"] {
        let text = flood.repeat(MAX_BYTES / flood.len());
        assert!(parse(&text).is_err(), "{flood}");
        assert!(path(&text).is_err() || flood == "a", "{flood}");
    }
}
