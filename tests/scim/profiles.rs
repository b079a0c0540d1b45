//! How a directory's profile changes the endpoint.

mod acme;
mod discovery;
mod offered;
mod restore;
