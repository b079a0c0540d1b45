//! One line per request.
//!
//! Never logged: tokens, headers, bodies, query strings, raw paths, attribute values.
//! A directory's id, a route's template and counts are all that a line holds.

use std::time::Duration;

use directory::meter::Units;
use http::{Method, StatusCode};

/// What a request came to.
#[derive(Debug)]
pub struct Line<'a> {
    /// The method.
    pub method: &'a Method,
    /// The route's template, such as `/scim/v2/Users/{id}`; `-` when none matched.
    pub route: &'a str,
    /// The status.
    pub status: StatusCode,
    /// The directory's id; `-` when no credential opened one.
    pub directory: &'a str,
    /// The time from request to answer.
    pub duration: Duration,
    /// The capacity consumed.
    pub units: Units,
    /// Lambda's id of the invocation.
    pub request_id: Option<&'a str>,
}

impl Line<'_> {
    /// Writes it.
    pub fn write(&self) {
        tracing::info!(
            method = self.method.as_str(),
            route = self.route,
            status = self.status.as_u16(),
            directory = self.directory,
            // To the microsecond: more digits are noise.
            duration_ms = self.duration.as_micros() as f64 / 1000.0,
            read_units = self.units.read,
            write_units = self.units.write,
            request_id = self.request_id,
            "request"
        );
    }
}
