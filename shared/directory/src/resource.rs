//! Users, groups and other resources: what is stored of each, and every change of it.

pub mod existing;
pub mod index;
pub mod prefetch;
pub mod stored;
pub mod update;

pub(crate) mod attributes;
pub(crate) mod counter;
pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod get;
