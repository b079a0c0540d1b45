//! What a resource is sorted by, as a text that sorts as the values do: so that places can
//! be compared, kept and handed out without knowing what they are made of.
//!
//! Text has the form of an index key ([`key`]), so that a place in an index is one in memory
//! as well. Only a place is cut where it is long; in memory the whole text counts.

use scim::filter::operand::Comparable;
use serde_json::Number;

use crate::value_key::{self as key, SEPARATOR};

/// Behind every value.
const NONE: &str = "9";

/// What `value` sorts as, whole; `None` stands behind everything.
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

/// What a place may hold of a text that sorts: cut like an index key where it is long.
pub(super) fn cut(whole: &str) -> String {
    key::cut_short(whole)
}

/// Whether `key` was cut, so that it says nothing of what comes behind its head.
pub(super) fn head(key: &str) -> Option<&str> {
    key::head(key)
}

/// The place of the resource `id` among those that sort alike.
pub(super) fn of(sorts_as: &str, id: &str) -> String {
    key::many(sorts_as, id)
}

/// What [`of`] put together.
pub(super) fn split(place: &str) -> (&str, &str) {
    place.rsplit_once(SEPARATOR).unwrap_or((place, ""))
}

/// Numbers by their nearest float, and those that have one float by the whole number that
/// they are: beyond 2^53 floats are wider apart than whole numbers.
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
            any::<f64>().prop_filter("JSON has no other", |f| f.is_finite()).prop_map(Value::from),
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
        fn a_place_is_short_and_one_that_is_not_cut_is_whole(a in text()) {
            let value = Comparable::of(&a, Type::String, false).unwrap();
            let (whole, place) = (whole(Some(&value)), short(&value));
            prop_assert_eq!(&cut(&whole), &place);
            prop_assert!(place.len() <= 920);
            match head(&place) {
                Some(head) => prop_assert!(whole.starts_with(head) && head.len() >= 840),
                None => prop_assert_eq!(whole, place),
            }
        }

        #[test]
        fn the_id_is_told_from_the_value(a in text()) {
            let sorts_as = whole(Some(&Comparable::of(&a, Type::String, true).unwrap()));
            let place = of(&sorts_as, "0190");
            prop_assert_eq!(split(&place), (sorts_as.as_str(), "0190"));
        }
    }
}
