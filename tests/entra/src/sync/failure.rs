//! The failure of one object, in the terms of Entra's provisioning log.

use crate::wire::request::{Answer, Request, Trouble};

/// Why a step failed.
#[derive(Clone, Debug)]
pub struct Failure {
    /// Entra's error code.
    pub code: &'static str,
    /// What happened, as text.
    pub message: String,
    /// May succeed a moment later.
    pub transient: bool,
    /// Ends the cycle: no request will succeed.
    pub quarantine: bool,
    /// What was sent.
    pub request: Option<Request>,
    /// What came back.
    pub answer: Option<Answer>,
}

/// The response cannot be used, whatever its status.
pub const INCOMPATIBLE: &str = "SystemForCrossDomainIdentityManagementServiceIncompatible";

impl Failure {
    /// A response that is not valid SCIM.
    #[must_use]
    pub fn incompatible(message: impl Into<String>, request: &Request, answer: &Answer) -> Self {
        Self::of(INCOMPATIBLE, message.into(), request, Some(answer))
    }

    /// A failure that concerns only one object.
    #[must_use]
    pub fn of(code: &'static str, message: String, request: &Request, answer: Option<&Answer>) -> Self {
        Self {
            code,
            message,
            transient: false,
            quarantine: false,
            request: Some(request.clone()),
            answer: answer.cloned(),
        }
    }

    /// No response came.
    #[must_use]
    pub fn trouble(trouble: &Trouble, request: &Request) -> Self {
        let code = match trouble {
            Trouble::Timeout(_) => "Timeout",
            Trouble::Connection(_) => "ConnectionFailed",
            Trouble::Token(_) => "TokenNotIssued",
        };
        Self { transient: true, ..Self::of(code, trouble.to_string(), request, None) }
    }

    /// An unexpected status.
    #[must_use]
    pub fn status(request: &Request, answer: &Answer) -> Self {
        let filtered = request.method == "GET" && request.query.contains("filter=");
        let (code, quarantine) = match answer.status {
            400 => ("BadRequest", false),
            401 => ("Unauthorized", true),
            403 => ("InsufficientRights", true),
            404 if filtered => (INCOMPATIBLE, true),
            404 => ("InvalidAnchor", false),
            405 => ("MethodNotAllowed", false),
            409 => ("EntryConflict", false),
            422 => ("UnprocessableEntity", false),
            429 => ("TooManyRequests", false),
            501 => ("NotImplemented", false),
            500.. => ("InternalServerError", false),
            _ => (INCOMPATIBLE, false),
        };
        let advice = match answer.status {
            404 if filtered => "; a filter without a hit must be answered 200 with an empty list",
            404 => "; the object is gone, a restart with `--restart full` matches everything again",
            401 | 403 => "; the token is refused",
            _ => "",
        };
        let message = format!("{}: {}{advice}", request.line(), answer.summary());
        let transient = answer.status == 429 || (answer.status >= 500 && answer.status != 501);
        Self { transient, quarantine, ..Self::of(code, message, request, Some(answer)) }
    }
}
