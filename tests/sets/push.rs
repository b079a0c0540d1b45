//! Tokens by push (RFC 8935), and events on a bus, to a receiver on this machine.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};
use http_body_util::BodyExt;
use rollcall::stack::{EVENT_BUS, Options, Stack};
use serde_json::{Value, json};
use tests::admin::admin;
use tests::call::Call;
use tests::endpoint::Endpoint;
use tests::names::unique;
use tests::runtime::{block_on, spawn, within};
use tokio::net::TcpListener;

use crate::receiver::verify;

type Answers = Arc<dyn Fn(usize) -> (u16, String) + Send + Sync>;
type Requests = Arc<Mutex<Vec<(HeaderMap, String)>>>;

/// An HTTP endpoint that answers its n-th request as the test says.
struct Endpoints {
    url: String,
    requests: Requests,
}

impl Endpoints {
    fn new(answer: impl Fn(usize) -> (u16, String) + Send + Sync + 'static) -> Self {
        let (requests, answers): (Requests, Answers) = (Arc::default(), Arc::new(answer));
        let listener = block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let router = Router::new().fallback(receive).with_state((Arc::clone(&requests), answers));
        spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, requests }
    }

    /// The requests, as soon as there are `count`.
    fn requests(&self, count: usize) -> Vec<(HeaderMap, String)> {
        assert!(within(60, || self.requests.lock().unwrap().len() >= count), "{count} requests");
        self.requests.lock().unwrap().clone()
    }
}

async fn receive(State((requests, answers)): State<(Requests, Answers)>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let body = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
    let number = {
        let mut requests = requests.lock().unwrap();
        requests.push((head.headers, body));
        requests.len()
    };
    let (status, body) = answers(number);
    (StatusCode::from_u16(status).unwrap(), body).into_response()
}

/// Creates a subscription with this channel; returns its path.
fn subscribe(scim: &Endpoint, channel: &Value) -> String {
    let path = format!("/admin/directories/{}/subscriptions", scim.directory());
    let body = json!({ "label": "x", "channel": channel });
    let made = admin(scim, "POST", &path).unwrap().json(&body).send().expect(201).json();
    format!("{path}/{}", made["id"].as_str().unwrap())
}

fn show(scim: &Endpoint, path: &str) -> Value {
    admin(scim, "GET", path).unwrap().send().expect(200).json()
}

#[test]
fn a_token_is_pushed_until_it_is_accepted() {
    let Some(scim) = Endpoint::empty_directory() else { return };
    let refused = r#"{"err":"invalid_request","description":"not now"}"#;
    let receiver = Endpoints::new(move |number| match number {
        1 => (400, refused.to_owned()),
        _ => (202, String::new()),
    });
    let channel = json!({
        "kind": "push", "url": receiver.url, "authorization": "Bearer of-the-receiver",
        "tokens": { "audience": "me", "content": "notice" },
    });
    let path = subscribe(&scim, &channel);
    let user = scim.create_user(&unique(), &json!({}));
    let requests = receiver.requests(2);
    for (headers, token) in &requests {
        let header = |name: &str| headers[name].to_str().unwrap();
        assert_eq!(header("content-type"), "application/secevent+jwt");
        assert_eq!(header("accept"), "application/json");
        assert_eq!(header("authorization"), "Bearer of-the-receiver");
        let claims = verify(&scim, token);
        assert_eq!(claims["aud"], "me");
        assert_eq!(claims["sub_id"]["uri"], format!("/Users/{user}"));
        let events = claims["events"].as_object().unwrap();
        assert_eq!(events.keys().collect::<Vec<_>>(), ["urn:ietf:params:scim:event:prov:create:notice"]);
    }
    assert!(within(30, || show(&scim, &path)["open"] == 0), "{}", show(&scim, &path));
    assert_eq!(receiver.requests(2).len(), 2);
}

