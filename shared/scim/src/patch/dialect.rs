//! How clients write operations: each quirk is one pure function.
//!
//! The twin of [`value::dialect`](crate::value::dialect), about values, and of
//! [`read::dialect`](crate::read::dialect), about names in a body. The files named are
//! those of `tests/corpus/patch`.

use super::request::Op;

/// An operation's name in any case: Entra writes `Add`, `Replace`, `Remove`
/// (`entra-default-dialect.json`).
#[must_use]
pub fn op(name: &str) -> Option<Op> {
    [Op::Add, Op::Remove, Op::Replace].into_iter().find(|op| op.name().eq_ignore_ascii_case(name))
}
