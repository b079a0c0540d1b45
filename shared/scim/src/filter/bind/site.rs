//! Where in the filter's text a refusal belongs.

use super::super::ast::{CompareOp, Literal};
use super::super::error::Error;
use super::super::parse::Place;
use crate::model::path::AttrPath;

/// Why a comparison is refused, and which part of it is to blame.
pub(super) struct Refusal {
    pub(super) part: Part,
    pub(super) reason: String,
}

/// A part of a comparison.
pub(super) enum Part {
    Path,
    Op,
    Value,
}

impl Part {
    pub(super) fn refused(self, reason: impl Into<String>) -> Refusal {
        Refusal { part: self, reason: reason.into() }
    }
}

/// The text of a filter, and the places of those attributes that are still to come.
pub(super) struct Source<'a> {
    text: &'a str,
    places: std::slice::Iter<'a, Place>,
}

impl<'a> Source<'a> {
    pub(super) fn new(text: &'a str, places: &'a [Place]) -> Self {
        Self { text, places: places.iter() }
    }

    pub(super) fn next(&mut self) -> Option<(&'a str, &'a Place)> {
        Some((self.text, self.places.next()?))
    }
}

/// The place of one attribute, when the text is known.
pub(super) struct Site<'a>(Option<(&'a str, &'a Place)>);

impl<'a> Site<'a> {
    pub(super) fn new(known: Option<(&'a str, &'a Place)>) -> Self {
        Self(known)
    }

    pub(super) fn error_at_path(&self, reason: String, path: &AttrPath) -> Error {
        match self.0 {
            Some((text, place)) => Error::at(text, place.path.clone(), reason),
            None => Error::about(&path.to_string(), reason),
        }
    }

    pub(super) fn error(&self, refusal: &Refusal, path: &AttrPath, op: CompareOp, value: &Literal) -> Error {
        let reason = refusal.reason.clone();
        match (self.0, &refusal.part) {
            (_, Part::Path) => self.error_at_path(reason, path),
            (Some((text, place)), Part::Op) => Error::at(text, place.op.clone(), reason),
            (Some((text, place)), Part::Value) => Error::at(text, place.value.clone(), reason),
            (None, _) => Error::about(&format!("{path} {op} {value}"), reason),
        }
    }
}
