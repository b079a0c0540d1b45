//! Users, groups and other resources: what is stored of each, and every change of it.
//!
//! Every change goes through `transaction`: it assembles what a change writes and reads what a
//! refusal means. Member lists of groups are one floor above, in `members`.

pub mod existing;
pub mod index;
pub mod precondition;
pub mod prefetch;
pub mod stored;
pub mod update;

pub(crate) mod attributes;
pub(crate) mod content;
pub(crate) mod counter;
pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod get;
pub(crate) mod origin;
pub(crate) mod transaction;
