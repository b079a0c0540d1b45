//! A stand-in of API Gateway: receives HTTP requests, finds the route in the template, makes the
//! event and passes it to the route's function.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde_json::Value;
use tokio::net::TcpListener;

use super::event::{answer, event};
use crate::runtime::{block_on, spawn};
use crate::template::{Routes, Template};

/// Passes an event to a function; returns its response.
pub type Invoke = Arc<dyn Fn(Value) -> Pin<Box<dyn Future<Output = Value> + Send>> + Send + Sync>;

struct Api {
    routes: Routes,
    functions: HashMap<String, Invoke>,
}

/// Starts an API with `functions`, by package; returns its URL.
#[must_use]
pub fn start(functions: HashMap<String, Invoke>) -> String {
    let api = Arc::new(Api { routes: Template::main().routes(), functions });
    let routes = Router::new().fallback(pass).with_state(api);
    let listener = block_on(TcpListener::bind("127.0.0.1:0")).expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    spawn(async move { axum::serve(listener, routes).await });
    url
}

async fn pass(State(api): State<Arc<Api>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body: Bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
    let Some(route) = api.routes.find(parts.uri.path()) else {
        return (StatusCode::NOT_FOUND, r#"{"message":"Not Found"}"#).into_response();
    };
    let function = api.functions.get(&route.function);
    let function = function.unwrap_or_else(|| panic!("{} leads to a function that is not here", route.path));
    answer(&function(event(&parts, &body, &route.key())).await)
}
