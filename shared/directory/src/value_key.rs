//! The key rule, version 1: from a value to the sort key of its index entry.
//!
//! It is unambiguous for every string (empty, containing any separator, longer than
//! DynamoDB's 1,024 bytes), keeps the order of values, and keeps prefixes, so that
//! `eq`, `sw` and ranges are queries on keys:
//!
//! 1. `1`, the rule's version: no key is empty.
//! 2. the value as it is compared ([`scim::model::compare`]), with U+0000 to U+0002
//!    written as U+0002 and U+0003 to U+0005. So U+0001 never occurs in it, and the
//!    entry of a value that many may have ends with U+0001 and the id.
//! 3. longer than 850 bytes: cut there at a character, then U+0002, U+0006 and the
//!    SHA-256 of the whole. Such a key is exact for `eq`; order and prefix are those of
//!    the cut. A hit is checked against the resource in any case.

use data_encoding::HEXLOWER;
use scim::model::compare::comparable;
use sha2::{Digest, Sha256};

/// Stands between a value's key and the id in entries of values that many may have.
/// Lower than every character of a key, so that a shorter value sorts first.
pub(crate) const SEPARATOR: char = '\u{1}';
/// Higher than every character of a key.
pub(crate) const HIGHEST: char = '\u{10FFFF}';

/// The rule's version, which every key begins with.
pub(crate) const RULE: u8 = 1;

const VERSION: char = '1';
const ESCAPE: char = '\u{2}';
const CUT: char = '\u{6}';
const LONGEST: usize = 850;
/// The length of a SHA-256 in hexadecimal.
const DIGEST: usize = 64;

/// Keys shorter than this are whole, and so is their order: what is longer may have been
/// cut, or lie among keys that were.
pub(crate) const EXACT: usize = LONGEST - 4;

/// The key of `value`: at most 920 bytes.
#[must_use]
pub(crate) fn of(value: &str, case_exact: bool) -> String {
    cut_short(&escaped(value, case_exact))
}

/// The key of `text`, which is in the form in which it is compared, before it is cut:
/// such keys have the order of their texts.
#[must_use]
pub(crate) fn whole(text: &str) -> String {
    escaped(text, true)
}

/// What [`of`] makes of a whole key.
#[must_use]
pub(crate) fn cut_short(whole: &str) -> String {
    match cut(whole) {
        None => whole.to_owned(),
        Some(head) => {
            let digest = HEXLOWER.encode(&Sha256::digest(whole.as_bytes()));
            format!("{head}{ESCAPE}{CUT}{digest}")
        }
    }
}

/// What is left of a key that was cut; `None` when it is whole.
#[must_use]
pub(crate) fn head(key: &str) -> Option<&str> {
    let (head, digest) = key.rsplit_once(CUT)?;
    head.strip_suffix(ESCAPE).filter(|_| digest.len() == DIGEST)
}

/// What the keys of all values that begin with `value` begin with. A long prefix is
/// cut: more keys begin so than are meant.
#[must_use]
pub(crate) fn prefix(value: &str, case_exact: bool) -> String {
    let whole = escaped(value, case_exact);
    match cut(&whole) {
        None => whole,
        Some(head) => head.to_owned(),
    }
}

/// What no key of a value that is not less than `value` is less than. Two long values
/// may be cut a few bytes apart; the bound is cut before both.
#[must_use]
pub(crate) fn at_least(value: &str, case_exact: bool) -> String {
    let whole = escaped(value, case_exact);
    match whole.get(..whole.floor_char_boundary(LONGEST - 4)) {
        Some(head) if head.len() < whole.len() => head.strip_suffix(ESCAPE).unwrap_or(head).to_owned(),
        _ => whole,
    }
}

/// The entry of `value` in `id`, where many may have the value.
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

fn cut(key: &str) -> Option<&str> {
    if key.len() <= LONGEST {
        return None;
    }
    // Never between an escape and what it escapes: the mark would then read as one.
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
