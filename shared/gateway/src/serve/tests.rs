#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]
//! Without a table: a cached credential is accepted, and requests that would read fail.

mod origin;

use std::io::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, Config, Credentials, Region};
use axum::Router;
use axum::body::Body;
use axum::extract::{Extension, Path};
use axum::response::Response;
use axum::routing::get;
use directory::Table;
use directory::access::admission::Principal;
use directory::clock::Moment;
use directory::secret::deployment::DeploymentSecret;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use lambda_http::RequestExt;
use lambda_http::request::LambdaRequest;
use scim::discovery::schemas::{schema, schemas};
use scim::profile::{Profiles, STANDARD};
use serde_json::{Value, json};
use tower::ServiceExt;

use super::{Edge, service};
use crate::app::App;
use crate::auth::authenticated::Authenticated;
use crate::auth::deployment::{Attempt, Deployment};
use crate::auth::token::{Token, foreign_id, hash};
use crate::http::reply;
use crate::scim::context::Context;
use crate::scim::routes::{collection, single};
use crate::settings::Settings;

const TOKEN: &str = "canary-token";

/// A service whose table cannot be reached, which takes any token for one of `acme`.
fn edge() -> Edge {
    edge_with(Settings {
        foreign_tokens: Some("acme".parse().unwrap()),
        report_units: true,
        ..Settings::default()
    })
}

fn deployment() -> DeploymentSecret {
    DeploymentSecret::parse(&"d".repeat(32)).unwrap()
}

fn edge_with(settings: Settings) -> Edge {
    edge_of(deployment().into(), settings)
}

fn edge_of(deployment: Deployment, settings: Settings) -> Edge {
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-west-1"))
        .endpoint_url("http://127.0.0.1:1")
        .credentials_provider(Credentials::new("none", "none", None, None, "tests"))
        .retry_config(RetryConfig::disabled())
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build();
    let table = Table::new(aws_sdk_dynamodb::Client::from_conf(config), "none");
    let profiles = Arc::new(Profiles::built_in());
    let profile = profiles.get(STANDARD).unwrap();
    let app = App::new(table, profiles, deployment, settings);
    let (digest, credential) = (hash(TOKEN), foreign_id(&hash(TOKEN)).unwrap());
    let known = Authenticated::credential("acme", &credential.to_string(), &digest, profile);
    let principal = Principal::Credential(credential);
    app.authenticator.cache.put("acme".parse().unwrap(), principal, Arc::new(known), Moment::now());
    let routes = Router::new()
        .route("/scim/v2/Users", collection())
        .route("/scim/v2/Users/{id}", single())
        .route("/scim/v2/Schemas", get(all_schemas))
        .route("/scim/v2/Schemas/{urn}", get(one_schema))
        .route("/scim/v2/Panic", get(async || -> StatusCode { panic!("never tell: canary") }));
    service(routes, app)
}

async fn all_schemas(Extension(context): Extension<Context>) -> Response {
    reply::json(StatusCode::OK, &schemas(context.resource_types(), &context.base))
}

async fn one_schema(Extension(context): Extension<Context>, Path(urn): Path<String>) -> Response {
    let found = schema(context.resource_types(), &urn, &context.base);
    reply::json(StatusCode::OK, &found.unwrap())
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Value,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// That it is an error as SCIM has it, of this status.
    #[track_caller]
    fn is_error(&self, status: u16) {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        assert_eq!(self.body["schemas"], json!(["urn:ietf:params:scim:api:messages:2.0:Error"]));
        assert_eq!(self.body["status"], json!(status.to_string()));
        assert!(self.body["detail"].is_string());
        assert_eq!(self.header("content-type"), "application/scim+json");
    }
}

async fn ask<B>(request: Request<B>) -> Answer
where
    B: axum::body::HttpBody<Data = bytes::Bytes> + Send + 'static,
    B::Error: Into<axum::BoxError>,
{
    ask_edge(edge(), request).await
}

async fn ask_edge<B>(edge: Edge, request: Request<B>) -> Answer
where
    B: axum::body::HttpBody<Data = bytes::Bytes> + Send + 'static,
    B::Error: Into<axum::BoxError>,
{
    let (parts, body) = edge.oneshot(request).await.unwrap().into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
    Answer { status: parts.status, headers: parts.headers, body }
}

