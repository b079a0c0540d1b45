//! Filters: the expression language that selects resources (RFC 7644 §3.4.2.2).
//!
//! A filter goes through three forms, one verb per file:
//! text → [`parse`] → [`ast::Filter`] (names as written) → [`bind`] → [`bind::Bound`]
//! (names and values as the attribute rows have them) → [`eval`]. [`compile`] takes
//! the first two steps at once and can therefore show the place of any mistake.
//! [`across`] does the same for several resource types at once, and [`reach`] decides what
//! the type alone decides.
//! [`display`] is the way back: the text of a parsed filter parses to itself.
//!
//! PATCH paths are the same language ([`parse::path`], RFC 7644 §3.5.2 figure 7), and
//! what stands inside `[…]` is a filter like any other ([`bind::bind_element`]).
//!
//! Where the RFC leaves a choice:
//!
//! - `ne` matches when one value of the attribute differs, and when it has none at all.
//!   Of a multi-valued attribute, `not (a eq "x")` asks that none is equal.
//! - `eq null` asks that an attribute is not present, `ne null` that it is. Present
//!   means what `pr` means: something that is not null, empty text, an empty array or
//!   an object of such things.
//! - `co`, `sw`, `ew` are for text and references. On anything else, dates included,
//!   they are refused: the text of a date is not what the date is.
//! - A date without an offset is taken as UTC. Dates are compared as instants.
//! - Text that is no number or no date equals no number and no date, but has no place in
//!   their order: `eq` does not match, `gt` and its like are refused. (A client that
//!   tries a connection asks for a random value and needs an empty list.)
//! - A complex attribute stands for its `value` where it has one.

pub mod across;
pub mod ast;
pub mod bind;
pub mod compile;
pub mod display;
pub mod error;
pub mod eval;
pub mod lex;
pub mod operand;
pub mod parse;
pub mod reach;

#[cfg(test)]
mod properties;
