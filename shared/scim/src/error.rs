//! Errors as data: status, scimType, detail (RFC 7644 §3.12).

use std::fmt;

use serde::{Deserialize, Serialize};

/// The kind of an error, from RFC 7644 §3.12 table 9, RFC 9865 §2.1 and HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Kind {
    /// The filter does not parse, or its comparisons do not fit the attributes.
    InvalidFilter,
    /// The response would be too large.
    TooMany,
    /// Another resource has a unique value already.
    Uniqueness,
    /// Another operation failed to which it refers, or came just before.
    Conflict,
    /// A read-only or immutable attribute cannot be changed.
    Mutability,
    /// The body has not the structure of the request's schema.
    InvalidSyntax,
    /// A PATCH path is malformed or names nothing.
    InvalidPath,
    /// A PATCH path selects no element.
    NoTarget,
    /// A value has the wrong type, or is not allowed.
    InvalidValue,
    /// A required value is missing.
    MissingValue,
    /// The protocol version is not supported.
    InvalidVers,
    /// The cursor was not issued for this query (RFC 9865 §2.1).
    InvalidCursor,
    /// The cursor has expired (RFC 9865 §2.1).
    ExpiredCursor,
    /// `count` is not a number, or not the one of the first page (RFC 9865 §2.1).
    InvalidCount,
    /// The request is refused because its URI contains sensitive data.
    Sensitive,
    /// The credential is missing or not valid.
    Unauthorized,
    /// The credential does not allow the request.
    Forbidden,
    /// The token lacks a scope that the request needs.
    MissingScope,
    /// The directory is not enabled, paused, being erased, or served at another address.
    Closed,
    /// The resource does not exist.
    NotFound,
    /// The endpoint does not exist.
    NoEndpoint,
    /// What the request asks for is not kept any more.
    Gone,
    /// The endpoint does not have this method.
    MethodNotAllowed,
    /// The version in `If-Match` is not the current one.
    PreconditionFailed,
    /// The body, or the resulting resource, is too large.
    PayloadTooLarge,
    /// The body has another media type.
    UnsupportedMediaType,
    /// Too many requests; the client should retry later.
    TooManyRequests,
    /// An internal error.
    Internal,
    /// The service does not offer this.
    NotImplemented,
    /// The store is not available; the client should retry later.
    Unavailable,
}

/// Kind, HTTP status, scimType: one row each.
const TABLE: [(Kind, u16, Option<&str>); 30] = {
    use Kind::*;
    [
        (InvalidFilter, 400, Some("invalidFilter")),
        (TooMany, 400, Some("tooMany")),
        (Uniqueness, 409, Some("uniqueness")),
        (Conflict, 409, None),
        (Mutability, 400, Some("mutability")),
        (InvalidSyntax, 400, Some("invalidSyntax")),
        (InvalidPath, 400, Some("invalidPath")),
        (NoTarget, 400, Some("noTarget")),
        (InvalidValue, 400, Some("invalidValue")),
        (MissingValue, 400, Some("invalidValue")),
        (InvalidVers, 400, Some("invalidVers")),
        (InvalidCursor, 400, Some("invalidCursor")),
        (ExpiredCursor, 400, Some("expiredCursor")),
        (InvalidCount, 400, Some("invalidCount")),
        (Sensitive, 403, Some("sensitive")),
        (Unauthorized, 401, None),
        (Forbidden, 403, None),
        (MissingScope, 403, None),
        (Closed, 403, None),
        (NotFound, 404, None),
        (NoEndpoint, 404, None),
        (Gone, 410, None),
        (MethodNotAllowed, 405, None),
        (PreconditionFailed, 412, None),
        (PayloadTooLarge, 413, None),
        (UnsupportedMediaType, 415, None),
        (TooManyRequests, 429, None),
        (Internal, 500, None),
        (NotImplemented, 501, None),
        (Unavailable, 503, None),
    ]
};

impl Kind {
    /// Every kind.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.into_iter().map(|row| row.0)
    }

    /// The HTTP status (RFC 7644 §3.12).
    #[must_use]
    pub fn status(self) -> u16 {
        self.row().1
    }

    /// The `scimType`, if an RFC defines one.
    #[must_use]
    pub fn scim_type(self) -> Option<&'static str> {
        self.row().2
    }

    fn row(self) -> (Self, u16, Option<&'static str>) {
        TABLE.into_iter().find(|row| row.0 == self).unwrap_or((self, 500, None))
    }
}

/// An error as clients get it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Error {
    /// Its kind.
    pub kind: Kind,
    /// The thing, the reason and the remedy, for an administrator: lower case, without a final
    /// period and without secrets.
    pub detail: String,
}

impl Error {
    /// An error of `kind`, explained by `detail`.
    #[must_use]
    pub fn new(kind: Kind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}

/// The first `most` characters of `text`, which a client sent, without control characters, for
/// an error.
#[must_use]
pub(crate) fn quoted(text: &str, most: usize) -> String {
    let printable = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    let mut short: String = text.chars().take(most).map(printable).collect();
    if text.chars().nth(most).is_some() {
        short.push('…');
    }
    short
}
