//! One event as an entry of an Amazon EventBridge bus.
//!
//! The call is signed with the signatures of the AWS SDK, and sent as webhooks are: the client of
//! EventBridge would be the largest part of the function for its only call.

use std::env;
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use bytes::Bytes;
use directory::clock;
use directory::subscription::advance::Outcome;
use http::header::CONTENT_TYPE;
use http::{HeaderName, HeaderValue, Request, Response};
use serde_json::{Value, json};

use super::webhook::{refused, unusable};
use crate::http::fetch::{Limits, fetch};
use crate::settings::{EventBus, Reach};

/// What one call may take.
const LIMITS: Limits = Limits { time: Duration::from_secs(15), bytes: 64 * 1024, needs_body: true };
const SOURCE: &str = "rollcall";
/// The error codes of an entry, or of the call, that are about this event and not about the bus.
const OF_ONE: [&str; 4] =
    ["ValidationException", "PutEventsRequestEntrySizeExceeded", "MalformedDetail", "InvalidArgument"];

/// Puts `event` on `bus`. Returns what became of it, and the status.
pub(super) async fn send(bus: &EventBus, event: &Value) -> (Outcome, Option<u16>) {
    let Some(request) = credentials(bus).and_then(|by| request(bus, event, &by, SystemTime::now())) else {
        return (unusable("the call of EventBridge cannot be signed"), None);
    };
    // The operator names another address, not a customer.
    let reach = if bus.is_elsewhere() { Reach::Any } else { Reach::Public };
    match fetch(request, reach, LIMITS).await {
        Ok(answer) => (outcome(&answer), Some(answer.status().as_u16())),
        Err(error) => (unusable(&format!("EventBridge: {error}")), None),
    }
}

/// The function's credentials, where Lambda puts them. A stand-in needs none.
fn credentials(bus: &EventBus) -> Option<Credentials> {
    let named = |name| env::var(name).ok().filter(|value: &String| !value.is_empty());
    match (named("AWS_ACCESS_KEY_ID"), named("AWS_SECRET_ACCESS_KEY")) {
        (Some(id), Some(secret)) => {
            Some(Credentials::new(id, secret, named("AWS_SESSION_TOKEN"), None, "environment"))
        }
        _ if bus.is_elsewhere() => Some(Credentials::new("none", "none", None, None, "stand-in")),
        _ => None,
    }
}

/// The call `PutEvents`, signed by `credentials` at `now`.
fn request(
    bus: &EventBus,
    event: &Value,
    credentials: &Credentials,
    now: SystemTime,
) -> Option<Request<Bytes>> {
    let text = |pointer| event.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    let resource = format!("{}/{}/{}", text("/directory"), text("/resource/type"), text("/resource/id"));
    let mut entry = json!({
        "EventBusName": bus.arn(),
        "Source": SOURCE,
        "DetailType": text("/type"),
        "Detail": event.to_string(),
        "Resources": [resource],
    });
    // Without it EventBridge takes the time of the call.
    if let (Some(time), Some(entry)) = (clock::read(text("/time")), entry.as_object_mut()) {
        entry.insert("Time".to_owned(), time.into());
    }
    let url = bus.url();
    let mut request = Request::post(url)
        .header(CONTENT_TYPE, "application/x-amz-json-1.1")
        .header("x-amz-target", "AWSEvents.PutEvents")
        .body(Bytes::from(json!({ "Entries": [entry] }).to_string()))
        .ok()?;
    let identity = credentials.clone().into();
    let parameters = v4::SigningParams::builder()
        .identity(&identity)
        .region(bus.region())
        .name("events")
        .time(now)
        .settings(SigningSettings::default())
        .build()
        .ok()?
        .into();
    let headers =
        request.headers().iter().filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)));
    let signable = SignableRequest::new("POST", url, headers, SignableBody::Bytes(request.body())).ok()?;
    let (signed, _) = sign(signable, &parameters).ok()?.into_parts().0.into_parts();
    for header in signed {
        let name: HeaderName = header.name().parse().ok()?;
        request.headers_mut().insert(name, HeaderValue::from_str(header.value()).ok()?);
    }
    Some(request)
}

