//! An endpoint of a consumer: records what it gets, and answers as the test says.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};
use http_body_util::BodyExt;
use serde_json::Value;
use tests::runtime::{block_on, spawn};
use tokio::net::TcpListener;
use tokio::time::{Instant, sleep};

/// One request.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
    pub(crate) event: Value,
    pub(crate) at: Instant,
    /// What it was answered.
    pub(crate) status: u16,
}

impl Received {
    pub(crate) fn sequence(&self) -> u64 {
        self.event["sequence"].as_u64().unwrap()
    }

    /// The id of the resource that it is about.
    pub(crate) fn about(&self) -> &str {
        self.event["resource"]["id"].as_str().unwrap()
    }
}

/// What to answer.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) after: Duration,
}

impl From<u16> for Reply {
    fn from(status: u16) -> Self {
        Self { status, headers: Vec::new(), after: Duration::ZERO }
    }
}

type Behaviour = dyn Fn(&Value) -> Reply + Send + Sync;

#[derive(Clone)]
pub(crate) struct Receiver {
    pub(crate) url: String,
    received: Arc<Mutex<Vec<Received>>>,
    behaviour: Arc<Mutex<Arc<Behaviour>>>,
}

impl Receiver {
    /// One that answers each event as `behaviour` says.
    pub(crate) fn new(behaviour: impl Fn(&Value) -> Reply + Send + Sync + 'static) -> Self {
        let listener = block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let behaviour: Arc<Behaviour> = Arc::new(behaviour);
        let receiver = Self { url, received: Arc::default(), behaviour: Arc::new(Mutex::new(behaviour)) };
        let router = Router::new().fallback(take).with_state(receiver.clone());
        spawn(async move { axum::serve(listener, router).await.unwrap() });
        receiver
    }

    /// Answers this way from now on.
    pub(crate) fn behave(&self, behaviour: impl Fn(&Value) -> Reply + Send + Sync + 'static) {
        *self.behaviour.lock().unwrap() = Arc::new(behaviour);
    }

    /// All requests so far, in the order of their arrival.
    pub(crate) fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }

    /// The sequence numbers of the events that it took, in the order of their arrival.
    pub(crate) fn taken(&self) -> Vec<u64> {
        self.received().iter().filter(|one| one.status < 300).map(Received::sequence).collect()
    }
}

async fn take(State(receiver): State<Receiver>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = String::from_utf8(body.collect().await.unwrap().to_bytes().into()).unwrap();
    let event: Value = serde_json::from_str(&body).unwrap();
    let behaviour = receiver.behaviour.lock().unwrap().clone();
    let reply = behaviour(&event);
    let (at, status) = (Instant::now(), reply.status);
    receiver.received.lock().unwrap().push(Received { headers: parts.headers, body, event, at, status });
    sleep(reply.after).await;
    let mut response = StatusCode::from_u16(status).unwrap().into_response();
    for (name, value) in reply.headers {
        response.headers_mut().insert(name, value.parse().unwrap());
    }
    response
}
