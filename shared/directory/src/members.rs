//! Members of groups: items of their own, so that adding one costs the same in a group of 10 and of
//! 1,000,000, and concurrent additions cannot lose each other.
//!
//! The members of a group are a [`MemberList`](list::MemberList). A group uses one list at a time;
//! its item says which. A whole new list is written while nothing reads it, and the group switches
//! to it in one conditional write; where it differs little from the present one, the difference is
//! written instead, in one transaction.
//!
//! This is the upper floor of [`resource`](crate::resource): what a client creates, changes and
//! deletes comes through here, groups and other resources alike.

pub(crate) mod change;
pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod exist;
pub(crate) mod list;
pub(crate) mod membership;
pub(crate) mod of_user;
pub(crate) mod page;
pub(crate) mod read;

mod delta;
mod difference;
mod plan;
mod replace;
mod seen;
