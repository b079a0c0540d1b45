//! Attribute expressions, value paths and PATCH paths.

use super::super::ast::{CompareOp, Filter, Path};
use super::super::error::Error;
use super::super::lex::Token;
use super::{MAX_COMPARISONS, Parser, SourceSpan};
use crate::model::path::AttrPath;

const OPERATORS: &str = "`eq`, `ne`, `co`, `sw`, `ew`, `gt`, `ge`, `lt`, `le` or `pr`";

impl Parser<'_> {
    /// `attrExp / valuePath`, and what clients add after the bracket of a value path.
    pub(super) fn attribute_expression(&mut self) -> Result<Filter, Error> {
        let (path, span) = self.attribute()?;
        if self.ahead.token != Token::OpenElement {
            return self.comparison(path, span);
        }
        self.spans.push(span);
        let filter = self.element(&path)?;
        let filter = match self.after_element()? {
            Some((sub, span)) => {
                let tail = self.comparison(AttrPath { urn: None, name: sub, sub: None }, span)?;
                both(filter, tail)
            }
            None => filter,
        };
        Ok(Filter::Element { path, filter: Box::new(filter) })
    }

    /// `PATH = attrPath / valuePath [subAttr]`
    pub(super) fn patch_path(&mut self) -> Result<Path, Error> {
        let (attr, _) = self.attribute()?;
        if self.ahead.token != Token::OpenElement {
            return Ok(Path { attr, filter: None, sub: None });
        }
        let filter = Some(self.element(&attr)?);
        let sub = self.sub_attribute()?.map(|(sub, _)| sub);
        Ok(Path { attr, filter, sub })
    }

    /// `attrPath = [URI ":"] ATTRNAME *1subAttr`
    fn attribute(&mut self) -> Result<(AttrPath, SourceSpan), Error> {
        let Token::Word(word) = self.ahead.token else {
            return Err(self.expected("an attribute, such as `userName`"));
        };
        let path = AttrPath::split(word);
        let names = [Some(&path.name), path.sub.as_ref()];
        if path.urn.as_deref() == Some("") || !names.into_iter().flatten().all(|name| is_name(name)) {
            return Err(self.error("this is not a valid name of an attribute"));
        }
        let span = self.take()?.span;
        Ok((path, SourceSpan { path: span, ..SourceSpan::default() }))
    }

    /// `"[" valFilter "]"`
    fn element(&mut self, path: &AttrPath) -> Result<Filter, Error> {
        if self.in_element {
            return Err(self.error("a value path cannot be inside another one"));
        }
        if path.sub.is_some() {
            return Err(self.error("only attributes have elements to select, parts have none"));
        }
        self.enter()?;
        self.in_element = true;
        let filter = self.any_of()?;
        self.in_element = false;
        if self.ahead.token != Token::CloseElement {
            return Err(self.expected("`and`, `or` or `]`"));
        }
        self.leave()?;
        Ok(filter)
    }

    /// The sub-attribute of a comparison after `]`, or the implied `value`; `None` if there is
    /// no comparison.
    fn after_element(&mut self) -> Result<Option<(String, SourceSpan)>, Error> {
        if let Some(named) = self.sub_attribute()? {
            return Ok(Some(named));
        }
        match self.ahead.token {
            Token::Word(word) if CompareOp::from_word(word).is_some() => Ok(Some((
                "value".to_owned(),
                SourceSpan { path: self.ahead.span.clone(), ..SourceSpan::default() },
            ))),
            // `emails[type eq "work"] pr` means the same as without `pr`.
            Token::Word(word) if word.eq_ignore_ascii_case("pr") => self.take().map(|_| None),
            _ => Ok(None),
        }
    }

    /// `.value` after `]`.
    fn sub_attribute(&mut self) -> Result<Option<(String, SourceSpan)>, Error> {
        let Token::Word(word) = self.ahead.token else { return Ok(None) };
        let Some(sub) = word.strip_prefix('.') else { return Ok(None) };
        if !is_name(sub) {
            return Err(self.error("this is not a valid name of a sub-attribute"));
        }
        let sub = sub.to_owned();
        let span = self.take()?.span;
        Ok(Some((sub, SourceSpan { path: span, ..SourceSpan::default() })))
    }

    /// `SP "pr"` or `SP compareOp SP compValue`
    fn comparison(&mut self, path: AttrPath, mut at: SourceSpan) -> Result<Filter, Error> {
        let operator = match self.ahead.token {
            Token::Word(word) if word.eq_ignore_ascii_case("pr") => None,
            Token::Word(word) => Some(
                CompareOp::from_word(word)
                    .ok_or_else(|| self.error(format!("expected an operator: {OPERATORS}")))?,
            ),
            _ => return Err(self.expected(&format!("an operator: {OPERATORS}"))),
        };
        self.comparisons += 1;
        if self.comparisons > MAX_COMPARISONS {
            return Err(self.error(format!("it has more than {MAX_COMPARISONS} comparisons")));
        }
        at.op = self.take()?.span;
        let Some(op) = operator else {
            self.spans.push(at);
            return Ok(Filter::Present(path));
        };
        at.value = self.ahead.span.clone();
        let value = self.literal()?;
        self.spans.push(at);
        Ok(Filter::Compare { path, op, value })
    }
}

/// `a and b`, in the flat form that the parser produces.
fn both(first: Filter, second: Filter) -> Filter {
    match first {
        Filter::And(mut parts) => {
            parts.push(second);
            Filter::And(parts)
        }
        first => Filter::And(vec![first, second]),
    }
}

/// `ATTRNAME = ALPHA *(nameChar)`, and `$ref`.
fn is_name(text: &str) -> bool {
    let name = text.strip_prefix('$').unwrap_or(text);
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
}
