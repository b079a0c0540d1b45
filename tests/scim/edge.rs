//! Rules for every path: credentials, media types, methods, paths, bodies, queries.

mod auth;
mod body;
mod media_type;
mod method;
mod path;
mod query;
