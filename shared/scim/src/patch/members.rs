//! What a PATCH does to a group's members (RFC 7644 §3.5.2): they are no part of the
//! stored group, so the operations become changes that the store carries out.

use crate::filter::bind::Bound;
use crate::model::member::Member;

/// One change of a group's members.
#[derive(Debug, Clone, PartialEq)]
pub enum MemberChange {
    /// These are members from now on.
    Add(Vec<Member>),
    /// Those with these ids are members no longer.
    Remove(Vec<String>),
    /// Those that the filter matches are members no longer.
    RemoveWhere(Bound),
    /// These are the members, and nobody else; none means that the group is emptied.
    Replace(Vec<Member>),
}
