//! One event as a security event token, pushed to an HTTP endpoint (RFC 8935).

use std::iter;
use std::sync::Arc;

use bytes::Bytes;
use directory::Table;
use directory::clock::seconds;
use directory::error::Error;
use directory::events::Event;
use directory::subscription::TokenStream;
use directory::subscription::advance::Outcome;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, USER_AGENT};
use http::{Request, Response, StatusCode};
use scim::model::resource_type::ResourceType;
use scim::profile::{Profiles, STANDARD};
use serde::Deserialize;
use serde_json::{Value, json};

use super::webhook::{AGENT, call, outcome, refused, unusable};
use crate::auth::deployment::Deployment;
use crate::events::sets::claims::claims;
use crate::events::sets::is_about_token;
use crate::events::sets::keys::KeyCache;
use crate::settings::Reach;

/// The type of the event that an administrator sends to test a subscription.
pub const TEST: &str = "subscription.test";
/// The event with which transmitters of the Shared Signals Framework test a receiver.
const VERIFICATION: &str = "https://schemas.openid.net/secevent/ssf/event-type/verification";

/// Makes tokens. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Tokens {
    table: Table,
    deployment: Deployment,
    profiles: Arc<Profiles>,
    keys: KeyCache,
}

/// How a receiver refuses a token (RFC 8935 §2.3).
#[derive(Deserialize)]
struct Refusal {
    err: String,
    #[serde(default)]
    description: String,
}

/// Sends `event` to `url`, as a token of `stream`. Returns what became of it, and the status.
pub(super) async fn send(
    tokens: &Tokens,
    reach: Reach,
    url: &str,
    authorization: Option<&str>,
    stream: &TokenStream,
    event: &Value,
) -> (Outcome, Option<u16>) {
    let token = match tokens.token(stream, event).await {
        Ok(Some(token)) => token,
        // It is not about a resource: tokens do not report it.
        Ok(None) => return (Outcome::Delivered, None),
        Err(error) => {
            let error = &error as &dyn std::error::Error;
            tracing::error!(error, "a security event token cannot be made");
            return (unusable("the token cannot be made"), None);
        }
    };
    let mut request = Request::post(url)
        .header(CONTENT_TYPE, "application/secevent+jwt")
        .header(ACCEPT, "application/json")
        .header(USER_AGENT, AGENT);
    if let Some(authorization) = authorization {
        request = request.header(AUTHORIZATION, authorization);
    }
    let Ok(request) = request.body(Bytes::from(token)) else {
        return (unusable("the request cannot be made"), None);
    };
    match call(request, reach).await {
        Ok(answer) => (answered(&answer), Some(answer.status().as_u16())),
        Err(error) => (unusable(&error.to_string()), None),
    }
}

/// What a response means.
fn answered(answer: &Response<Bytes>) -> Outcome {
    let status = answer.status();
    let refusal = || serde_json::from_slice::<Refusal>(answer.body()).ok();
    match status {
        StatusCode::ACCEPTED => Outcome::Delivered,
        // A page that answers everything is no receiver.
        _ if status.is_success() => {
            unusable(&format!("the endpoint answered {}: a receiver of tokens answers 202", status.as_u16()))
        }
        StatusCode::BAD_REQUEST => match refusal() {
            Some(Refusal { err, description }) => {
                let reason = format!("the endpoint answered 400, {err}: {description}");
                if is_about_token(&err) { refused(status, &reason) } else { unusable(&reason) }
            }
            None => outcome(answer),
        },
        _ => outcome(answer),
    }
}

impl Tokens {
    /// Tokens signed with the key of `deployment`, which is in `table`, about resources of directories that
    /// follow `profiles`.
    #[must_use]
    pub fn new(table: Table, deployment: Deployment, profiles: Arc<Profiles>) -> Self {
        Self { table, deployment, profiles, keys: KeyCache::default() }
    }

    /// The token of `stream` that reports `event`; `None` for an event that is not about a resource.
    async fn token(&self, stream: &TokenStream, event: &Value) -> Result<Option<String>, Error> {
        let Some(claims) = self.claims(stream, event)? else { return Ok(None) };
        self.keys.read(&self.table, &self.deployment).await?.sign(&claims).map(Some)
    }

    fn claims(&self, stream: &TokenStream, event: &Value) -> Result<Option<Value>, Error> {
        if event.get("type").and_then(Value::as_str) == Some(TEST) {
            return Ok(Some(verification(stream, event, seconds())));
        }
        let read = serde_json::from_value(event.clone());
        let event: Event = read.map_err(|error| Error::Unavailable(error.into()))?;
        let kind = self.kind(&event.resource.kind);
        Ok(kind.and_then(|kind| claims(&event, &kind, stream, seconds())))
    }

    /// The resource type `name`. Its endpoint and its schema are the same in each profile, so it is looked for
    /// in all of them, which spares a read of the directory.
    fn kind(&self, name: &str) -> Option<Arc<ResourceType>> {
        // Users and groups are in the first one, and no other is read.
        let names = iter::once(STANDARD).chain(self.profiles.names());
        let mut profiles = names.filter_map(|profile| self.profiles.get(profile).ok());
        profiles.find_map(|profile| profile.resource_type(name).cloned())
    }
}

/// The claims of a token that only tests the receiver.
fn verification(stream: &TokenStream, event: &Value, now: i64) -> Value {
    json!({
        "iss": stream.issuer,
        "iat": now,
        "jti": event.get("id"),
        "aud": stream.audience,
        "sub_id": { "format": "opaque", "id": event.pointer("/resource/id") },
        "events": { VERIFICATION: {} },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &'static str) -> Outcome {
        let mut answer = Response::new(Bytes::from_static(body.as_bytes()));
        *answer.status_mut() = StatusCode::from_u16(status).unwrap_or_default();
        answered(&answer)
    }

    #[test]
    fn only_202_acknowledges() {
        assert_eq!(answer(202, ""), Outcome::Delivered);
        for status in [200, 204] {
            assert!(matches!(answer(status, ""), Outcome::Unusable { .. }), "{status}");
        }
    }

    #[test]
    fn a_refusal_is_about_one_token_or_about_all() {
        let refused = |reason: &str| refused(StatusCode::BAD_REQUEST, reason);
        assert_eq!(
            answer(400, r#"{"err":"invalid_request","description":"no `events`"}"#),
            refused("the endpoint answered 400, invalid_request: no `events`")
        );
        assert_eq!(answer(400, "<html>"), refused("the endpoint answered 400"));
        for err in ["invalid_key", "invalid_audience", "access_denied"] {
            let body = format!(r#"{{"err":"{err}"}}"#);
            assert!(matches!(answer(400, body.leak()), Outcome::Unusable { .. }), "{err}");
        }
        assert!(matches!(answer(401, ""), Outcome::Refused { status: Some(401), .. }));
        assert!(matches!(answer(503, ""), Outcome::Unusable { .. }));
        assert_eq!(answer(410, ""), Outcome::Gone);
    }
}
