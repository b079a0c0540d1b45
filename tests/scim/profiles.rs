//! What a directory's profile makes of the same endpoint.

mod acme;
mod discovery;
mod offered;
mod restore;
