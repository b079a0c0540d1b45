//! Comparison values: JSON values, and words without quotes.

use serde_json::Number;

use super::super::ast::Literal;
use super::super::error::Error;
use super::super::lex::Token;
use super::Parser;

impl Parser<'_> {
    /// `compValue = false / null / true / number / string`, or a bare word.
    pub(super) fn literal(&mut self) -> Result<Literal, Error> {
        let literal = match self.ahead.token {
            Token::Quoted(quoted) => Literal::Text(self.unescaped(quoted)?),
            Token::Word(word) if word.starts_with(is_wrong_quote) => {
                return Err(self.error("put text in double quotes, such as `\"ana\"`"));
            }
            Token::Word(word) => bare(word),
            _ => return Err(self.expected("a value, such as `\"ana\"` or `true`")),
        };
        self.take()?;
        Ok(literal)
    }

    fn unescaped(&self, quoted: &str) -> Result<String, Error> {
        serde_json::from_str(quoted).map_err(|_| {
            self.error(
                "this is not a JSON string: write `\\` and line breaks inside quotes as `\\\\` and `\\n`",
            )
        })
    }
}

/// The value of a word without quotes. [`Literal`] explains why `007` is text.
fn bare(word: &str) -> Literal {
    if word.eq_ignore_ascii_case("null") {
        return Literal::Null;
    }
    match (word, word.parse::<Number>()) {
        ("true", _) => Literal::Boolean(true),
        ("false", _) => Literal::Boolean(false),
        (_, Ok(number)) if number.to_string() == word => Literal::Number(number),
        _ => Literal::Text(word.to_owned()),
    }
}

fn is_wrong_quote(c: char) -> bool {
    matches!(c, '\'' | '`' | '\u{2018}' | '\u{2019}' | '\u{201c}' | '\u{201d}' | '\u{201e}')
}
