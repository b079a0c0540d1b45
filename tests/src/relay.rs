//! A relay in front of a DynamoDB whose indexes can be made to lag: once frozen, a query of an
//! index gets the response that it got before, or an empty one if it was never sent. All other
//! calls are forwarded, and may get a latency; one call may be held, or its response lost or old.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{BehaviorVersion, Config, Credentials, Region, StalledStreamProtectionConfig};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::{Mutex, Notify};

use crate::runtime::{block_on, spawn};

/// A running relay.
#[derive(Debug)]
pub struct Relay {
    url: String,
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    upstream: String,
    http: reqwest::Client,
    frozen: AtomicBool,
    latency: AtomicU64,
    jitter: AtomicU64,
    mishap: std::sync::Mutex<Option<(Vec<String>, Mishap)>>,
    seen: Mutex<HashMap<String, Bytes>>,
}

/// The fate of one call.
#[derive(Debug)]
enum Mishap {
    Lose,
    Stale,
    Hold(Held),
}

/// A held call, which waits now or as soon as it arrives.
#[derive(Debug, Clone, Default)]
pub struct Held {
    come: Arc<Notify>,
    go: Arc<Notify>,
}

impl Held {
    /// Waits until the call has arrived, a minute at most.
    pub async fn come(&self) {
        let come = tokio::time::timeout(Duration::from_secs(60), self.come.notified());
        come.await.expect("the call that is to be held");
    }

    /// Lets the call continue.
    pub fn release(&self) {
        self.go.notify_one();
    }
}

impl Relay {
    /// A relay to the DynamoDB at `upstream`.
    #[must_use]
    pub fn start(upstream: &str) -> Self {
        let inner = Arc::new(Inner {
            upstream: upstream.to_owned(),
            http: reqwest::Client::new(),
            frozen: AtomicBool::new(false),
            latency: AtomicU64::new(0),
            jitter: AtomicU64::new(0),
            mishap: std::sync::Mutex::default(),
            seen: Mutex::default(),
        });
        let routes = Router::new().fallback(pass).with_state(Arc::clone(&inner));
        let listener = block_on(TcpListener::bind("127.0.0.1:0")).expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        spawn(async move { axum::serve(listener, routes).await });
        Self { url, inner }
    }

    /// The URL where it listens.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A client of it.
    #[must_use]
    pub fn client(&self) -> Client {
        let config = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .endpoint_url(&self.url)
            .region(Region::from_static("eu-west-1"))
            .credentials_provider(Credentials::new("local", "local", None, None, "local"))
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .build();
        Client::from_conf(config)
    }

    /// Freezes the indexes from now on.
    pub fn freeze(&self) {
        self.inner.frozen.store(true, Ordering::SeqCst);
    }

    /// Delays every call by this much from now on.
    pub fn delay(&self, milliseconds: u64) {
        self.inner.latency.store(milliseconds, Ordering::SeqCst);
    }

    /// Delays every call by a random time from now on: mostly little, sometimes up to this much.
    pub fn jitter(&self, milliseconds: u64) {
        self.inner.jitter.store(milliseconds, Ordering::SeqCst);
    }

    /// The next call whose body contains `part` is carried out, and its response lost.
    pub fn lose(&self, part: &str) {
        self.befall(&[part], Mishap::Lose);
    }

    /// The next call whose body contains `part` waits before it is carried out.
    #[must_use]
    pub fn hold(&self, part: &str) -> Held {
        self.hold_with(&[part])
    }

    /// The next call whose body contains all of `parts` waits before it is carried out.
    #[must_use]
    pub fn hold_with(&self, parts: &[&str]) -> Held {
        let held = Held::default();
        self.befall(parts, Mishap::Hold(held.clone()));
        held
    }

    /// The next call whose body contains all of `parts`, and that reads items by their keys, gets the response
    /// that the same call got first: as if the write of a transaction were not visible yet.
    pub fn stale(&self, parts: &[&str]) {
        self.befall(parts, Mishap::Stale);
    }

    fn befall(&self, parts: &[&str], mishap: Mishap) {
        let parts = parts.iter().map(|part| (*part).to_owned()).collect();
        *self.inner.mishap.lock().expect("no panic") = Some((parts, mishap));
    }

    /// Indexes are up to date again.
    pub fn thaw(&self) {
        self.inner.frozen.store(false, Ordering::SeqCst);
    }
}

impl Inner {
    /// The fate of the call with this body, used once.
    fn mishap(&self, body: &[u8]) -> Option<Mishap> {
        let mut mishap = self.mishap.lock().expect("no panic");
        let concerned = |part: &str| body.windows(part.len()).any(|window| window == part.as_bytes());
        mishap.take_if(|(parts, _)| parts.iter().all(|part| concerned(part))).map(|(_, mishap)| mishap)
    }
}

async fn pass(State(inner): State<Arc<Inner>>, headers: HeaderMap, body: Bytes) -> Response {
    tokio::time::sleep(Duration::from_millis(inner.latency.load(Ordering::SeqCst))).await;
    let most = inner.jitter.load(Ordering::SeqCst);
    if most > 0 {
        tokio::time::sleep(Duration::from_secs_f64((most as f64).powf(fastrand::f64()) / 1000.0)).await;
    }
    let asked: Value = serde_json::from_slice(&body).unwrap_or_default();
    let key = asked["IndexName"].is_string().then(|| asked.to_string());
    if let (Some(key), true) = (&key, inner.frozen.load(Ordering::SeqCst)) {
        let nothing = || Bytes::from(json!({ "Items": [], "Count": 0, "ScannedCount": 0 }).to_string());
        let old = inner.seen.lock().await.get(key).cloned().unwrap_or_else(nothing);
        return ([("content-type", "application/x-amz-json-1.0")], old).into_response();
    }
    let mishap = inner.mishap(&body);
    let target = headers.get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default();
    let read = target.ends_with("GetItem").then(|| asked.to_string());
    if let (Some(read), Some(Mishap::Stale)) = (&read, &mishap)
        && let Some(old) = inner.seen.lock().await.get(read).cloned()
    {
        return ([("content-type", "application/x-amz-json-1.0")], old).into_response();
    }
    if let Some(Mishap::Hold(held)) = &mishap {
        held.come.notify_one();
        held.go.notified().await;
    }
    let mut request = inner.http.post(&inner.upstream).body(body);
    for name in ["content-type", "x-amz-target", "x-amz-date", "authorization"] {
        if let Some(value) = headers.get(name) {
            request = request.header(name, value);
        }
    }
    let Ok(answer) = request.send().await else { return StatusCode::BAD_GATEWAY.into_response() };
    if matches!(mishap, Some(Mishap::Lose)) {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    let status = answer.status();
    let checksum = answer.headers().get("x-amz-crc32").cloned();
    let body = answer.bytes().await.unwrap_or_default();
    if let (Some(key), true) = (key, status.is_success()) {
        inner.seen.lock().await.insert(key, body.clone());
    }
    if let (Some(read), true) = (read, status.is_success()) {
        inner.seen.lock().await.entry(read).or_insert_with(|| body.clone());
    }
    let mut response = (status, [("content-type", "application/x-amz-json-1.0")], body).into_response();
    if let Some(checksum) = checksum {
        response.headers_mut().insert("x-amz-crc32", checksum);
    }
    response
}