fn request(method: &str, path: &str) -> Request<Body> {
    let request = Request::builder().method(method).uri(path).header("host", "localhost");
    request.header("authorization", format!("Bearer {TOKEN}")).body(Body::empty()).unwrap()
}

fn anonymous(path: &str) -> Request<Body> {
    let mut request = request("GET", path);
    request.headers_mut().remove("authorization");
    request
}

#[tokio::test]
async fn outside_the_base_is_404_for_everybody() {
    for path in ["/", "/favicon.ico", "/scim/v1/Users"] {
        ask(anonymous(path)).await.is_error(404);
    }
}

#[tokio::test]
async fn inside_the_base_nothing_is_told_without_a_credential() {
    for path in ["/scim/v2", "/scim/v2/Users", "/scim/v2/Schemas", "/scim/v2/Nothing"] {
        let answer = ask(anonymous(path)).await;
        answer.is_error(401);
        assert_eq!(answer.header("www-authenticate"), "Bearer realm=\"scim\"");
    }
}

#[tokio::test]
async fn a_token_that_this_deployment_did_not_issue_is_refused_without_a_read() {
    let (token, _) = Token::mint(&"acme".parse().unwrap(), &deployment()).unwrap();
    let token = secrecy::ExposeSecret::expose_secret(&token);
    let invented = format!("ra_acme_c1_{}{}_{}", "6".repeat(16), "0".repeat(16), "ab".repeat(32));
    let status = async |token: &str| {
        let mut request = request("GET", "/scim/v2/Users");
        request.headers_mut().insert("authorization", token.parse().unwrap());
        edge_with(Settings::default()).oneshot(request).await.unwrap().status()
    };
    let elsewhere = DeploymentSecret::parse(&"e".repeat(32)).unwrap();
    for refused in [
        token.replace("rc_acme", "rc_acmf"),
        format!("{}00000000", token.get(..token.len() - 8).unwrap()),
        elsewhere.with_checksum(token.get(..token.len() - 8).unwrap()),
        format!("{invented}00000000"),
        elsewhere.with_checksum(&invented),
    ] {
        assert_eq!(status(&refused).await, StatusCode::UNAUTHORIZED, "{refused}");
    }
    // The table cannot be reached.
    for read in [token.to_owned(), deployment().with_checksum(&invented)] {
        assert_eq!(status(&read).await, StatusCode::SERVICE_UNAVAILABLE, "{read}");
    }
}

#[tokio::test]
async fn without_the_deployment_secret_a_request_gets_503_and_the_next_one_tries_again() {
    let attempts = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&attempts);
    let deployment = Deployment::read_by(Box::new(move || -> Attempt {
        let fails = counted.fetch_add(1, Ordering::SeqCst) == 0;
        Box::pin(async move { if fails { Err("canary-unreachable".into()) } else { Ok(self::deployment()) } })
    }));
    let edge = edge_of(
        deployment,
        Settings { foreign_tokens: Some("acme".parse().unwrap()), ..Settings::default() },
    );
    let answer = edge.clone().oneshot(request("GET", "/scim/v2/Schemas")).await.unwrap();
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.headers().contains_key("retry-after"));
    let body = axum::body::to_bytes(answer.into_body(), 10_000).await.unwrap();
    let body: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(body["schemas"][0], "urn:ietf:params:scim:api:messages:2.0:Error");
    assert!(!body.to_string().contains("canary"), "{body}");
    let answer = edge.oneshot(request("GET", "/scim/v2/Schemas")).await.unwrap();
    assert_eq!((answer.status(), attempts.load(Ordering::SeqCst)), (StatusCode::OK, 2));
}

#[tokio::test]
async fn unknown_endpoints_are_404() {
    for path in
        ["/scim/v2", "/scim/v2/", "/scim/v2/Nothing", "/scim/v2?aadOptscim062020/Users", "/scim/v2/Users/a/b"]
    {
        ask(request("GET", path)).await.is_error(404);
    }
}

