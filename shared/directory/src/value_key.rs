//! The key rule, version 1: from a value to the sort key of its index entry.
//!
//! A key is unique for every text (empty, with any separator in it, longer than DynamoDB's 1,024 bytes).
//! Keys keep the order and the prefixes of values, so that `eq`, `sw` and ranges are queries on keys. A key
//! consists of:
//!
//! 1. `1`, the version of the rule: so no key is empty.
//! 2. The value in the form in which it is compared ([`scim::model::compare`]), with U+0000 to U+0002 written
//!    as U+0002 and U+0003 to U+0005. So it never contains U+0001, and the entry of a value that is not
//!    unique ends with U+0001 and the id.
//! 3. If that is longer than 850 bytes, it is truncated there, at the end of a character, and followed by
//!    U+0002, U+0006 and the SHA-256 of the whole. Such a key is exact for `eq`; its order and prefixes are
//!    those of the truncated text. Every resource that is found is checked against the filter anyway.

use data_encoding::HEXLOWER;
use scim::model::compare::comparable;
use sha2::{Digest, Sha256};

/// Separates key and id in the entry of a value that is not unique. Lower than every character of a key, so
/// that a shorter value sorts first.
pub(crate) const SEPARATOR: char = '\u{1}';
/// Higher than every character of a key.
pub(crate) const HIGHEST: char = '\u{10FFFF}';

/// The version of the rule.
pub(crate) const RULE: u8 = 1;

const VERSION: char = '1';
const ESCAPE: char = '\u{2}';
const TRUNCATED: char = '\u{6}';
const LONGEST: usize = 850;
/// The length of a SHA-256 in hexadecimal.
const DIGEST: usize = 64;

/// Keys shorter than this are whole, and sort exactly. A longer key may be truncated, or be among
/// truncated ones.
pub(crate) const EXACT: usize = LONGEST - 4;

/// The key of `value`: at most 920 bytes.
#[must_use]
pub(crate) fn of(value: &str, case_exact: bool) -> String {
    truncated(&escaped(value, case_exact))
}

/// The key of `text`, which is in the form in which it is compared, without truncation: such keys sort as
/// their texts do.
#[must_use]
pub(crate) fn whole(text: &str) -> String {
    escaped(text, true)
}

/// A whole key in the form that [`of`] returns: truncated if it is long.
#[must_use]
pub(crate) fn truncated(whole: &str) -> String {
    match truncate(whole) {
        None => whole.to_owned(),
        Some(head) => {
            let digest = HEXLOWER.encode(&Sha256::digest(whole.as_bytes()));
            format!("{head}{ESCAPE}{TRUNCATED}{digest}")
        }
    }
}

/// The beginning of a key that was truncated; `None` when it is whole.
#[must_use]
pub(crate) fn head(key: &str) -> Option<&str> {
    let (head, digest) = key.rsplit_once(TRUNCATED)?;
    head.strip_suffix(ESCAPE).filter(|_| digest.len() == DIGEST)
}

/// The text that the keys of all values that begin with `value` begin with. A long prefix is truncated: then
/// keys of other values begin with it, too.
#[must_use]
pub(crate) fn prefix(value: &str, case_exact: bool) -> String {
    let whole = escaped(value, case_exact);
    match truncate(&whole) {
        None => whole,
        Some(head) => head.to_owned(),
    }
}

/// A lower bound of the keys of all values that are at least `value`. Two long values may be truncated a few
/// bytes apart; the bound is truncated before both.
#[must_use]
pub(crate) fn at_least(value: &str, case_exact: bool) -> String {
    let whole = escaped(value, case_exact);
    match whole.get(..whole.floor_char_boundary(LONGEST - 4)) {
        Some(head) if head.len() < whole.len() => head.strip_suffix(ESCAPE).unwrap_or(head).to_owned(),
        _ => whole,
    }
}

/// The sort key of the entry for a value with the key `key` in the resource `id`, if the value is not unique.
#[must_use]
pub(crate) fn many(key: &str, id: &str) -> String {
    format!("{key}{SEPARATOR}{id}")
}

fn escaped(value: &str, case_exact: bool) -> String {
    let value = comparable(value, case_exact);
    let mut key = String::with_capacity(value.len() + 1);
    key.push(VERSION);
    for c in value.chars() {
        match c {
            '\u{0}' => key.extend([ESCAPE, '\u{3}']),
            '\u{1}' => key.extend([ESCAPE, '\u{4}']),
            '\u{2}' => key.extend([ESCAPE, '\u{5}']),
            other => key.push(other),
        }
    }
    key
}

fn truncate(key: &str) -> Option<&str> {
    if key.len() <= LONGEST {
        return None;
    }
    // Never between an escape and the escaped character: the truncation mark would then be ambiguous.
    key.get(..key.floor_char_boundary(LONGEST)).map(|head| head.strip_suffix(ESCAPE).unwrap_or(head))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn letter_case_and_composition_do_not_count_unless_exact() {
        assert_eq!(of("Ana@Ex.io", false), of("ana@ex.IO", false));
        assert_eq!(of("e\u{301}", false), of("\u{e9}", false));
        assert_eq!(of("STRASSE", false), of("straße", false));
        assert_ne!(of("A", true), of("a", true));
    }

    #[test]
    fn long_values_that_differ_only_at_the_end_have_different_keys() {
        let long = "x".repeat(5000);
        assert_ne!(of(&format!("{long}a"), false), of(&format!("{long}b"), false));
        assert!(of(&long, false).len() <= 920);
    }

    fn text() -> impl Strategy<Value = String> {
        prop_oneof!["\\PC{0,12}", "[\u{0}-\u{7}#a-c]{0,6}", "[a\u{1}\u{2}é]{840,860}"]
    }

    proptest! {
        #[test]
        fn different_values_have_different_keys(a in text(), b in text()) {
            prop_assert_eq!(of(&a, true) == of(&b, true), a == b);
        }

        #[test]
        fn no_key_contains_the_separator_or_outgrows_dynamodb(a in text()) {
            let key = of(&a, true);
            prop_assert!(!key.contains(SEPARATOR));
            prop_assert!(many(&key, "0190b1a2-0000-7000-8000-000000000000").len() <= 1024);
        }

        #[test]
        fn keys_keep_the_order_of_short_values(a in text(), b in text()) {
            prop_assume!(a.len() < 800 && b.len() < 800);
            prop_assert_eq!(of(&a, true).cmp(&of(&b, true)), a.cmp(&b));
        }

        #[test]
        fn no_value_is_below_the_bounds_of_a_range_that_holds_it(a in text(), b in text()) {
            let (low, high) = if a <= b { (a, b) } else { (b, a) };
            prop_assert!(of(&high, true) >= at_least(&low, true));
            let bound = format!("{}{HIGHEST}", prefix(&high, true));
            prop_assert!(of(&low, true) <= bound);
        }

        #[test]
        fn a_value_is_found_by_each_of_its_prefixes(a in text(), b in text()) {
            let whole = format!("{a}{b}");
            prop_assert!(of(&whole, true).starts_with(&prefix(&a, true)));
        }
    }
}
