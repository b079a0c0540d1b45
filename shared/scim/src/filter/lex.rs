//! Filter text as tokens.
//!
//! Quoted text is a token, each of `( ) [ ]` is one, and so is every other sequence of
//! characters without a blank. The parser decides by position whether a word such as
//! `jyoung@ex.io` is a name or a value.

use std::ops::Range;

use super::error::Error;

/// The kinds of token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token<'a> {
    /// `(`
    Open,
    /// `)`
    Close,
    /// `[`
    OpenElement,
    /// `]`
    CloseElement,
    /// A JSON string, still quoted and escaped.
    Quoted(&'a str),
    /// Anything else: a path, an operator, a value without quotes.
    Word(&'a str),
    /// The end of the text.
    End,
}

/// A token and its bytes in the text.
#[derive(Debug, Clone)]
pub struct Lexeme<'a> {
    /// The token.
    pub token: Token<'a>,
    /// Its bytes.
    pub span: Range<usize>,
}

/// Reads the tokens of a text from left to right.
#[derive(Debug)]
pub struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Lexer<'a> {
    /// A lexer at the start of `text`.
    #[must_use]
    pub fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// The next token; after the last one always [`Token::End`].
    ///
    /// # Errors
    /// If quoted text has no closing quote.
    pub fn advance(&mut self) -> Result<Lexeme<'a>, Error> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let rest = rest.trim_start();
        let start = self.text.len() - rest.len();
        let length = match rest.chars().next() {
            None => 0,
            Some('(' | ')' | '[' | ']') => 1,
            Some('"') => quoted_length(rest).ok_or_else(|| {
                Error::at(self.text, start..self.text.len(), "this text has no closing quote")
            })?,
            Some(_) => rest.find(ends_word).unwrap_or(rest.len()),
        };
        self.at = start + length;
        let token = match rest.get(..length).unwrap_or_default() {
            "" => Token::End,
            "(" => Token::Open,
            ")" => Token::Close,
            "[" => Token::OpenElement,
            "]" => Token::CloseElement,
            quoted if quoted.starts_with('"') => Token::Quoted(quoted),
            word => Token::Word(word),
        };
        Ok(Lexeme { token, span: start..self.at })
    }
}

fn ends_word(c: char) -> bool {
    c.is_whitespace() || matches!(c, '(' | ')' | '[' | ']' | '"')
}

/// The length up to and including the closing quote. Quote and backslash are ASCII and so
/// never a part of another character.
fn quoted_length(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (n, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return Some(n + 1),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn tokens(text: &str) -> Vec<Token<'_>> {
        let mut lexer = Lexer::new(text);
        std::iter::from_fn(|| Some(lexer.advance().unwrap().token).filter(|t| *t != Token::End)).collect()
    }

    #[test]
    fn blanks_of_every_kind_separate_and_brackets_need_none() {
        use Token::{Close, CloseElement, Open, OpenElement, Quoted, Word};
        assert_eq!(
            tokens("\t not(emails[type  eq\"a b\"]\u{a0}.value\n) "),
            [
                Word("not"),
                Open,
                Word("emails"),
                OpenElement,
                Word("type"),
                Word("eq"),
                Quoted("\"a b\""),
                CloseElement,
                Word(".value"),
                Close
            ]
        );
    }

    #[test]
    fn an_escaped_quote_does_not_end_a_text_but_an_escaped_backslash_lets_it_end() {
        assert_eq!(tokens(r#""a\"b" "c\\" d"#).len(), 3);
    }

    #[test]
    fn spans_count_bytes_on_character_boundaries() {
        let text = "näme eq \"ü\"";
        let mut lexer = Lexer::new(text);
        let spans: Vec<_> = (0..3).map(|_| lexer.advance().unwrap().span).collect();
        assert_eq!(spans, [0..5, 6..8, 9..13]);
    }

    #[test]
    fn a_text_without_its_closing_quote_is_shown_from_its_start() {
        let error = {
            let mut lexer = Lexer::new("é \"abc\\\"");
            lexer.advance().unwrap();
            lexer.advance().unwrap_err()
        };
        assert_eq!(error.span, 3..9);
    }
}