#[tokio::test]
async fn other_methods_are_405_with_allow() {
    for method in ["POST", "OPTIONS", "DELETE"] {
        let answer = ask(request(method, "/scim/v2/Schemas")).await;
        answer.is_error(405);
        assert_eq!(answer.header("allow"), "GET,HEAD");
    }
    let answer = ask(request("OPTIONS", "/scim/v2/Users/u1")).await;
    assert_eq!(answer.header("allow"), "GET,HEAD,PUT,PATCH,DELETE");
}

#[tokio::test]
async fn head_is_get_without_the_body() {
    let (get, head) = (request("GET", "/scim/v2/Schemas"), request("HEAD", "/scim/v2/Schemas"));
    let (get, head) = (ask(get).await, ask(head).await);
    assert_eq!((get.status, head.status), (StatusCode::OK, StatusCode::OK));
    assert_eq!(head.body, Value::Null);
    assert!(head.header("content-length").parse::<usize>().unwrap() > 1000);
}

#[tokio::test]
async fn a_compressed_answer_does_not_claim_the_length_of_the_plain_one() {
    let mut request = request("GET", "/scim/v2/Schemas");
    request.headers_mut().insert("accept-encoding", "gzip".parse().unwrap());
    let answer = ask(request).await;
    assert_eq!(answer.header("content-encoding"), "gzip");
    assert_eq!(answer.header("content-length"), "");
}

#[tokio::test]
async fn a_panic_is_a_500_that_tells_nothing() {
    let answer = ask(request("GET", "/scim/v2/Panic")).await;
    answer.is_error(500);
    assert!(!answer.body.to_string().contains("canary"));
}

#[tokio::test]
async fn every_answer_carries_the_requests_id() {
    let (one, other) = (ask(anonymous("/")).await, ask(request("GET", "/scim/v2/Panic")).await);
    assert_eq!((one.header("x-request-id").len(), other.header("x-request-id").len()), (36, 36));
    assert_ne!(one.header("x-request-id"), other.header("x-request-id"));
    let mut context = lambda_http::Context::default();
    context.request_id = "of-lambda".to_owned();
    let answer = ask(anonymous("/").with_lambda_context(context)).await;
    assert_eq!(answer.header("x-request-id"), "of-lambda");
}

#[tokio::test]
async fn a_table_that_cannot_be_reached_is_a_503_with_retry_after() {
    let answer = ask(request("GET", "/scim/v2/Users/0199c0de-0000-7000-8000-000000000000")).await;
    answer.is_error(503);
    assert_eq!(answer.header("retry-after"), "2");
    let mut unknown = request("GET", "/scim/v2/Users");
    unknown.headers_mut().insert("authorization", "Bearer other".parse().unwrap());
    ask(unknown).await.is_error(503);
}

#[tokio::test]
async fn bad_requests_are_found_before_the_table_is_asked() {
    for (path, scim_type) in [
        ("/scim/v2/Users?count=ten", "invalidValue"),
        ("/scim/v2/Users?attributes=id&excludedAttributes=name", "invalidValue"),
        ("/scim/v2/Users?filter=userName+eq", "invalidFilter"),
        ("/scim/v2/Users?filter=active+gt+true", "invalidFilter"),
    ] {
        let answer = ask(request("GET", path)).await;
        answer.is_error(400);
        assert_eq!(answer.body["scimType"], json!(scim_type), "{path}");
    }
    ask(request("POST", "/scim/v2/Users")).await.is_error(400);
    ask(request("GET", "/scim/v2/Users/%FF")).await.is_error(404);
}

#[tokio::test]
async fn a_schema_by_an_escaped_urn_in_any_case() {
    let urn = "URN%3Aietf%3Aparams%3Ascim%3Aschemas%3Acore%3A2.0%3Auser";
    let answer = ask(request("GET", &format!("/scim/v2/Schemas/{urn}/"))).await;
    assert_eq!(answer.body["name"], json!("User"));
    let location = answer.body["meta"]["location"].as_str().unwrap();
    assert_eq!(location, "http://localhost/scim/v2/Schemas/urn:ietf:params:scim:schemas:core:2.0:User");
}

