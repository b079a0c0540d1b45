//! What a receiver sends to poll (RFC 8936 §2.4).

use std::collections::{BTreeMap, BTreeSet};

use gateway::events::sets::is_about_token;
use scim::error::{Error, Kind};
use serde::Deserialize;
use serde_json::Value;

/// Tokens of a response, if the request names no other number, and the most.
const USUAL: usize = 100;
const MOST: usize = 1000;

/// A request.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Request {
    /// The most tokens of the response. With 0 the request only acknowledges.
    pub(super) most: usize,
    /// Whether the response comes at once, also without tokens.
    pub(super) is_immediate: bool,
    /// The ids of the tokens that the receiver has processed.
    pub(super) acknowledged: BTreeSet<String>,
    /// The tokens that it can never use, by id, and why. Errors that are not about one token are ignored:
    /// the token comes again.
    pub(super) refused: BTreeMap<String, String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Body {
    max_events: Option<u64>,
    return_immediately: bool,
    ack: BTreeSet<String>,
    set_errs: BTreeMap<String, Refusal>,
}

/// Why a token cannot be used (RFC 8936 §2.6).
#[derive(Deserialize)]
struct Refusal {
    err: String,
    #[serde(default)]
    description: String,
}

impl Request {
    /// Reads the body of a request.
    ///
    /// # Errors
    /// `invalidSyntax`.
    pub(super) fn read(body: Value) -> Result<Self, Error> {
        let form =
            "the body must be an object with any of `maxEvents`, `returnImmediately`, `ack` and `setErrs`";
        let wrong = |why: String| Error::new(Kind::InvalidSyntax, format!("{form}{why}"));
        if !body.is_object() {
            // Serde would take a list for the members in order.
            return Err(wrong(String::new()));
        }
        let body: Body = serde_json::from_value(body).map_err(|error| wrong(format!(": {error}")))?;
        let refused = body.set_errs.into_iter().filter(|(_, refusal)| is_about_token(&refusal.err));
        let refused = refused.map(|(id, Refusal { err, description })| {
            let reason = if description.is_empty() { err } else { format!("{err}: {description}") };
            (id, reason)
        });
        Ok(Self {
            most: body.max_events.map_or(USUAL, |most| usize::try_from(most).unwrap_or(MOST)).min(MOST),
            is_immediate: body.return_immediately,
            acknowledged: body.ack,
            refused: refused.collect(),
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_request_is_read() {
        let read = |body| Request::read(body).unwrap();
        let usual = read(json!({}));
        assert_eq!((usual.most, usual.is_immediate), (100, false));
        let whole = read(json!({
            "maxEvents": 5, "returnImmediately": true, "ack": ["evt_1", "evt_2"],
            "setErrs": {
                "evt_3": { "err": "invalid_request", "description": "no `events`" },
                "evt_4": { "err": "unknown_user" },
                "evt_5": { "err": "invalid_key", "description": "key 7 is revoked" },
            },
        }));
        assert_eq!((whole.most, whole.is_immediate), (5, true));
        assert_eq!(whole.acknowledged, ["evt_1".to_owned(), "evt_2".to_owned()].into());
        let reasons: Vec<_> = whole.refused.values().map(String::as_str).collect();
        assert_eq!(reasons, ["invalid_request: no `events`", "unknown_user"]);
        assert_eq!(read(json!({ "maxEvents": 0 })).most, 0);
        assert_eq!(read(json!({ "maxEvents": 5000 })).most, 1000);
    }

    #[test]
    fn another_body_is_refused() {
        for body in [
            json!([]),
            json!("x"),
            json!({ "maxEvents": -1 }),
            json!({ "ack": "evt_1" }),
            json!({ "setErrs": { "evt_1": "x" } }),
            json!({ "returnImmediately": "yes" }),
        ] {
            assert_eq!(Request::read(body.clone()).unwrap_err().kind, Kind::InvalidSyntax, "{body}");
        }
    }
}
