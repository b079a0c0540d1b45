//! Text to [`Filter`] and [`Path`]: the grammar of RFC 7644 §3.4.2.2 figure 1 and
//! §3.5.2 figure 7, one function per production.
//!
//! In addition to the grammar it accepts what clients send: values without quotes, a
//! sub-attribute or an implied `value` after `]`, and additional blanks.

mod attribute;
mod literal;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod tests;

use std::ops::Range;

use super::ast::{Filter, Path};
use super::error::Error;
use super::lex::{Lexeme, Lexer, Token};

/// The longest filter, in bytes.
pub const MAX_BYTES: usize = 8 * 1024;
/// The most comparisons in one filter, `pr` included.
pub const MAX_COMPARISONS: usize = 200;
/// The deepest nesting of `(…)` and `[…]`.
pub const MAX_NESTING: usize = 32;

/// The position of one attribute of a filter in the text, with its operator and value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceSpan {
    /// The attribute's path.
    pub path: Range<usize>,
    /// The operator; empty for the attribute of a value path.
    pub op: Range<usize>,
    /// The value; empty for `pr` and for the attribute of a value path.
    pub value: Range<usize>,
}

/// Reads a filter.
///
/// # Errors
/// If the text does not follow the grammar, is longer than [`MAX_BYTES`], has more than
/// [`MAX_COMPARISONS`] or nests deeper than [`MAX_NESTING`].
pub fn parse(text: &str) -> Result<Filter, Error> {
    located(text).map(|(filter, _)| filter)
}

/// Reads a filter, and the positions of its attributes in their order.
///
/// # Errors
/// As [`parse`].
pub fn located(text: &str) -> Result<(Filter, Vec<SourceSpan>), Error> {
    let mut parser = Parser::new(text)?;
    let filter = parser.any_of()?;
    parser.end("`and`, `or` or the end of the filter")?;
    Ok((filter, parser.spans))
}

/// Reads a PATCH path: `name.givenName`, `members[value eq "x"]`,
/// `emails[type eq "work"].value`, or an extension's URN.
///
/// # Errors
/// As [`parse`]; the caller makes it `invalidPath`.
pub fn path(text: &str) -> Result<Path, Error> {
    let mut parser = Parser::new(text)?;
    let path = parser.patch_path()?;
    parser.end("the end of the path")?;
    Ok(path)
}

struct Parser<'a> {
    text: &'a str,
    lexer: Lexer<'a>,
    /// The next token, already read.
    ahead: Lexeme<'a>,
    spans: Vec<SourceSpan>,
    comparisons: usize,
    nesting: usize,
    in_element: bool,
}

impl<'a> Parser<'a> {
    fn new(text: &'a str) -> Result<Self, Error> {
        if text.len() > MAX_BYTES {
            let reason = format!("it is longer than {MAX_BYTES} bytes: send a shorter one");
            return Err(Error::at(text, text.len()..text.len(), reason));
        }
        let mut lexer = Lexer::new(text);
        let ahead = lexer.advance()?;
        Ok(Self { text, lexer, ahead, spans: Vec::new(), comparisons: 0, nesting: 0, in_element: false })
    }

    /// `FILTER = term *( "or" term )`
    fn any_of(&mut self) -> Result<Filter, Error> {
        let mut parts = Vec::new();
        loop {
            match self.all_of()? {
                Filter::Or(inner) => parts.extend(inner),
                part => parts.push(part),
            }
            if !self.takes_word("or")? {
                return Ok(one_or(parts, Filter::Or));
            }
        }
    }

    /// `term = factor *( "and" factor )`: `and` takes precedence over `or`.
    fn all_of(&mut self) -> Result<Filter, Error> {
        let mut parts = Vec::new();
        loop {
            match self.factor()? {
                Filter::And(inner) => parts.extend(inner),
                part => parts.push(part),
            }
            if !self.takes_word("and")? {
                return Ok(one_or(parts, Filter::And));
            }
        }
    }

    /// `factor = *1"not" "(" FILTER ")" / attrExp / valuePath`
    fn factor(&mut self) -> Result<Filter, Error> {
        if self.ahead.token == Token::Open {
            return self.group();
        }
        if self.takes_word("not")? {
            if self.ahead.token != Token::Open {
                return Err(self.expected("`(` after `not`, such as `not (active eq true)`"));
            }
            return Ok(Filter::Not(Box::new(self.group()?)));
        }
        self.attribute_expression()
    }

    fn group(&mut self) -> Result<Filter, Error> {
        self.enter()?;
        let filter = self.any_of()?;
        if self.ahead.token != Token::Close {
            return Err(self.expected("`and`, `or` or `)`"));
        }
        self.leave()?;
        Ok(filter)
    }

    /// Takes an opening bracket. The limit of nesting is also the limit of recursion.
    fn enter(&mut self) -> Result<(), Error> {
        if self.nesting == MAX_NESTING {
            return Err(self.error(format!("it is nested deeper than {MAX_NESTING} levels")));
        }
        self.nesting += 1;
        self.take().map(drop)
    }

    /// Takes a closing bracket.
    fn leave(&mut self) -> Result<(), Error> {
        self.nesting -= 1;
        self.take().map(drop)
    }

    fn end(&self, expected: &str) -> Result<(), Error> {
        match self.ahead.token {
            Token::End => Ok(()),
            Token::Close | Token::CloseElement => Err(self.error("this bracket was not opened: remove it")),
            _ => Err(self.expected(expected)),
        }
    }

    fn take(&mut self) -> Result<Lexeme<'a>, Error> {
        let ahead = self.lexer.advance()?;
        Ok(std::mem::replace(&mut self.ahead, ahead))
    }

    fn takes_word(&mut self, word: &str) -> Result<bool, Error> {
        let found = matches!(self.ahead.token, Token::Word(w) if w.eq_ignore_ascii_case(word));
        if found {
            self.take()?;
        }
        Ok(found)
    }

    /// An error at the next token.
    fn error(&self, reason: impl Into<String>) -> Error {
        Error::at(self.text, self.ahead.span.clone(), reason)
    }

    fn expected(&self, what: &str) -> Error {
        self.error(format!("expected {what}"))
    }
}

/// The only part, or the parts joined.
fn one_or(mut parts: Vec<Filter>, join: fn(Vec<Filter>) -> Filter) -> Filter {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        last => {
            parts.extend(last);
            join(parts)
        }
    }
}
