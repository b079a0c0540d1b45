//! HTTP without any knowledge of tokens or handlers.

pub mod address;
pub mod body;
pub mod error;
pub mod fetch;
pub mod finish;
pub mod html;
pub mod limits;
pub mod mask;
pub mod negotiate;
pub mod origin;
pub mod path;
pub mod precondition;
pub mod public;
pub mod query;
pub mod reply;
