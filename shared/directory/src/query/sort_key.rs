//! Sort keys: texts that sort as the values of the sort attribute do, so that positions can be compared,
//! stored and sent without knowing what they consist of.
//!
//! A text value has the form of an index key ([`value_key`](crate::value_key)), so that positions in an index
//! and in memory are alike. Only positions truncate long values; in memory the whole value is compared.

use scim::filter::operand::Comparable;
use serde_json::Number;

use crate::value_key::{self as key, SEPARATOR};

/// Sorts after every value.
const NONE: &str = "9";

/// The whole sort key of `value`; `None` sorts after every value.
pub(super) fn whole(value: Option<&Comparable<'_>>) -> String {
    match value {
        Some(Comparable::Text(text)) => key::whole(text),
        Some(other) => short(other),
        None => NONE.to_owned(),
    }
}

fn short(value: &Comparable<'_>) -> String {
    match value {
        Comparable::Text(text) => key::of(text, true),
        Comparable::Boolean(value) => format!("0{}", u8::from(*value)),
        Comparable::Number(value) => format!("2{}", number(value)),
        Comparable::Instant(value) => format!("3{:032x}", biased(value.unix_timestamp_nanos())),
    }
}

/// The form of a whole sort key that a position contains: truncated like an index key if it is long.
pub(super) fn truncated(whole: &str) -> String {
    key::truncated(whole)
}

/// The beginning of a sort key that was truncated; `None` for a whole one.
pub(super) fn head(key: &str) -> Option<&str> {
    key::head(key)
}

/// The position of the resource `id` among those with the same sort key.
pub(super) fn with_id(sort_key: &str, id: &str) -> String {
    key::many(sort_key, id)
}

/// The sort key and the id in a text that [`with_id`] made.
pub(super) fn split(position: &str) -> (&str, &str) {
    position.rsplit_once(SEPARATOR).unwrap_or((position, ""))
}

/// Numbers by their nearest float, and numbers with the same float by their whole number: beyond 2^53 the
/// distance between floats is greater than one.
fn number(value: &Number) -> String {
    let float = value.as_f64().unwrap_or_default();
    let whole = value.as_i128().unwrap_or(if float.fract() == 0.0 { float as i128 } else { 0 });
    // Minus zero is zero.
    let bits = (float + 0.0).to_bits();
    let sign = 1 << 63;
    let rising = if bits & sign == 0 { bits | sign } else { !bits };
    format!("{rising:016x}{:032x}", biased(whole))
}

fn biased(whole: i128) -> u128 {
    (whole as u128) ^ (1 << 127)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod tests {
    use std::cmp::Ordering;

    use proptest::prelude::*;
    use scim::filter::ast::CompareOp;
    use scim::model::attribute::Type;
    use serde_json::{Value, json};

    use super::*;

    fn text() -> impl Strategy<Value = Value> {
        prop_oneof![
            "\\PC{0,12}".prop_map(Value::from),
            "[\u{0}-\u{7}a-cA-C]{0,6}".prop_map(Value::from),
            "[ab\u{1}é]{845,855}".prop_map(|text| Value::from("x".repeat(3) + &text)),
        ]
    }

    fn number() -> impl Strategy<Value = Value> {
        let near = |n: i64| (9_007_199_254_740_990_i64 + n) * if n % 2 == 0 { 1 } else { -1 };
        prop_oneof![
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            (-5_i64..9).prop_map(move |n| json!(near(n))),
            (-5_i64..9).prop_map(move |n| json!(near(n) as f64)),
            (-20_i64..20).prop_map(|n| json!(n as f64 / 4.0)),
            (-3_i64..3).prop_map(Value::from),
            any::<f64>().prop_filter("JSON has only finite numbers", |f| f.is_finite()).prop_map(Value::from),
        ]
    }

    fn instant() -> impl Strategy<Value = Value> {
        let zones = ["Z", "+02:00", "-11:30", ""];
        (1000_u32..9999, 1_u32..13, 0_u32..24, 0_u32..3, 0_usize..4).prop_map(move |(y, m, h, ms, zone)| {
            json!(format!("{y:04}-{m:02}-15T{h:02}:00:00.00{ms}{}", zones[zone]))
        })
    }

    /// Two values of one attribute.
    fn pair() -> impl Strategy<Value = (Type, Value, Value)> {
        prop_oneof![
            (text(), text()).prop_map(|(a, b)| (Type::String, a, b)),
            (number(), number()).prop_map(|(a, b)| (Type::Decimal, a, b)),
            (instant(), instant()).prop_map(|(a, b)| (Type::DateTime, a, b)),
            (any::<bool>(), any::<bool>()).prop_map(|(a, b)| (Type::Boolean, json!(a), json!(b))),
        ]
    }

    proptest! {
        /// Total, because texts are; and `gt` and `lt` never disagree with it.
        #[test]
        fn the_order_is_that_of_filters((kind, a, b) in pair(), exact in any::<bool>()) {
            let (a, b) = (Comparable::of(&a, kind, exact).unwrap(), Comparable::of(&b, kind, exact).unwrap());
            let by_filter = match () {
                () if a.compares(CompareOp::Lt, &b) => Ordering::Less,
                () if a.compares(CompareOp::Gt, &b) => Ordering::Greater,
                () => Ordering::Equal,
            };
            prop_assert_eq!(whole(Some(&a)).cmp(&whole(Some(&b))), by_filter);
            prop_assert!(whole(Some(&a)) < whole(None));
        }

        #[test]
        fn a_position_is_short_and_whole_unless_it_is_truncated(a in text()) {
            let value = Comparable::of(&a, Type::String, false).unwrap();
            let (whole, position) = (whole(Some(&value)), short(&value));
            prop_assert_eq!(&truncated(&whole), &position);
            prop_assert!(position.len() <= 920);
            match head(&position) {
                Some(head) => prop_assert!(whole.starts_with(head) && head.len() >= 840),
                None => prop_assert_eq!(whole, position),
            }
        }

        #[test]
        fn the_id_is_separated_from_the_value(a in text()) {
            let sort_key = whole(Some(&Comparable::of(&a, Type::String, true).unwrap()));
            let position = with_id(&sort_key, "0190");
            prop_assert_eq!(split(&position), (sort_key.as_str(), "0190"));
        }
    }
}
