//! The facts about one request that its log line and its metrics hold.

use std::time::Duration;

use directory::meter::Units;
use http::{Method, StatusCode};

/// The outcome of a request.
#[derive(Debug)]
pub struct Line<'a> {
    /// The method.
    pub method: &'a Method,
    /// The route's template, such as `/scim/v2/Users/{id}`; `-` when none matched.
    pub route: &'a str,
    /// The status.
    pub status: StatusCode,
    /// The directory's id; `-` without a valid credential.
    pub directory: &'a str,
    /// The time from request to answer.
    pub duration: Duration,
    /// The capacity consumed.
    pub units: Units,
    /// The request's id, which the response has as well.
    pub request_id: &'a str,
}

impl Line<'_> {
    /// The method, if SCIM knows it: other methods are not repeated and get no metric.
    pub(crate) fn method(&self) -> &str {
        let known = [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
        if known.contains(self.method) { self.method.as_str() } else { "-" }
    }

    /// The duration in milliseconds, to the microsecond.
    pub(crate) fn millis(&self) -> f64 {
        self.duration.as_micros() as f64 / 1000.0
    }
}
