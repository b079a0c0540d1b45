//! One line per request.
//!
//! Never logged: tokens, headers, bodies, query strings, raw paths, attribute values.
//! A directory's id, a route's template and counts are all that a line holds.

pub mod ending;
pub mod metrics;

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
    /// The request's id, which the client gets, too.
    pub request_id: &'a str,
}

impl Line<'_> {
    /// Writes it; in Lambda as metrics.
    pub fn write(&self) {
        if metrics::written(self) {
            return;
        }
        tracing::info!(
            method = self.method(),
            route = self.route,
            status = self.status.as_u16(),
            directory = self.directory,
            duration_ms = self.millis(),
            read_units = self.units.read,
            write_units = self.units.write,
            request_id = self.request_id,
            "request"
        );
    }

    /// A method that SCIM has: what a client invented is not repeated, and makes no metric.
    fn method(&self) -> &str {
        let known = [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
        if known.contains(self.method) { self.method.as_str() } else { "-" }
    }

    /// To the microsecond: more digits are noise.
    fn millis(&self) -> f64 {
        self.duration.as_micros() as f64 / 1000.0
    }
}
