//! What administrators may create and set: the same for the administration API and for the console.

pub mod client;
pub mod client_secret;
pub mod credential;
pub mod end;
pub mod settings;
pub mod value;

mod federation;
