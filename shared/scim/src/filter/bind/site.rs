//! Positions of errors in the filter's text.

use super::super::ast::{CompareOp, Literal};
use super::super::error::Error;
use super::super::parse::SourceSpan;
use crate::model::path::AttrPath;

/// Why a comparison is refused, and its wrong part.
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

/// The text of a filter, and the spans of the attributes that are not read yet.
pub(super) struct Source<'a> {
    text: &'a str,
    spans: std::slice::Iter<'a, SourceSpan>,
}

impl<'a> Source<'a> {
    pub(super) fn new(text: &'a str, spans: &'a [SourceSpan]) -> Self {
        Self { text, spans: spans.iter() }
    }

    pub(super) fn next(&mut self) -> Option<(&'a str, &'a SourceSpan)> {
        Some((self.text, self.spans.next()?))
    }
}

/// The position of one attribute, if the text is known.
pub(super) struct Site<'a>(Option<(&'a str, &'a SourceSpan)>);

impl<'a> Site<'a> {
    pub(super) fn new(known: Option<(&'a str, &'a SourceSpan)>) -> Self {
        Self(known)
    }

    pub(super) fn error_at_path(&self, reason: String, path: &AttrPath) -> Error {
        match self.0 {
            Some((text, span)) => Error::at(text, span.path.clone(), reason),
            None => Error::about(&path.to_string(), reason),
        }
    }

    pub(super) fn error(&self, refusal: &Refusal, path: &AttrPath, op: CompareOp, value: &Literal) -> Error {
        let reason = refusal.reason.clone();
        match (self.0, &refusal.part) {
            (_, Part::Path) => self.error_at_path(reason, path),
            (Some((text, span)), Part::Op) => Error::at(text, span.op.clone(), reason),
            (Some((text, span)), Part::Value) => Error::at(text, span.value.clone(), reason),
            (None, _) => Error::about(&format!("{path} {op} {value}"), reason),
        }
    }
}
