//! Conditions of a write: what must hold of the item as it is.
//!
//! ```
//! use table::condition::{absent, equals};
//! use table::name::{PK, VERSION};
//!
//! let new_or_first = absent(PK).or(equals(VERSION, 1));
//! ```

use std::borrow::Cow;

use crate::expression::Placeholders;
use crate::item::Value;

/// An attribute's name: a constant of [`name`](crate::name), or one that is made of such.
pub type Attribute = Cow<'static, str>;

/// What must hold of an item.
#[derive(Debug, Clone)]
pub struct Condition(Test);

#[derive(Debug, Clone)]
enum Test {
    Absent(Attribute),
    Exists(Attribute),
    Compare(Attribute, &'static str, Value),
    And(Box<(Test, Test)>),
    Or(Box<(Test, Test)>),
}

/// The item has no `attribute`. Of the partition key: there is no item.
pub fn absent(attribute: impl Into<Attribute>) -> Condition {
    Condition(Test::Absent(attribute.into()))
}

/// The item has `attribute`. Of the partition key: there is an item.
pub fn exists(attribute: impl Into<Attribute>) -> Condition {
    Condition(Test::Exists(attribute.into()))
}

/// The item's `attribute` is `value`.
pub fn equals(attribute: impl Into<Attribute>, value: impl Into<Value>) -> Condition {
    compare(attribute, "=", value)
}

/// The item's `attribute` is not `value`, or there is none.
pub fn differs(attribute: impl Into<Attribute>, value: impl Into<Value>) -> Condition {
    compare(attribute, "<>", value)
}

/// The item's `attribute` is less than `value`.
pub fn less(attribute: impl Into<Attribute>, value: impl Into<Value>) -> Condition {
    compare(attribute, "<", value)
}

/// The item's `attribute` is greater than `value`.
pub fn greater(attribute: impl Into<Attribute>, value: impl Into<Value>) -> Condition {
    compare(attribute, ">", value)
}

/// The item's `attribute` is `value` or less.
pub fn at_most(attribute: impl Into<Attribute>, value: impl Into<Value>) -> Condition {
    compare(attribute, "<=", value)
}

/// The item's `attribute` is `value` or greater.
pub fn at_least(attribute: impl Into<Attribute>, value: impl Into<Value>) -> Condition {
    compare(attribute, ">=", value)
}

fn compare(attribute: impl Into<Attribute>, operator: &'static str, value: impl Into<Value>) -> Condition {
    Condition(Test::Compare(attribute.into(), operator, value.into()))
}

impl Condition {
    /// Both hold.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(Test::And(Box::new((self.0, other.0))))
    }

    /// At least one of the two holds.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self(Test::Or(Box::new((self.0, other.0))))
    }

    pub(crate) fn expression(&self, placeholders: &mut Placeholders) -> String {
        expression(&self.0, placeholders)
    }
}

fn expression(test: &Test, placeholders: &mut Placeholders) -> String {
    match test {
        Test::Absent(attribute) => format!("attribute_not_exists({})", placeholders.name(attribute)),
        Test::Exists(attribute) => format!("attribute_exists({})", placeholders.name(attribute)),
        Test::Compare(attribute, operator, value) => {
            format!("{} {operator} {}", placeholders.name(attribute), placeholders.value(value))
        }
        Test::And(both) => {
            format!("{} AND {}", expression(&both.0, placeholders), expression(&both.1, placeholders))
        }
        Test::Or(either) => {
            format!("({} OR {})", expression(&either.0, placeholders), expression(&either.1, placeholders))
        }
    }
}
