//! A stand-in of the Lambda Runtime API: passes events to the function one after the other, and
//! receives the responses.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::StatusCode;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::{Mutex, Notify, mpsc, oneshot};
use tokio::task::JoinHandle;

/// The result of an invocation: the response, or the error that the function reported.
pub type Outcome = Result<Value, String>;

struct Invocation {
    event: String,
    ended: oneshot::Sender<Outcome>,
}

struct Inner {
    waiting: Mutex<mpsc::UnboundedReceiver<Invocation>>,
    running: Mutex<HashMap<String, oneshot::Sender<Outcome>>>,
    polled: Notify,
}

/// The running stand-in for one function.
pub struct Runtime {
    address: String,
    events: mpsc::UnboundedSender<Invocation>,
    inner: Arc<Inner>,
    server: JoinHandle<()>,
}

impl Runtime {
    /// Starts it on a free port.
    pub async fn start() -> Self {
        let (events, waiting) = mpsc::unbounded_channel();
        let inner = Arc::new(Inner {
            waiting: Mutex::new(waiting),
            running: Mutex::default(),
            polled: Notify::new(),
        });
        let routes = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/invocation/{id}/response", post(response))
            .route("/2018-06-01/runtime/invocation/{id}/error", post(error))
            .route("/2018-06-01/runtime/init/error", post(init_error))
            .with_state(Arc::clone(&inner));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let server = tokio::spawn(async move { axum::serve(listener, routes).await.expect("it serves") });
        Self { address, events, inner, server }
    }

    /// The value for `AWS_LAMBDA_RUNTIME_API`.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Waits until the function asks for its first event, which ends its start.
    pub async fn polled(&self) {
        self.inner.polled.notified().await;
    }

    /// Passes `event` to the function and waits for the result.
    pub async fn invoke(&self, event: &Value) -> Outcome {
        let (ended, outcome) = oneshot::channel();
        let invocation = Invocation { event: event.to_string(), ended };
        self.events.send(invocation).map_err(|_| "the stand-in has ended".to_owned())?;
        outcome.await.map_err(|_| "no response".to_owned())?
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn next(State(inner): State<Arc<Inner>>) -> Response {
    inner.polled.notify_one();
    // Lambda freezes a function that has no event to handle.
    let Some(Invocation { event, ended }) = inner.waiting.lock().await.recv().await else {
        return StatusCode::GONE.into_response();
    };
    let id = uuid::Uuid::new_v4().to_string();
    inner.running.lock().await.insert(id.clone(), ended);
    let deadline = SystemTime::now() + Duration::from_secs(30);
    let deadline = deadline.duration_since(UNIX_EPOCH).expect("after 1970").as_millis();
    let arn = "arn:aws:lambda:eu-central-1:123456789012:function:rollcall";
    let headers = [
        ("content-type", "application/json".to_owned()),
        ("lambda-runtime-aws-request-id", id),
        ("lambda-runtime-deadline-ms", deadline.to_string()),
        ("lambda-runtime-invoked-function-arn", arn.to_owned()),
        ("lambda-runtime-trace-id", "Root=1-65a0b1c2-0123456789abcdef01234567;Sampled=0".to_owned()),
    ];
    (headers, event).into_response()
}

async fn end(inner: &Inner, id: &str, outcome: Outcome) -> StatusCode {
    let Some(ended) = inner.running.lock().await.remove(id) else { return StatusCode::BAD_REQUEST };
    // The caller may have stopped waiting.
    let _ = ended.send(outcome);
    StatusCode::ACCEPTED
}

async fn response(State(inner): State<Arc<Inner>>, Path(id): Path<String>, body: Bytes) -> StatusCode {
    let response =
        serde_json::from_slice(&body).map_err(|error| format!("the response is not valid JSON: {error}"));
    end(&inner, &id, response).await
}

async fn error(State(inner): State<Arc<Inner>>, Path(id): Path<String>, body: Bytes) -> StatusCode {
    end(&inner, &id, Err(String::from_utf8_lossy(&body).into_owned())).await
}

async fn init_error(body: Bytes) -> StatusCode {
    panic!("the function could not start: {}", String::from_utf8_lossy(&body));
}
