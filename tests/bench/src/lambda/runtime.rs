//! A stand-in of the Lambda Runtime API: hands out events, takes responses, keeps the time.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use super::event::Script;
use crate::client::Told;
use crate::measure::Figures;

struct Inner {
    script: Script,
    figures: Option<Figures>,
    handed_out: Instant,
    first: Option<Duration>,
    left: usize,
    finished: Option<oneshot::Sender<Figures>>,
}

type Shared = Arc<Mutex<Inner>>;

/// The running stand-in.
pub(crate) struct Runtime {
    address: String,
    inner: Shared,
    finished: oneshot::Receiver<Figures>,
}

impl Runtime {
    pub(crate) async fn start(script: Script, requests: usize) -> Self {
        let (sender, finished) = oneshot::channel();
        let inner = Arc::new(Mutex::new(Inner {
            script,
            figures: Some(Figures::new("invocation of users")),
            handed_out: Instant::now(),
            first: None,
            left: requests,
            finished: Some(sender),
        }));
        let routes = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/invocation/{id}/response", post(response))
            .route("/2018-06-01/runtime/invocation/{id}/error", post(error))
            .route("/2018-06-01/runtime/init/error", post(init_error))
            .with_state(Arc::clone(&inner));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { address, inner, finished }
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// The figures, when the last event is answered.
    pub(crate) async fn finished(&mut self) -> Figures {
        (&mut self.finished).await.expect("the figures")
    }

    /// How long the first invocation took.
    pub(crate) fn first_millis(&self) -> f64 {
        self.inner.lock().expect("the state").first.unwrap_or_default().as_secs_f64() * 1000.0
    }
}

async fn next(State(inner): State<Shared>) -> Response {
    let event = inner.lock().expect("the state").script.next();
    let Some(event) = event else {
        // Nothing more to do: Lambda would freeze the function here.
        return std::future::pending().await;
    };
    let deadline = std::time::SystemTime::now() + Duration::from_secs(30);
    let deadline = deadline.duration_since(std::time::UNIX_EPOCH).expect("after 1970").as_millis();
    let headers = [
        ("content-type", "application/json".to_owned()),
        ("lambda-runtime-aws-request-id", uuid::Uuid::new_v4().to_string()),
        ("lambda-runtime-deadline-ms", deadline.to_string()),
        (
            "lambda-runtime-invoked-function-arn",
            "arn:aws:lambda:eu-central-1:123456789012:function:users".to_owned(),
        ),
        ("lambda-runtime-trace-id", "Root=1-65a0b1c2-0123456789abcdef01234567;Sampled=0".to_owned()),
    ];
    let text = event.to_string();
    inner.lock().expect("the state").handed_out = Instant::now();
    (headers, text).into_response()
}

async fn response(State(inner): State<Shared>, Path(_): Path<String>, body: Bytes) -> StatusCode {
    let response: Value = serde_json::from_slice(&body).expect("the response as JSON");
    let mut inner = inner.lock().expect("the state");
    let took = inner.handed_out.elapsed();
    inner.first.get_or_insert(took);
    let status = if inner.script.learn(&response) { 200 } else { 500 };
    if status == 500 {
        eprintln!("{response}");
    }
    if let Some(figures) = inner.figures.as_mut() {
        figures.count(took, &Told { status, units: None, body: Bytes::new() }, &[200]);
        figures.took(took);
    }
    inner.left -= 1;
    if inner.left == 0
        && let (Some(figures), Some(finished)) = (inner.figures.take(), inner.finished.take())
    {
        let _ = finished.send(figures);
    }
    StatusCode::ACCEPTED
}

async fn error(Path(id): Path<String>, body: Bytes) -> StatusCode {
    eprintln!("invocation {id} failed: {}", String::from_utf8_lossy(&body));
    StatusCode::ACCEPTED
}

async fn init_error(body: Bytes) -> StatusCode {
    panic!("the function could not start: {}", String::from_utf8_lossy(&body));
}
