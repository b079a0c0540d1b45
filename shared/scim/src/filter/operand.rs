//! Values in comparable form (RFC 7643 §2.3, RFC 7644 §3.4.2.2).
//!
//! The filter's value and the resource's are read by the same function, and so by the same
//! rules.

use std::borrow::Cow;
use std::cmp::Ordering;

use serde_json::{Number, Value};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::ast::{CompareOp, Literal};
use crate::model::attribute::Type;
use crate::model::compare;

/// The value with which an attribute is compared.
#[derive(Debug, Clone, PartialEq)]
pub struct Operand {
    /// The value in the type of the attribute's row: `"True"` for a boolean is
    /// `Boolean(true)`, a bare `701984` for text is `Text("701984")`. Its letter case is that
    /// of the filter.
    pub literal: Literal,
    /// The value in comparable form; `None` for `null`, which asks about presence.
    pub comparable: Option<Comparable<'static>>,
}

impl Operand {
    /// The text, if it is text.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match &self.literal {
            Literal::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The value as JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        match &self.literal {
            Literal::Text(text) => Value::String(text.clone()),
            Literal::Number(number) => Value::Number(number.clone()),
            Literal::Boolean(boolean) => Value::Bool(*boolean),
            Literal::Null => Value::Null,
        }
    }
}

/// A value in comparable form.
#[derive(Debug, Clone, PartialEq)]
pub enum Comparable<'a> {
    /// Text; its letter case is folded unless the row is caseExact.
    Text(Cow<'a, str>),
    /// A boolean.
    Boolean(bool),
    /// A number.
    Number(Number),
    /// A point in time.
    Instant(OffsetDateTime),
}

impl<'a> Comparable<'a> {
    /// `value`, of an attribute of type `kind`, in comparable form; `None` if it has not that
    /// type.
    #[must_use]
    pub fn of(value: &'a Value, kind: Type, case_exact: bool) -> Option<Self> {
        match (kind, value) {
            (Type::String | Type::Reference | Type::Binary, Value::String(text)) => {
                Some(Self::Text(compare::comparable(text, case_exact)))
            }
            (Type::Boolean, Value::Bool(boolean)) => Some(Self::Boolean(*boolean)),
            (Type::Boolean, Value::String(text)) => boolean(text).map(Self::Boolean),
            (Type::Decimal | Type::Integer, Value::Number(number)) => Some(Self::Number(number.clone())),
            (Type::DateTime, Value::String(text)) => instant(text).map(Self::Instant),
            _ => None,
        }
    }

    /// The same value, owned.
    #[must_use]
    pub fn into_owned(self) -> Comparable<'static> {
        match self {
            Self::Text(text) => Comparable::Text(Cow::Owned(text.into_owned())),
            Self::Boolean(boolean) => Comparable::Boolean(boolean),
            Self::Number(number) => Comparable::Number(number),
            Self::Instant(instant) => Comparable::Instant(instant),
        }
    }

    /// Whether `self op other` is true. Values of different types are unequal and have no
    /// order.
    #[must_use]
    pub fn compares(&self, op: CompareOp, other: &Comparable<'_>) -> bool {
        match (op, self, other) {
            (CompareOp::Co, Self::Text(text), Comparable::Text(part)) => text.contains(part.as_ref()),
            (CompareOp::Sw, Self::Text(text), Comparable::Text(part)) => text.starts_with(part.as_ref()),
            (CompareOp::Ew, Self::Text(text), Comparable::Text(part)) => text.ends_with(part.as_ref()),
            (CompareOp::Co | CompareOp::Sw | CompareOp::Ew, ..) => false,
            (CompareOp::Eq, ..) => self.order(other) == Some(Ordering::Equal),
            (CompareOp::Ne, ..) => self.order(other) != Some(Ordering::Equal),
            (CompareOp::Gt, ..) => self.order(other).is_some_and(Ordering::is_gt),
            (CompareOp::Ge, ..) => self.order(other).is_some_and(Ordering::is_ge),
            (CompareOp::Lt, ..) => self.order(other).is_some_and(Ordering::is_lt),
            (CompareOp::Le, ..) => self.order(other).is_some_and(Ordering::is_le),
        }
    }

    fn order(&self, other: &Comparable<'_>) -> Option<Ordering> {
        match (self, other) {
            (Self::Text(a), Comparable::Text(b)) => Some(a.as_ref().cmp(b.as_ref())),
            (Self::Boolean(a), Comparable::Boolean(b)) => Some(a.cmp(b)),
            (Self::Instant(a), Comparable::Instant(b)) => Some(a.cmp(b)),
            (Self::Number(a), Comparable::Number(b)) => order_of_numbers(a, b),
            _ => None,
        }
    }
}

/// The exact order: an `f64` cannot distinguish 2^53 from 2^53 + 1.
fn order_of_numbers(a: &Number, b: &Number) -> Option<Ordering> {
    match (a.as_i128(), b.as_i128()) {
        (Some(a), Some(b)) => Some(a.cmp(&b)),
        (Some(a), None) => order_of_mixed(a, b.as_f64()?),
        (None, Some(b)) => order_of_mixed(b, a.as_f64()?).map(Ordering::reverse),
        (None, None) => a.as_f64()?.partial_cmp(&b.as_f64()?),
    }
}

/// Compares the integer part, then the fraction. JSON's integers have 64 bits, so a number
/// that does not fit an `i128` is beyond all of them.
fn order_of_mixed(a: i128, b: f64) -> Option<Ordering> {
    let whole = b.trunc();
    Some(a.cmp(&(whole as i128)).then(0.0.partial_cmp(&(b - whole))?))
}

/// Entra sends booleans as the texts `True` and `False`.
fn boolean(text: &str) -> Option<bool> {
    [true, false].into_iter().find(|b| text.eq_ignore_ascii_case(if *b { "true" } else { "false" }))
}

/// A date and time as RFC 3339, or as XML Schema's `dateTime` without an offset
/// (RFC 7643 §2.3.5), which is UTC.
fn instant(text: &str) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(text, &Rfc3339)
        .or_else(|_| OffsetDateTime::parse(&format!("{text}Z"), &Rfc3339))
        .ok()
}
