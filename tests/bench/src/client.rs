//! A cheap client: one connection, one request at a time, kept alive.

use bytes::Bytes;
use http::{Method, Request};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

/// Where requests go.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    /// The Tenant URL.
    pub(crate) url: String,
    /// The secret token.
    pub(crate) token: String,
}

/// A request that an operation makes.
#[derive(Debug, Clone)]
pub(crate) struct Ask {
    pub(crate) method: Method,
    /// Path and query, relative to the Tenant URL.
    pub(crate) path: String,
    pub(crate) body: Option<Value>,
    /// The member that it adds to the large group, if any.
    pub(crate) joins: Option<String>,
}

impl Ask {
    pub(crate) fn get(path: impl Into<String>) -> Self {
        Self { method: Method::GET, path: path.into(), body: None, joins: None }
    }

    pub(crate) fn delete(path: impl Into<String>) -> Self {
        Self { method: Method::DELETE, path: path.into(), body: None, joins: None }
    }

    pub(crate) fn post(path: impl Into<String>, body: Value) -> Self {
        Self { method: Method::POST, path: path.into(), body: Some(body), joins: None }
    }

    pub(crate) fn patch(path: impl Into<String>, operations: &Value) -> Self {
        let body = tests::people::patch(operations);
        Self { method: Method::PATCH, path: path.into(), body: Some(body), joins: None }
    }
}

/// The response.
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// Read and write units, where the server reports them.
    pub(crate) units: Option<(f64, f64)>,
    pub(crate) body: Bytes,
}

impl Reply {
    fn nothing() -> Self {
        Self { status: 0, units: None, body: Bytes::new() }
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The id of the resource in the body.
    pub(crate) fn id(&self) -> String {
        let body = self.json();
        body["id"].as_str().unwrap_or_else(|| panic!("{} {body}", self.status)).to_owned()
    }
}

/// One connection. URLs with TLS are asked by a heavier client.
pub(crate) enum Connection {
    Plain { send: SendRequest<Full<Bytes>>, address: String, host: String, prefix: String, token: String },
    Tls { client: reqwest::Client, target: Target },
}

impl Connection {
    pub(crate) async fn open(target: &Target) -> Self {
        let Some(rest) = target.url.strip_prefix("http://") else {
            let _ = rustls::crypto::ring::default_provider().install_default();
            let client = reqwest::Client::builder().build().expect("an HTTP client");
            return Self::Tls { client, target: target.clone() };
        };
        let (host, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let address = if host.contains(':') { host.to_owned() } else { format!("{host}:80") };
        let send = connect(&address).await;
        let prefix = format!("/{}", prefix.trim_end_matches('/'));
        Self::Plain { send, address, host: host.to_owned(), prefix, token: target.token.clone() }
    }

    pub(crate) async fn ask(&mut self, ask: &Ask) -> Reply {
        let body = ask.body.as_ref().map(|body| Bytes::from(body.to_string())).unwrap_or_default();
        match self {
            Self::Plain { send, address, host, prefix, token } => {
                let request = Request::builder()
                    .method(&ask.method)
                    .uri(format!("{prefix}{}", ask.path))
                    .header("host", host.as_str())
                    .header("authorization", format!("Bearer {token}"))
                    .header("content-type", "application/scim+json")
                    .body(Full::new(body))
                    .expect("a request");
                // Some servers close it after each answer.
                if send.ready().await.is_err() {
                    *send = connect(address).await;
                    send.ready().await.expect("the connection");
                }
                // Some servers fail under the load: a missing response counts as a
                // failure.
                let Ok(response) = send.send_request(request).await else { return Reply::nothing() };
                let (status, units) = (response.status().as_u16(), units(response.headers()));
                let Ok(body) = response.into_body().collect().await else { return Reply::nothing() };
                Reply { status, units, body: body.to_bytes() }
            }
            Self::Tls { client, target } => {
                let request = client
                    .request(ask.method.clone(), format!("{}{}", target.url.trim_end_matches('/'), ask.path))
                    .bearer_auth(&target.token)
                    .header("content-type", "application/scim+json")
                    .body(body);
                let response = request.send().await.expect("an answer");
                let (status, units) = (response.status().as_u16(), units(response.headers()));
                Reply { status, units, body: response.bytes().await.expect("a body") }
            }
        }
    }
}

async fn connect(address: &str) -> SendRequest<Full<Bytes>> {
    let stream = TcpStream::connect(address).await.unwrap_or_else(|error| panic!("{address}: {error}"));
    stream.set_nodelay(true).expect("no delay");
    let (send, connection) = handshake(TokioIo::new(stream)).await.expect("HTTP/1.1");
    tokio::spawn(connection);
    send
}

/// `x-rollcall-units: r=1.5;w=0`.
fn units(headers: &http::HeaderMap) -> Option<(f64, f64)> {
    let (read, write) = headers.get("x-rollcall-units")?.to_str().ok()?.split_once(';')?;
    Some((read.strip_prefix("r=")?.parse().ok()?, write.strip_prefix("w=")?.parse().ok()?))
}
