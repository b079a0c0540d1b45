//! What the functions log: one line per request, metrics, warnings of secrets that expire soon; and refused
//! requests, in the table.
//!
//! Never logged: tokens, headers, bodies, query strings, raw paths, attribute values.
//! A line holds a directory's id, a route's template and counts.

pub mod ending;
pub mod metrics;
pub mod refusals;
pub mod request;
