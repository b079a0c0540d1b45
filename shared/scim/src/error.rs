//! Errors as data: status, scimType, detail (RFC 7644 §3.12).

use std::fmt;

/// What went wrong, in the vocabulary of RFC 7644 §3.12 table 9, of RFC 9865 §2.1 and of HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The filter does not parse, or asks what cannot be asked.
    InvalidFilter,
    /// The answer would be larger than the server is willing to make.
    TooMany,
    /// A unique value is taken.
    Uniqueness,
    /// It depends on another operation of the same request, which failed.
    Conflict,
    /// A read-only or immutable attribute was to be changed.
    Mutability,
    /// The body is not what the request's schema asks for.
    InvalidSyntax,
    /// A PATCH path is malformed or names nothing.
    InvalidPath,
    /// A PATCH path selects no element.
    NoTarget,
    /// A value is missing, of the wrong type, or not allowed.
    InvalidValue,
    /// The protocol version is not supported.
    InvalidVers,
    /// A cursor that was not given out for this query (RFC 9865 §2.1).
    InvalidCursor,
    /// A cursor that was given out too long ago (RFC 9865 §2.1).
    ExpiredCursor,
    /// A `count` that is no number, or not the one of the walk's first page (RFC 9865 §2.1).
    InvalidCount,
    /// The request must not be made in this way because it carries secrets in a URI.
    Sensitive,
    /// No or no valid credential.
    Unauthorized,
    /// The credential does not allow it.
    Forbidden,
    /// There is no such resource or endpoint.
    NotFound,
    /// The endpoint has no such method.
    MethodNotAllowed,
    /// `If-Match` names another version.
    PreconditionFailed,
    /// The body, or the resource that would follow, is too large.
    PayloadTooLarge,
    /// The body's media type is not SCIM's.
    UnsupportedMediaType,
    /// Asked too often; ask again later.
    TooManyRequests,
    /// A fault of ours.
    Internal,
    /// Not offered.
    NotImplemented,
    /// The store cannot be reached or is busy; ask again later.
    Unavailable,
}

/// Kind, HTTP status, scimType: one row each.
const TABLE: [(Kind, u16, Option<&str>); 25] = {
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
        (InvalidVers, 400, Some("invalidVers")),
        (InvalidCursor, 400, Some("invalidCursor")),
        (ExpiredCursor, 400, Some("expiredCursor")),
        (InvalidCount, 400, Some("invalidCount")),
        (Sensitive, 403, Some("sensitive")),
        (Unauthorized, 401, None),
        (Forbidden, 403, None),
        (NotFound, 404, None),
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
    /// The status that RFC 7644 §3.12 gives to this kind.
    #[must_use]
    pub fn status(self) -> u16 {
        self.row().1
    }

    /// The `scimType`, where an RFC has one.
    #[must_use]
    pub fn scim_type(self) -> Option<&'static str> {
        self.row().2
    }

    fn row(self) -> (Self, u16, Option<&'static str>) {
        TABLE.into_iter().find(|row| row.0 == self).unwrap_or((self, 500, None))
    }
}

/// An error as a client is told it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Error {
    /// What went wrong.
    pub kind: Kind,
    /// What an administrator can do about it: lower case, no final period, no secrets.
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

/// At most `most` characters of `text`, which a client sent, fit to be quoted in an error.
#[must_use]
pub(crate) fn quoted(text: &str, most: usize) -> String {
    let printable = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    let mut short: String = text.chars().take(most).map(printable).collect();
    if text.chars().nth(most).is_some() {
        short.push('…');
    }
    short
}
