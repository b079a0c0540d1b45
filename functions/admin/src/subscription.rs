//! `/admin/directories/{directory}/subscriptions`: where the events of a directory are sent.

pub(crate) mod change;
pub(crate) mod create;
pub(crate) mod dead_letters;
pub(crate) mod read;
pub(crate) mod recover;
pub(crate) mod rotate;
pub(crate) mod test;

mod input;
mod shown;
