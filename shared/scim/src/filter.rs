//! Filters: the expression language that selects resources (RFC 7644 §3.4.2.2).
//!
//! A filter has three forms: the text, which [`parse`] turns into an [`ast::Filter`] (names
//! as written), which [`bind`] turns into a [`bound::Bound`] (names and values as the
//! attribute rows have them), which [`eval`] evaluates. [`compile`] does both steps and
//! shows the position of a mistake in the text. [`multi_type`] compiles one filter for
//! several resource types, and [`simplify_for_type`] evaluates the parts that depend on the
//! resource type only. [`display`] prints a filter as text that parses to the same filter.
//!
//! PATCH paths use the same grammar ([`parse::path`], RFC 7644 §3.5.2 figure 7), and the
//! filter inside `[…]` is a filter like any other ([`bind::bind_element`]).
//!
//! Choices where the RFC allows several:
//!
//! - `ne` matches if a value of the attribute differs, or if the attribute has no value.
//!   For a multi-valued attribute, `not (a eq "x")` matches if no value is equal.
//! - `eq null` matches if the attribute is not present, `ne null` if it is. Present has the
//!   meaning of `pr`: not null, not empty text, not an empty array, and not an object that
//!   contains only such values.
//! - `co`, `sw` and `ew` apply to text and references only. They are refused for all other
//!   types, including dates.
//! - A date without an offset is UTC. Dates are compared as instants.
//! - Text that does not read as a number or date is not equal to any number or date, and
//!   `gt`, `ge`, `lt` and `le` refuse it. (To test a connection, clients filter by a random
//!   value and expect an empty list.)
//! - A complex attribute stands for its `value`, if it has one.

pub mod ast;
pub mod bind;
pub mod bound;
pub mod compile;
pub mod display;
pub mod error;
pub mod eval;
pub mod lex;
pub mod multi_type;
pub mod operand;
pub mod parse;
pub mod simplify_for_type;

#[cfg(test)]
mod properties;