#[tokio::test]
async fn an_event_of_api_gateway_on_a_stage() {
    let event = json!({
        "version": "2.0", "routeKey": "$default", "rawPath": "/prod/scim/v2//Schemas/",
        "rawQueryString": "aadOptscim062020&",
        "headers": { "host": "api.example.com", "authorization": format!("bearer {TOKEN}") },
        "requestContext": {
            "accountId": "1", "apiId": "a", "domainName": "api.example.com", "requestId": "r",
            "http": { "method": "GET", "path": "/prod/scim/v2//Schemas/", "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.1", "userAgent": "test" },
            "routeKey": "$default", "stage": "prod", "time": "12/Mar/2026:19:03:58 +0000",
            "timeEpoch": 1_583_348_638_390_i64,
        },
        "isBase64Encoded": false,
    });
    let event: LambdaRequest = serde_json::from_str(&event.to_string()).unwrap();
    let answer = ask(http::Request::from(event)).await;
    assert_eq!(answer.status, StatusCode::OK);
    let location = &answer.body["Resources"][0]["meta"]["location"];
    let location = location.as_str().unwrap();
    assert!(location.starts_with("https://api.example.com/prod/scim/v2/Schemas/urn:"), "{location}");
}

#[tokio::test]
async fn a_rest_event_names_its_headers_twice() {
    let authorization = format!("Bearer {TOKEN}");
    let event = json!({
        "resource": "/{proxy+}", "path": "/scim/v2/Schemas", "httpMethod": "GET",
        "headers": { "Host": "api.example.com", "Authorization": authorization },
        "multiValueHeaders": { "Host": ["api.example.com"], "Authorization": [authorization] },
        "queryStringParameters": null, "multiValueQueryStringParameters": null,
        "requestContext": {
            "resourceId": "x", "resourcePath": "/{proxy+}", "httpMethod": "GET", "path": "/prod/scim/v2/Schemas",
            "accountId": "1", "protocol": "HTTP/1.1", "stage": "prod", "requestId": "r",
            "identity": { "sourceIp": "192.0.2.1" }, "apiId": "a",
        },
        "isBase64Encoded": false,
    });
    let event: LambdaRequest = serde_json::from_str(&event.to_string()).unwrap();
    assert_eq!(ask(http::Request::from(event)).await.status, StatusCode::OK);
}

#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn one_line_per_request_and_nothing_personal_in_it() {
    let sink = Sink::default();
    let writer = sink.clone();
    let lines =
        tracing_subscriber::fmt().json().flatten_event(true).with_writer(move || writer.clone()).finish();
    // With a second subscriber: while there is only one, a line that is first written by another test's thread,
    // which has none, is off in all threads.
    let _second = tracing::Dispatch::new(tracing_subscriber::fmt().with_writer(std::io::sink).finish());
    let guard = tracing::subscriber::set_default(lines);
    for path in ["/scim/v2/Users/canary-id?filter=canary", "/scim/v2/canary/path", "/canary"] {
        ask(request("GET", path)).await;
    }
    drop(guard);
    let text = String::from_utf8(sink.0.lock().unwrap().clone()).unwrap();
    assert!(!text.contains("canary"), "{text}");
    let mut lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    // This service has no table to note refused requests in.
    lines.retain(|line| line["level"] != "WARN");
    assert_eq!(lines.len(), 3, "{text}");
    let line = &lines[0];
    assert_eq!(line["route"], json!("/scim/v2/Users/{id}"));
    assert_eq!((&line["method"], &line["status"]), (&json!("GET"), &json!(404)));
    assert_eq!(line["directory"], json!("acme"));
    assert!(
        line["duration_ms"].is_number() && line["read_units"].is_number() && line["write_units"].is_number()
    );
    assert_eq!((&lines[1]["route"], &lines[1]["directory"]), (&json!("-"), &json!("acme")));
    assert_eq!((&lines[2]["route"], &lines[2]["directory"]), (&json!("-"), &json!("-")));
}

#[tokio::test]
async fn units_are_reported_where_asked_for() {
    assert_eq!(ask(request("GET", "/scim/v2/Schemas")).await.header("x-rollcall-units"), "r=0;w=0");
}
