//! Evaluates a filter for a resource (RFC 7644 §3.4.2.2 tables 3 to 5).

use serde_json::Value;

use super::ast::{CompareOp, Literal};
use super::bound::{Bound, BoundPath, Comparison};
use super::operand::Comparable;
use crate::model::attribute::Type;
use crate::model::doc::Doc;

impl Bound {
    /// Whether `doc` matches: a rendered resource with `id`, `meta`, `schemas` and, if the
    /// filter uses them, `members` or `groups`; or an element, for a filter inside `[…]`.
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
/// [`bind_element`](super::bind::bind_element). A value that is not an object never matches.
#[must_use]
pub fn element_matches(filter: &Bound, element: &Value) -> bool {
    element.as_object().is_some_and(|element| filter.matches(element))
}

/// Whether a value is present. Null and empty arrays are unassigned (RFC 7643 §2.5), and an
/// empty text clears an attribute.
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
            // RFC 7644 §3.4.2.2: one value of a multi-valued attribute must match. A missing
            // value is not equal to any value.
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

/// The `primary` of an element without one (RFC 7643 §2.4).
const NOT_PRIMARY: Value = Value::Bool(false);

impl BoundPath {
    /// Whether `test` is true for one of the values of the path.
    fn some_value(&self, doc: &Doc, test: &mut dyn FnMut(&Value) -> bool) -> bool {
        self.some(doc, None, test)
    }

    /// As [`some_value`](Self::some_value), for a comparison: with the present values and with
    /// those that are assumed.
    fn some_compared(&self, doc: &Doc, test: &mut dyn FnMut(&Value) -> bool) -> bool {
        let primary = self.sub.as_ref().unwrap_or(&self.attribute) == "primary" && self.kind == Type::Boolean;
        self.some(doc, primary.then_some(&NOT_PRIMARY), test)
    }

    /// `assumed` is used if a value is missing.
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

/// A single value is a list of one.
fn some_element(value: &Value, test: &mut dyn FnMut(&Value) -> bool) -> bool {
    match value {
        Value::Array(elements) => elements.iter().any(test),
        value => test(value),
    }
}

#[cfg(test)]
mod tests;
