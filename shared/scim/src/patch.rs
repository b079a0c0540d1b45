//! PATCH (RFC 7644 §3.5.2): the operations of a request, applied to a resource.
//!
//! [`request`] reads the body into [`operation`]s, and [`apply`] applies them to a [`state`].
//! [`path`] looks up the target of an operation, and [`whole`] splits an operation without a
//! path. [`add`], [`remove`] and [`replace`] are the three subsections of the RFC. They write
//! to [`single`] values and to the [`elements`] of lists; [`members`] become changes for the
//! store. Everything is pure and repeatable: after a lost race, the same operations are
//! applied to the newer state. Client quirks are in [`dialect`](crate::dialect::patch).
//!
//! Choices where the RFC allows several, or where clients need something else:
//!
//! - A value path that selects nothing creates the element if its filter consists of `eq`
//!   joined by `and`, for `add` and `replace`; with any other filter it is `noTarget`. A
//!   profile may set `noTarget` for all filters. `remove`, and a value that clears, do nothing.
//! - A value path on a single complex value, such as `manager[value eq "…"]`, is that of a
//!   list of one. If it does not match, all operations are `noTarget`.
//! - Null, `""` and `[]` clear an attribute; a list is cleared by null and `[]` only. `add`
//!   of an empty list adds nothing. `active` is never cleared
//!   ([`active`](crate::read::active)).
//! - `add` and `replace` without a `value` are refused: a lost null would empty a group.
//! - `remove` with a value removes the listed values from a list without a filter, never all
//!   values. Elsewhere the path says what is removed, and the value is ignored.
//! - `attribute.sub` without a filter, on a list: `add` of a `value` adds an element; a write
//!   changes the only or the primary element; `remove` clears the part in all elements.
//! - Without a path, unknown and read-only names are ignored. As a path they are
//!   `invalidPath` and `mutability`. A change of `schemas`, which is derived, and of a
//!   password, which is not stored, is accepted and has no effect.
//! - A required attribute must be present after the last operation, not after each.
//! - An empty list of operations is `invalidSyntax`: the RFC requires at least one.
//! - If several elements are sent as primary, the last one is primary.
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
