//! PATCH (RFC 7644 §3.5.2): a request's operations, applied to a resource.
//!
//! [`request`] reads the body, [`path`] looks up what an operation is about, [`whole`]
//! takes an operation without a path apart; [`add`], [`remove`] and [`replace`] are the
//! three subsections of the RFC. They write to [`single`] values and to [`elements`] of
//! lists; [`members`] go their own way.
//! Everything is pure and repeatable: after a lost race the same operations are applied
//! to a newer state. What clients do beyond the RFC is in [`dialect`](crate::dialect::patch), one function each.
//!
//! Where the RFC leaves a choice, or clients need another than its letter:
//!
//! - A value path that selects nothing creates the element when its filter is made of
//!   `eq` joined by `and`, for `add` and for `replace`; with any other filter it is
//!   `noTarget`. `remove`, and a value that clears, do nothing then.
//! - Null, `""` and `[]` clear an attribute. `add` of an empty list adds nothing.
//! - `add` and `replace` without a `value` are refused: a null that got lost on the way
//!   would empty a group.
//! - `remove` with a value removes what is listed, never all, from a list without a
//!   filter; elsewhere the path says what is removed and the value is not looked at.
//! - `attribute.sub` without a filter, on a list: `add` of a `value` adds an element; a
//!   write changes the only or the primary element; `remove` clears it in all.
//! - Without a path, unknown and read-only names are passed over; with one they are
//!   `invalidPath` and `mutability`. `schemas` is derived, so a change of it is accepted
//!   and has no effect; so is one of a password, which is not kept.
//! - A required attribute must be there after the last operation, not after each.
//! - An empty list of operations is `invalidSyntax`: the RFC asks for one or more.
//! - Of several elements sent as primary the last one is; no request fails for it.
//!
//! Limits: [`request::MAX_OPERATIONS`], [`tally::MAX_VALUES`],
//! [`list::MAX_ELEMENTS`](crate::value::list::MAX_ELEMENTS),
//! [`members::MAX_ID_BYTES`](crate::read::members::MAX_ID_BYTES).

pub mod add;
pub mod apply;
pub mod elements;
pub mod members;
pub mod operation;
pub mod path;
pub mod remove;
pub mod replace;
pub mod request;
pub mod single;
pub mod state;
pub mod tally;
pub mod whole;
pub mod write;

#[cfg(test)]
mod tests;
