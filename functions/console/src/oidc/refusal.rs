//! Why a person is not signed in: for the audit log, and as a page that says what to do. Neither contains
//! tokens or codes.

use std::fmt;

use directory::clock::seconds;
use directory::error::Error;
use gateway::auth::issuer::signed::Invalid;
use gateway::settings::oidc::Oidc;
use http::StatusCode;

use crate::problem::Problem;
use crate::time::minute;

/// The longest error code, and the longest issuer, of the identity provider that is shown.
const LONGEST: usize = 64;
const LONGEST_ISSUER: usize = 256;

/// Why. Names of persons are as the audit log has them.
#[derive(Debug)]
pub(super) enum Refusal {
    /// There is no answer that belongs to a sign-in of this browser.
    Unfinished,
    /// The sign-in of this person has begun a session already.
    Repeated(String),
    /// The identity provider sent this error.
    Denied(String),
    /// It does not answer, or its answer cannot be used.
    Unreachable,
    /// It calls itself by this name, not by that of the settings.
    OtherIssuer(String),
    /// It names an address that this service does not call.
    Address,
    /// It refused the code with this error.
    NotExchanged(String),
    /// The ID token proves nothing.
    Invalid(Invalid),
    /// The ID token answers another sign-in.
    Nonce,
    /// The identity provider has not asked this person again.
    NotAsked,
    /// The identity provider does not say when it asked this person.
    NoTime,
    /// This person's address is on the list, but not verified.
    Unverified(String),
    /// This person is not on the list.
    NotListed(String),
    /// It was not possible to find out.
    Unable(Problem),
}

impl Refusal {
    /// The identity provider sent the browser back with `error`.
    pub(super) fn denied(error: &str) -> Self {
        Self::Denied(plain(error))
    }

    /// The identity provider calls itself `issuer`.
    pub(super) fn other_issuer(issuer: &str) -> Self {
        Self::OtherIssuer(issuer.chars().take(LONGEST_ISSUER).collect())
    }

    /// The identity provider answered the exchange of the code with `error`.
    pub(super) fn not_exchanged(error: &str) -> Self {
        Self::NotExchanged(plain(error))
    }

    /// Who it was, as far as that is proved.
    pub(super) fn who(&self) -> &str {
        match self {
            Self::Repeated(who) | Self::Unverified(who) | Self::NotListed(who) => who,
            _ => "-",
        }
    }

    /// The page.
    pub(super) fn page(self, settings: &Oidc) -> Problem {
        let issuer = &settings.issuer;
        let (status, text) = match self {
            Self::Unable(problem) => return problem,
            Self::Unfinished => (
                StatusCode::BAD_REQUEST,
                "The sign-in took longer than ten minutes, or began in another browser or another window. Go to the \
                 start page and sign in again."
                    .to_owned(),
            ),
            Self::Repeated(_) | Self::Nonce => (
                StatusCode::BAD_REQUEST,
                "This answer of the identity provider was used before, or belongs to another sign-in. Go to the start \
                 page and sign in again."
                    .to_owned(),
            ),
            Self::Unreachable | Self::Invalid(Invalid::NoKeys) => (
                StatusCode::SERVICE_UNAVAILABLE,
                format!(
                    "The identity provider {issuer} cannot be reached, or its answer cannot be used. Try again in a \
                     minute. If it fails again, compare the setting issuer with the identity provider. The log of \
                     this service says what failed."
                ),
            ),
            other => (StatusCode::FORBIDDEN, other.advice(issuer)),
        };
        Problem::Page(status, "You are not signed in", text)
    }

    /// What to change.
    fn advice(&self, issuer: &str) -> String {
        match self {
            Self::Denied(error) => format!(
                "The identity provider did not sign you in. It says: {error}. Check that you may use this \
                 application there."
            ),
            Self::OtherIssuer(other) => format!(
                "The setting issuer is {issuer}, but the identity provider calls itself {other}. Both must be the \
                 same, letter by letter, with or without a slash at the end."
            ),
            Self::Address => format!(
                "The identity provider {issuer} names an address that this service does not call: it must begin with \
                 https and be that of a public host."
            ),
            Self::NotExchanged(error) => format!(
                "The identity provider refused the exchange of the code. It says: {error}. With invalid_client, compare \
                 the settings clientId and clientSecret with the application there: the secret may have expired."
            ),
            Self::Invalid(Invalid::Expired | Invalid::NotYetValid) => format!(
                "The ID token has expired or is not valid yet. It is {} for this service: if that is more than a \
                 minute from the time of the identity provider, one of the two clocks is wrong.",
                minute(seconds())
            ),
            Self::Invalid(Invalid::Audience) => "The ID token is for another application. Compare the setting clientId \
                                                 with the application's id at the identity provider."
                .to_owned(),
            Self::Invalid(Invalid::Issuer) => format!(
                "The ID token is of another issuer than {issuer}. Compare the setting issuer with the identity \
                 provider, letter by letter."
            ),
            Self::NotAsked => "To create secrets, you sign in again, but the identity provider did not ask who you \
                               are. Sign out there, and sign in again."
                .to_owned(),
            Self::NoTime => "To create secrets, you sign in again, but the identity provider does not say when it asked \
                             who you are. It must send the claim auth_time. In Microsoft Entra ID, open the \
                             application's page Token configuration, press Add optional claim, choose ID, and add \
                             auth_time. Then sign in again."
                .to_owned(),
            Self::Unverified(_) => "Your e-mail address is on the list of those who may sign in, but the identity \
                                    provider says that it is not verified. Verify it there, and sign in again."
                .to_owned(),
            Self::NotListed(who) => format!(
                "The identity provider signed you in as {who}, who is not on the list of those who may use this \
                 console. Ask the team that runs this service to add you. If one of your groups is on the list, \
                 check that the identity provider sends groups to this application."
            ),
            _ => "The ID token of the identity provider is not complete, or its signature is wrong. It must be signed \
                  by RSA or ECDSA with a key that the identity provider publishes. The audit log says more."
                .to_owned(),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unfinished => f.write_str("no answer to a sign-in of this browser"),
            Self::Repeated(_) => f.write_str("the answer was used before"),
            Self::Denied(error) => write!(f, "the identity provider answered {error}"),
            Self::Unreachable => {
                f.write_str("the identity provider cannot be reached, or its answer cannot be used")
            }
            Self::OtherIssuer(_) => f.write_str("the identity provider has another issuer than the settings"),
            Self::Address => f.write_str("the identity provider names an address that is not called"),
            Self::NotExchanged(error) => write!(f, "the code was not exchanged: {error}"),
            Self::Invalid(invalid) => write!(f, "the ID token is not valid: {invalid:?}"),
            Self::Nonce => f.write_str("the ID token has another nonce"),
            Self::NotAsked => f.write_str("the identity provider did not ask the person again"),
            Self::NoTime => f.write_str("the identity provider did not say when it asked the person"),
            Self::Unverified(_) => f.write_str("the e-mail address is not verified"),
            Self::NotListed(_) => f.write_str("not on the list"),
            Self::Unable(_) => f.write_str("the service was not able to check it"),
        }
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Unable(error.into())
    }
}

/// An error code without what is not part of one.
fn plain(error: &str) -> String {
    error
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
        .take(LONGEST)
        .collect()
}
