//! Failures as responses: SCIM's error body, its status, and the header that goes with it
//! (RFC 7644 §3.12).

use axum::response::{IntoResponse, Response};
use directory::error::Error as StoreError;
use directory::id::{CredentialId, DirectoryId};
use http::header::{ALLOW, HeaderName, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{StatusCode, header};
use scim::error::{Error, Kind};
use scim::message;
use scim::model::resource_type::ResourceType;
use serde_json::Value;

use crate::http::{mask, reply};

/// How long a client should leave a busy or unreachable store alone, in seconds.
const RETRY_SECONDS: u64 = 2;
/// How much of an unknown id is repeated.
const SHOWN: usize = 80;

/// Why a request gets no other answer.
#[derive(Debug)]
pub struct Failure {
    error: Error,
    header: Option<(HeaderName, HeaderValue)>,
    about: Option<Box<About>>,
}

/// What else is known of a request that failed.
#[derive(Debug, Clone, Default)]
struct About {
    by: Option<(DirectoryId, CredentialId)>,
    user_name: Option<String>,
}

/// Why a request was refused, in an extension of its response.
#[derive(Debug, Clone)]
pub struct Refused {
    /// What the client gets.
    pub error: Error,
    /// Whose token it was, when the request was refused because of that. The directory exists.
    pub by: Option<(DirectoryId, CredentialId)>,
    /// The `userName` that was sent, masked.
    pub user_name: Option<String>,
}

impl Failure {
    /// A failure of `kind`, explained by `detail`.
    #[must_use]
    pub fn new(kind: Kind, detail: impl Into<String>) -> Self {
        Error::new(kind, detail).into()
    }

    /// A 401 or 403 that asks for another credential as `challenge` says.
    #[must_use]
    pub fn challenge(error: Error, challenge: HeaderValue) -> Self {
        Self { header: Some((WWW_AUTHENTICATE, challenge)), ..error.into() }
    }

    /// A 405; `allow` is the Allow header that the endpoint's router made.
    #[must_use]
    pub fn method(allow: Option<HeaderValue>) -> Self {
        let methods = allow.as_ref().and_then(|a| a.to_str().ok()).unwrap_or_default().replace(',', ", ");
        let detail = format!("this endpoint takes {methods} only");
        let header = allow.map(|allow| (ALLOW, allow));
        Self { header, ..Self::new(Kind::MethodNotAllowed, detail) }
    }

    /// What a failed call on the store means to a client who asked about resources of
    /// `kind`; `id` is the one that the request names.
    #[must_use]
    pub fn about(kind: &ResourceType, id: Option<&str>, error: StoreError) -> Self {
        let noun = kind.name.to_lowercase();
        match (id, error) {
            (Some(id), StoreError::NotFound) => Self::unknown(&noun, id),
            (_, error) => Self::table(&noun, error),
        }
    }

    /// A 404: there is no `noun`, such as `user`, called `id`.
    #[must_use]
    pub fn unknown(noun: &str, id: &str) -> Self {
        let shown: String = id.chars().take(SHOWN).collect();
        Self::new(Kind::NotFound, format!("there is no {noun} with the id `{shown}`"))
    }

    /// What a failed call on the store means to a client; `noun` is what it was about,
    /// such as `user`. A fault of the store is logged here, with its causes.
    #[must_use]
    pub fn table(noun: &str, error: StoreError) -> Self {
        match error {
            StoreError::NotFound => Self::new(Kind::NotFound, format!("there is no such {noun}")),
            StoreError::Scim(error) => error.into(),
            StoreError::Taken { attribute } => {
                Self::new(Kind::Uniqueness, format!("another {noun} already has this `{attribute}`"))
            }
            StoreError::PreconditionFailed => Self::new(
                Kind::PreconditionFailed,
                format!("the {noun} is not at the version that the request names: read it again"),
            ),
            StoreError::Excluded => Self::new(
                Kind::PreconditionFailed,
                format!("the {noun} is at a version that the request excludes by If-None-Match"),
            ),
            StoreError::TooMany(detail) => Self::new(Kind::TooMany, detail),
            StoreError::Costly { detail, after_seconds } => {
                Self::later(Kind::TooManyRequests, format!("the request {detail}"), after_seconds)
            }
            StoreError::TooLarge(detail) => Self::new(Kind::PayloadTooLarge, detail),
            StoreError::Throttled { after_seconds } => {
                let detail = "the table takes no more at the moment: wait as `Retry-After` says, and send fewer \
                              requests at once; if this lasts, the provider of this service can raise the table's \
                              capacity";
                Self::later(Kind::TooManyRequests, detail, after_seconds)
            }
            StoreError::Busy => Self::later(
                Kind::Unavailable,
                format!("too many others are changing this {noun}: send the request again"),
                RETRY_SECONDS,
            ),
            StoreError::Profile(reason) => {
                tracing::error!(reason, "a profile cannot be used");
                Self::internal()
            }
            StoreError::Unavailable(source) => {
                tracing::error!(error = chain(&*source), "the store cannot be used");
                let detail = "the directory cannot be reached just now: send the request again";
                Self::later(Kind::Unavailable, detail, RETRY_SECONDS)
            }
        }
    }

    /// A fault of ours, logged by the caller.
    #[must_use]
    pub fn internal() -> Self {
        Self::new(Kind::Internal, "the service has failed: nothing in the request explains it")
    }

    /// The error that the client gets.
    #[must_use]
    pub fn error(&self) -> &Error {
        &self.error
    }

    /// The answer's status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.error.kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The challenge of a 401 or 403.
    #[must_use]
    pub fn challenge_header(&self) -> Option<&str> {
        let (name, value) = self.header.as_ref()?;
        if name == header::WWW_AUTHENTICATE { value.to_str().ok() } else { None }
    }

    /// A temporary failure, which ends after about this number of seconds.
    #[must_use]
    pub fn later(kind: Kind, detail: impl Into<String>, seconds: u64) -> Self {
        Self { header: Some((RETRY_AFTER, HeaderValue::from(seconds))), ..Self::new(kind, detail) }
    }

    /// The same failure, of a request with a token of `credential` of `directory`, which exists.
    #[must_use]
    pub fn of(mut self, directory: &DirectoryId, credential: &CredentialId) -> Self {
        self.about.get_or_insert_default().by = Some((directory.clone(), credential.clone()));
        self
    }

    /// The same failure, of a request with this body.
    #[must_use]
    pub fn of_body(mut self, body: &Value) -> Self {
        let fields = body.as_object().into_iter().flatten();
        let mut names = fields.filter(|(name, _)| name.eq_ignore_ascii_case("userName"));
        if let Some(name) = names.find_map(|(_, value)| value.as_str()) {
            self.about.get_or_insert_default().user_name = Some(mask::address(name));
        }
        self
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self { error, header: None, about: None }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = reply::json(self.status(), &message::error(&self.error));
        if let Some((name, value)) = self.header {
            response.headers_mut().insert(name, value);
        }
        let About { by, user_name } = self.about.map(|about| *about).unwrap_or_default();
        response.extensions_mut().insert(Refused { error: self.error, by, user_name });
        response
    }
}

/// An error and its causes in one line. Displayed, never debugged: the debug form of an
/// SDK error holds items, and those are personal data.
fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

#[cfg(test)]
mod tests;
