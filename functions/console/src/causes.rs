//! The catalogue of causes: why requests are refused, and what an administrator changes. Each kind of error
//! has its row; the compiler refuses one without.

mod access;
mod request;
mod service;
mod value;

use scim::error::Kind;

/// One row.
#[derive(Debug)]
pub(crate) struct Cause {
    pub(crate) title: &'static str,
    /// What happened.
    pub(crate) happened: &'static str,
    /// What to change, whatever the identity provider.
    pub(crate) change: &'static str,
    /// Where that is in Microsoft Entra ID.
    pub(crate) entra: Option<&'static str>,
    /// Where that is in Okta.
    pub(crate) okta: Option<&'static str>,
}

impl Cause {
    const fn new(title: &'static str, happened: &'static str, change: &'static str) -> Self {
        Self { title, happened, change, entra: None, okta: None }
    }

    const fn entra(self, place: &'static str) -> Self {
        Self { entra: Some(place), ..self }
    }

    const fn okta(self, place: &'static str) -> Self {
        Self { okta: Some(place), ..self }
    }
}

/// The cause of a refusal.
pub(crate) fn of(kind: Kind) -> &'static Cause {
    match kind {
        Kind::Unauthorized => &access::TOKEN,
        Kind::MissingScope => &access::SCOPE,
        Kind::Closed => &access::CLOSED,
        Kind::NoEndpoint => &access::ENDPOINT,
        Kind::Forbidden => &access::FORBIDDEN,
        Kind::MissingValue => &value::MISSING,
        Kind::InvalidValue => &value::INVALID,
        Kind::Uniqueness => &value::TAKEN,
        Kind::Mutability => &value::FIXED,
        Kind::InvalidPath => &value::PATH,
        Kind::NoTarget => &value::TARGET,
        Kind::InvalidFilter => &value::FILTER,
        Kind::NotFound | Kind::Gone => &request::GONE,
        Kind::PayloadTooLarge | Kind::TooMany => &request::LARGE,
        Kind::PreconditionFailed => &request::VERSION,
        Kind::InvalidSyntax | Kind::UnsupportedMediaType => &request::BODY,
        Kind::InvalidCursor | Kind::ExpiredCursor | Kind::InvalidCount => &request::PAGE,
        Kind::Conflict
        | Kind::MethodNotAllowed
        | Kind::NotImplemented
        | Kind::InvalidVers
        | Kind::Sensitive => &request::UNKNOWN,
        Kind::TooManyRequests => &service::RATE,
        Kind::Unavailable => &service::UNAVAILABLE,
        Kind::Internal => &service::FAULT,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cause_is_a_sentence_and_says_what_to_do() {
        for cause in Kind::all().map(of) {
            for text in [cause.happened, cause.change].into_iter().chain(cause.entra).chain(cause.okta) {
                assert!(text.ends_with('.') && text.starts_with(char::is_uppercase), "{text}");
            }
            assert!(!cause.title.ends_with('.'), "{}", cause.title);
        }
    }
}