/// What a response means.
fn outcome(answer: &Response<Bytes>) -> Outcome {
    let status = answer.status();
    let body: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
    let text = |pointer| body.pointer(pointer).and_then(Value::as_str);
    let code = if status.is_success() {
        if body.get("FailedEntryCount") == Some(&json!(0)) {
            return Outcome::Delivered;
        }
        text("/Entries/0/ErrorCode")
    } else {
        // `com.amazonaws.events#ValidationException`, or without what is before the `#`.
        text("/__type").and_then(|kind| kind.rsplit('#').next())
    };
    let reason = match code {
        Some(code) => format!("EventBridge answered {code}"),
        None => format!("EventBridge answered {}", status.as_u16()),
    };
    if code.is_some_and(|code| OF_ONE.contains(&code)) { refused(status, &reason) } else { unusable(&reason) }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on has failed")]
mod tests {
    use http::StatusCode;

    use super::*;

    const BUS: &str = "arn:aws:events:eu-central-1:123456789012:event-bus/product";

    fn answer(status: u16, body: Value) -> Outcome {
        let mut answer = Response::new(Bytes::from(body.to_string()));
        *answer.status_mut() = StatusCode::from_u16(status).unwrap();
        outcome(&answer)
    }

    #[test]
    fn an_entry_has_the_event_its_type_and_its_resource() {
        let event = json!({
            "id": "evt_1", "type": "user.created", "time": "2026-11-29T09:30:12.345Z", "directory": "acme",
            "resource": { "type": "User", "id": "u1" },
        });
        let bus = EventBus::new(BUS, None).unwrap();
        let credentials = Credentials::new("AKIDEXAMPLE", "secret", Some("session".to_owned()), None, "test");
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_796_000_000);
        let request = request(&bus, &event, &credentials, now).unwrap();
        assert_eq!(request.uri(), "https://events.eu-central-1.amazonaws.com/");
        let header = |name: &str| request.headers()[name].to_str().unwrap();
        assert_eq!(header("x-amz-target"), "AWSEvents.PutEvents");
        assert_eq!(header("x-amz-security-token"), "session");
        let scope = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261130/eu-central-1/events/aws4_request";
        assert!(header("authorization").starts_with(scope), "{}", header("authorization"));
        let body: Value = serde_json::from_slice(request.body()).unwrap();
        assert_eq!(
            body,
            json!({ "Entries": [{
                "EventBusName": BUS,
                "Source": "rollcall",
                "DetailType": "user.created",
                "Detail": event.to_string(),
                "Resources": ["acme/User/u1"],
                "Time": 1_795_944_612,
            }] })
        );
        let event = json!({ "id": "evt_2", "type": "user.updated", "time": "", "directory": "acme" });
        assert!(
            super::request(&bus, &event, &credentials, now).is_some(),
            "it must not stop those that follow"
        );
    }

    #[test]
    fn a_failed_entry_is_not_delivered() {
        let delivered = json!({ "FailedEntryCount": 0, "Entries": [{ "EventId": "1" }] });
        assert_eq!(answer(200, delivered), Outcome::Delivered);
        let failed = |code: &str| json!({ "FailedEntryCount": 1, "Entries": [{ "ErrorCode": code }] });
        for code in ["ThrottlingException", "InternalFailure", "NotAuthorizedForSourceException"] {
            assert!(matches!(answer(200, failed(code)), Outcome::Unusable { .. }), "{code}");
        }
        assert!(matches!(answer(200, failed("MalformedDetail")), Outcome::Refused { .. }));
        assert!(matches!(answer(200, json!({})), Outcome::Unusable { .. }));
        let error = |kind: &str| json!({ "__type": kind, "message": "x" });
        assert!(matches!(
            answer(400, error("com.amazonaws.events#ValidationException")),
            Outcome::Refused { .. }
        ));
        assert_eq!(
            answer(400, error("AccessDeniedException")),
            unusable("EventBridge answered AccessDeniedException")
        );
        assert_eq!(answer(503, json!(null)), unusable("EventBridge answered 503"));
    }
}
