//! `/admin/directories/{directory}/clients`: the OAuth clients of a directory.

pub(crate) mod change;
pub(crate) mod create;
pub(crate) mod read;
pub(crate) mod secrets;

mod shown;
