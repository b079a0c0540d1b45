//! Whether a resource matches (RFC 7644 §3.4.2.2 tables 3 to 5).

use serde_json::Value;

use super::ast::{CompareOp, Literal};
use super::bound::{Bound, BoundPath, Comparison};
use super::operand::Comparable;
use crate::model::attribute::Type;
use crate::model::doc::Doc;

impl Bound {
    /// Whether `doc` matches: a resource as it is answered, with `id`, `meta`,
    /// `schemas` and, where the filter asks for them, `members` or `groups`. For a
    /// filter bound inside `[…]`, an element.
    #[must_use]
    pub fn matches(&self, doc: &Doc) -> bool {
        match self {
            Self::And(parts) => parts.iter().all(|part| part.matches(doc)),
            Self::Or(parts) => parts.iter().any(|part| part.matches(doc)),
            Self::Not(part) => !part.matches(doc),
            Self::Compare(comparison) => comparison.matches(doc),
            Self::Present(path) => path.some_value(doc, &mut is_present),
            Self::Element { path, filter } => {
                path.some_value(doc, &mut |element| element_matches(filter, element))
            }
        }
    }
}

/// Whether one element of a multi-valued attribute matches a filter bound by
/// [`bind_element`](super::bound::bind_element). What is no object has no sub-attributes
/// and matches nothing.
#[must_use]
pub fn element_matches(filter: &Bound, element: &Value) -> bool {
    element.as_object().is_some_and(|element| filter.matches(element))
}

/// Whether a value counts as present: RFC 7643 §2.5 makes null and empty arrays
/// unassigned, and an empty text clears an attribute.
#[must_use]
pub fn is_present(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(_) | Value::Number(_) => true,
        Value::String(text) => !text.is_empty(),
        Value::Array(elements) => elements.iter().any(is_present),
        Value::Object(parts) => parts.values().any(is_present),
    }
}

impl Comparison {
    fn matches(&self, doc: &Doc) -> bool {
        match (self.op, &self.value.literal) {
            (CompareOp::Ne, Literal::Null) => self.path.some_value(doc, &mut is_present),
            (_, Literal::Null) => !self.path.some_value(doc, &mut is_present),
            // RFC 7644 §3.4.2.2: of a multi-valued attribute one value has to match. What
            // has no value is not equal to any.
            (CompareOp::Ne, _) => self.differs(doc),
            (op, _) => self.some_value(op, doc),
        }
    }

    fn differs(&self, doc: &Doc) -> bool {
        let (mut any, mut different) = (false, false);
        self.path.some_compared(doc, &mut |value| {
            any |= is_present(value);
            let comparable = Comparable::of(value, self.path.kind, self.path.case_exact);
            let equal = comparable
                .zip(self.value.comparable.as_ref())
                .is_some_and(|(value, operand)| value.compares(CompareOp::Eq, operand));
            different |= is_present(value) && !equal;
            different
        });
        different || !any
    }

    fn some_value(&self, op: CompareOp, doc: &Doc) -> bool {
        let Some(operand) = &self.value.comparable else { return false };
        self.path.some_compared(doc, &mut |value| {
            let value = Comparable::of(value, self.path.kind, self.path.case_exact);
            value.is_some_and(|value| value.compares(op, operand))
        })
    }
}

/// What an element says that does not say whether it is the primary one (RFC 7643 §2.4).
const NOT_PRIMARY: Value = Value::Bool(false);

impl BoundPath {
    /// Whether `test` holds for one of the values that the path leads to.
    fn some_value(&self, doc: &Doc, test: &mut dyn FnMut(&Value) -> bool) -> bool {
        self.some(doc, None, test)
    }

    /// As [`some_value`](Self::some_value), of the values that a comparison is about: those
    /// that are there and those that are assumed.
    fn some_compared(&self, doc: &Doc, test: &mut dyn FnMut(&Value) -> bool) -> bool {
        let primary = self.sub.as_ref().unwrap_or(&self.attribute) == "primary" && self.kind == Type::Boolean;
        self.some(doc, primary.then_some(&NOT_PRIMARY), test)
    }

    /// `assumed` stands for a value that is not there.
    fn some(&self, doc: &Doc, assumed: Option<&Value>, test: &mut dyn FnMut(&Value) -> bool) -> bool {
        let object = match &self.extension {
            Some(urn) => doc.get(urn).and_then(Value::as_object),
            None => Some(doc),
        };
        match (object.and_then(|object| object.get(&self.attribute)), &self.sub) {
            (None, None) => assumed.is_some_and(test),
            (None, Some(_)) => false,
            (Some(value), sub) => some_element(value, &mut |element| match sub {
                Some(sub) => element.get(sub).or(assumed).is_some_and(|value| some_element(value, test)),
                None => test(element),
            }),
        }
    }
}

/// A single value is its own only element.
fn some_element(value: &Value, test: &mut dyn FnMut(&Value) -> bool) -> bool {
    match value {
        Value::Array(elements) => elements.iter().any(test),
        value => test(value),
    }
}

#[cfg(test)]
mod tests;
