//! One event as a request to an HTTP endpoint, by Standard Webhooks: <https://www.standardwebhooks.com>.

use std::time::Duration;

use bytes::Bytes;
use directory::clock::seconds;
use directory::error::Error;
use directory::subscription::advance::Outcome;
use directory::subscription::secret::SigningSecret;
use http::header::{CONTENT_TYPE, RETRY_AFTER, USER_AGENT};
use http::{Request, Response, StatusCode};
use serde_json::Value;
use tokio::time::Instant;

use crate::http::fetch::{self, Limits, fetch};
use crate::settings::Reach;

/// What one request may take. The body of the response has no meaning: it is read so that the
/// connection can be used again.
const LIMITS: Limits = Limits { time: Duration::from_secs(15), bytes: 16 * 1024, needs_body: false };
/// A request that fails sooner is sent once more: an idle connection may have been closed.
const SOON: Duration = Duration::from_secs(1);
/// What requests call their sender.
pub(super) const AGENT: &str = concat!("Rollcall/", env!("CARGO_PKG_VERSION"));
/// The header of the events' ids.
const ID: &str = "webhook-id";
/// The header of the time of the request, in seconds since 1970.
const TIMESTAMP: &str = "webhook-timestamp";
/// The header of the signatures, one per valid secret.
const SIGNATURE: &str = "webhook-signature";

/// Sends `event` to `url`, signed with `secrets`. Returns what became of it, and the status.
pub(super) async fn send(
    reach: Reach,
    url: &str,
    secrets: &[SigningSecret],
    event: &Value,
) -> (Outcome, Option<u16>) {
    let request = match request(url, secrets, event, seconds()) {
        Ok(request) => request,
        Err(error) => {
            let error = &error as &dyn std::error::Error;
            tracing::error!(error, "a webhook cannot be signed");
            return (unusable("it cannot be signed"), None);
        }
    };
    match call(request, reach).await {
        Ok(answer) => (outcome(&answer), Some(answer.status().as_u16())),
        Err(error) => (unusable(&error.to_string()), None),
    }
}

/// Sends `request` to an endpoint.
pub(super) async fn call(request: Request<Bytes>, reach: Reach) -> Result<Response<Bytes>, fetch::Error> {
    let start = Instant::now();
    match fetch(request.clone(), reach, LIMITS).await {
        Err(fetch::Error::Unreachable) if start.elapsed() < SOON => fetch(request, reach, LIMITS).await,
        answer => answer,
    }
}

fn request(url: &str, secrets: &[SigningSecret], event: &Value, now: i64) -> Result<Request<Bytes>, Error> {
    let id = event.get("id").and_then(Value::as_str).unwrap_or_default();
    let body = event.to_string();
    let content = format!("{id}.{now}.{body}");
    let valid = secrets.iter().filter(|secret| secret.is_valid(now));
    let signatures: Vec<String> =
        valid.map(|secret| secret.sign(content.as_bytes())).collect::<Result<_, _>>()?;
    Request::post(url)
        .header(CONTENT_TYPE, "application/json")
        .header(USER_AGENT, AGENT)
        .header(ID, id)
        .header(TIMESTAMP, now)
        .header(SIGNATURE, signatures.join(" "))
        .body(Bytes::from(body))
        .map_err(|error| Error::Unavailable(error.into()))
}

/// What a response means.
pub(super) fn outcome(answer: &Response<Bytes>) -> Outcome {
    let status = answer.status();
    match status {
        _ if status.is_success() => Outcome::Delivered,
        StatusCode::GONE => Outcome::Gone,
        StatusCode::TOO_MANY_REQUESTS => Outcome::Unusable { reason: said(status), after: pause(answer) },
        _ if status.is_server_error() => Outcome::Unusable { reason: said(status), after: pause(answer) },
        _ if status.is_redirection() => {
            refused(status, "the endpoint redirects, and redirects are not followed")
        }
        _ => refused(status, &said(status)),
    }
}

/// How long the endpoint asks to be left alone, in seconds.
fn pause(answer: &Response<Bytes>) -> Option<i64> {
    answer.headers().get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()
}

fn said(status: StatusCode) -> String {
    format!("the endpoint answered {}", status.as_u16())
}

pub(super) fn refused(status: StatusCode, reason: &str) -> Outcome {
    Outcome::Refused { status: Some(status.as_u16()), reason: reason.to_owned() }
}

pub(super) fn unusable(reason: &str) -> Outcome {
    Outcome::Unusable { reason: reason.to_owned(), after: None }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on has failed")]
mod tests {
    use directory::subscription::secret::Scheme;
    use serde_json::json;

    use super::*;

    fn answer(status: u16, retry_after: Option<&str>) -> Outcome {
        let mut answer = Response::builder().status(status);
        if let Some(seconds) = retry_after {
            answer = answer.header(RETRY_AFTER, seconds);
        }
        outcome(&answer.body(Bytes::new()).unwrap())
    }

    #[test]
    fn the_status_says_what_happens_next() {
        for status in [200, 202, 204] {
            assert_eq!(answer(status, None), Outcome::Delivered);
        }
        assert_eq!(answer(410, None), Outcome::Gone);
        for status in [301, 307, 400, 401, 404, 422] {
            assert!(matches!(answer(status, None), Outcome::Refused { .. }), "{status}");
        }
        for status in [429, 500, 503] {
            assert!(matches!(answer(status, None), Outcome::Unusable { after: None, .. }), "{status}");
            assert!(
                matches!(answer(status, Some("7")), Outcome::Unusable { after: Some(7), .. }),
                "{status}"
            );
        }
    }

    #[test]
    fn every_valid_secret_signs() {
        let secret = |expires| {
            let mut secret = SigningSecret::random(Scheme::Hmac).unwrap();
            secret.expires = expires;
            secret
        };
        let secrets = [
            secret(None),
            secret(Some(11)),
            secret(Some(10)),
            SigningSecret::random(Scheme::Ed25519).unwrap(),
        ];
        let request = request("https://ex.io/hook", &secrets, &json!({ "id": "evt_1" }), 10).unwrap();
        let header = |name: &str| request.headers()[name].to_str().unwrap().to_owned();
        assert_eq!((header(ID), header(TIMESTAMP)), ("evt_1".to_owned(), "10".to_owned()));
        let content = br#"evt_1.10.{"id":"evt_1"}"#;
        let signed = [0, 1, 3].map(|n| secrets[n].sign(content).unwrap());
        assert_eq!(header(SIGNATURE), signed.join(" "));
    }
}
