//! What a response means, and what to change. Pure.

use http::StatusCode;
use maud::{Markup, html};
use serde_json::Value;

use super::send::{Came, Trouble};

/// One request of the test.
pub(super) struct Row {
    pub(super) sent: String,
    pub(super) came: String,
    pub(super) outcome: Outcome,
}

/// What a response means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Outcome {
    /// Whether it is right.
    pub(super) is_good: bool,
    pub(super) means: &'static str,
    /// What to change if it is not right.
    pub(super) change: &'static str,
}

const TEAM: &str = "Tell the team of this service.";
const LATER: &str = "Try again in a minute. If it lasts, tell the team of this service.";

impl Row {
    /// As a row of the table.
    pub(super) fn line(&self) -> Markup {
        let Outcome { is_good, means, change } = &self.outcome;
        html! {
            td { (self.sent) }
            td { (self.came) }
            td { (means) }
            td { @if *is_good { "Nothing" } @else { (change) } }
        }
    }
}

impl Outcome {
    /// The right response, which means this.
    pub(super) const fn good(means: &'static str) -> Self {
        Self { is_good: true, means, change: "" }
    }

    pub(super) const fn bad(means: &'static str, change: &'static str) -> Self {
        Self { is_good: false, means, change }
    }

    /// `good` if the response has the status `expected` and `fits` its body. Otherwise what the response means,
    /// or `unfit` if only the body is wrong.
    pub(super) fn of(
        came: &Came,
        expected: &[u16],
        fits: impl FnOnce(&Value) -> bool,
        good: &'static str,
        unfit: &'static str,
    ) -> Self {
        match came {
            Ok((status, body)) if expected.contains(status) => {
                if fits(body) {
                    Self::good(good)
                } else {
                    Self::bad(unfit, TEAM)
                }
            }
            came => Self::wrong(came),
        }
    }

    /// What a response means that is not right.
    fn wrong(came: &Came) -> Self {
        let status = match came {
            Ok((status, _)) => StatusCode::from_u16(*status).unwrap_or_default(),
            Err(Trouble::Late) => {
                return Self::bad("It was not sent, because the requests before took too long.", LATER);
            }
            Err(Trouble::Fetch(_)) => {
                return Self::bad(
                    "The address does not answer over TLS: its name is not known, its certificate is not valid, or it \
                     is too slow.",
                    "Tell the team of this service: they check the domain name and its certificate.",
                );
            }
        };
        match status {
            StatusCode::UNAUTHORIZED => Self::bad(
                "The secret token is not valid: it is not complete, has expired, or was revoked.",
                "Copy the whole token, or create other credentials on the set-up page and enter them.",
            ),
            StatusCode::FORBIDDEN => Self::bad(
                "The secret token is not allowed to do this, or user provisioning is not enabled.",
                "Create credentials on the set-up page, and enter their secret token.",
            ),
            StatusCode::BAD_REQUEST => Self::bad(
                "The service did not accept the request. What came back says why.",
                "If it names an attribute that your service requires, map it in your identity provider. Otherwise \
                 tell the team of this service.",
            ),
            StatusCode::TOO_MANY_REQUESTS => Self::bad("The service got too many requests at once.", LATER),
            StatusCode::CONFLICT => Self::bad("A user with the same value exists.", TEAM),
            status if status.is_server_error() => Self::bad("The service is busy or has a fault.", LATER),
            _ => Self::bad("This address does not lead to the service.", TEAM),
        }
    }
}

#[cfg(test)]
mod tests {
    use gateway::http::fetch::Error;
    use serde_json::json;

    use super::*;

    #[test]
    fn each_response_has_a_meaning_and_a_remedy() {
        let of = |came: &Came| Outcome::of(came, &[200], |body| body["ok"] == true, "Right.", "Wrong body.");
        assert_eq!(of(&Ok((200, json!({ "ok": true })))), Outcome::good("Right."));
        assert_eq!(of(&Ok((200, json!({})))), Outcome::bad("Wrong body.", TEAM));
        let statuses = [301, 400, 401, 403, 404, 409, 429, 500, 503].map(|status| Ok((status, Value::Null)));
        let none = [Err(Trouble::Late), Err(Trouble::Fetch(Error::Unreachable))];
        for came in statuses.iter().chain(&none) {
            let outcome = of(came);
            assert!(
                !outcome.is_good && outcome.means.ends_with('.') && outcome.change.ends_with('.'),
                "{came:?}"
            );
        }
        assert!(of(&Ok((401, Value::Null))).means.contains("not valid"));
        assert!(of(&Ok((404, Value::Null))).means.contains("does not lead"));
    }
}