#[test]
fn an_endpoint_that_is_no_receiver_of_tokens_loses_nothing() {
    let Some(scim) = Endpoint::empty_directory() else { return };
    let receiver = Endpoints::new(|_| (200, "<html>".to_owned()));
    let path = subscribe(&scim, &json!({ "kind": "push", "url": receiver.url }));
    scim.create_user(&unique(), &json!({}));
    receiver.requests(1);
    assert!(within(30, || show(&scim, &path)["failures"] == 1), "{}", show(&scim, &path));
    let head = block_on(directory::events::head(&scim.stack().unwrap().table(), &scim.directory())).unwrap();
    let subscription = show(&scim, &path);
    let passed = subscription["cursor"].as_u64().unwrap() - subscription["open"].as_u64().unwrap();
    assert!(passed < head, "{subscription}");
}

/// The test of the Shared Signals Framework.
#[test]
fn a_test_sends_a_verification() {
    let Some(scim) = Endpoint::empty_directory() else { return };
    let receiver = Endpoints::new(|_| (202, String::new()));
    let path = subscribe(&scim, &json!({ "kind": "push", "url": receiver.url }));
    let call = admin(&scim, "POST", &format!("{path}/test")).unwrap().json(&json!({}));
    let answer = block_on(call.exchange());
    assert_eq!((&answer.json()["delivered"], &answer.json()["status"]), (&json!(true), &json!(202)));
    let claims = verify(&scim, &receiver.requests(1)[0].1);
    let event = "https://schemas.openid.net/secevent/ssf/event-type/verification";
    assert_eq!(claims["events"], json!({ event: {} }));
}

#[test]
fn events_are_put_on_the_bus_in_order() {
    let bus = Endpoints::new(|number| match number {
        1 => (
            200,
            json!({ "FailedEntryCount": 1, "Entries": [{ "ErrorCode": "MalformedDetail" }] }).to_string(),
        ),
        _ => (200, json!({ "FailedEntryCount": 0, "Entries": [{ "EventId": "1" }] }).to_string()),
    });
    let options = Options { event_bridge_url: Some(bus.url.clone()), ..Options::default() };
    let stack = block_on(Stack::start(options)).unwrap();
    let scim = Endpoint::external(stack.tenant_url(), stack.token());
    let path = format!(
        "{}/admin/directories/{}/subscriptions",
        scim.base().trim_end_matches("/scim/v2"),
        scim.directory()
    );
    let key = format!("Bearer {}", stack.administrator_key());
    let call = Call::new(&scim, "POST", &path).authorization(Some(&key));
    let types = ["user.created", "user.deleted"];
    call.json(&json!({ "label": "x", "channel": { "kind": "eventBridge" }, "types": types }))
        .send()
        .expect(201);
    let user = scim.create_user(&unique(), &json!({}));
    scim.delete(&format!("/Users/{user}")).send().expect(204);
    let mut seen = Vec::new();
    for (headers, body) in bus.requests(3) {
        assert_eq!(headers["x-amz-target"], "AWSEvents.PutEvents");
        assert_eq!(headers["content-type"], "application/x-amz-json-1.1");
        assert!(headers["authorization"].to_str().unwrap().contains("/local/events/aws4_request"));
        let body: Value = serde_json::from_str(&body).unwrap();
        let entry = &body["Entries"][0];
        assert_eq!((&entry["EventBusName"], &entry["Source"]), (&json!(EVENT_BUS), &json!("rollcall")));
        let detail: Value = serde_json::from_str(entry["Detail"].as_str().unwrap()).unwrap();
        assert_eq!(detail["type"], entry["DetailType"]);
        seen.push(entry["DetailType"].as_str().unwrap().to_owned());
    }
    assert_eq!(seen, ["user.created", "user.created", "user.deleted"], "the refused one came again first");
    block_on(async { tokio::time::timeout(Duration::from_secs(10), stack.stop()).await.unwrap() });
}
