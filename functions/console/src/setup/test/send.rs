//! Sends the requests of the test.

use std::time::Duration;

use bytes::Bytes;
use directory::secret::deployment::DeploymentSecret;
use gateway::auth::test_mark;
use gateway::http::fetch::{Error, Limits, fetch};
use gateway::http::path::SCIM;
use gateway::settings::Reach;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderValue, Method, Request};
use serde_json::Value;
use tokio::time::{Instant, sleep};

/// What one request may take.
const LIMITS: Limits = Limits { time: Duration::from_secs(3), bytes: 1 << 20, needs_body: true };
/// After this time only what cleans up is sent: the page must be ready before the function is ended.
const TIME: Duration = Duration::from_secs(9);
/// Attempts at what must be done.
const ATTEMPTS: u32 = 2;
const PAUSE: Duration = Duration::from_secs(1);
/// Characters of an error's text that are shown.
const LONGEST: usize = 200;

/// The path of the metadata of OAuth. It is not below the Tenant URL.
pub(super) const METADATA: &str = "/.well-known/oauth-authorization-server";

/// Status and body of a response. A body that is not JSON is null.
pub(super) type Came = Result<(u16, Value), Trouble>;

/// Why there is no response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    Fetch(Error),
    /// It was not sent, because the requests before took too long.
    Late,
}

/// A request of the test.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) method: Method,
    /// After the Tenant URL, or [`METADATA`].
    pub(super) path: String,
    pub(super) body: Option<Value>,
    pub(super) has_token: bool,
}

impl Asked {
    /// A GET with the token.
    pub(super) fn get(path: &str) -> Self {
        Self { method: Method::GET, path: path.to_owned(), body: None, has_token: true }
    }
}

/// As people read it.
impl std::fmt::Display for Asked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Of what is percent-encoded, people read the filter.
        let path = self.path.replace("%20", " ").replace("%22", "\"");
        let token = if self.has_token { "with the token" } else { "without a token" };
        write!(f, "{} {path} {token}", self.method)
    }
}

/// Sends requests to the Tenant URL.
pub(super) struct Sender<'a> {
    origin: &'a str,
    reach: Reach,
    token: HeaderValue,
    mark: HeaderValue,
    end: Instant,
}

impl<'a> Sender<'a> {
    /// Sends to the service at `origin` with `token`; `None` if it cannot be a token.
    pub(super) fn new(
        origin: &'a str,
        reach: Reach,
        token: &str,
        deployment: &DeploymentSecret,
    ) -> Option<Self> {
        let header = HeaderValue::from_str(&format!("Bearer {token}")).ok().filter(|_| !token.is_empty())?;
        let mark = HeaderValue::from_str(&test_mark::mark(token, deployment)).ok()?;
        Some(Self { origin, reach, token: header, mark, end: Instant::now() + TIME })
    }

    /// Sends a request, unless the time is over.
    pub(super) async fn send(&self, asked: &Asked) -> Came {
        if Instant::now() >= self.end { Err(Trouble::Late) } else { self.send_now(asked).await }
    }

    /// Sends a request that must succeed, also when the time is over, and a second time if the service is busy
    /// or does not answer.
    pub(super) async fn send_surely(&self, asked: &Asked) -> Came {
        let mut came = self.send_now(asked).await;
        for _ in 1..ATTEMPTS {
            if !matches!(came, Err(_) | Ok((429 | 500.., _))) {
                break;
            }
            sleep(PAUSE).await;
            came = self.send_now(asked).await;
        }
        came
    }

    async fn send_now(&self, asked: &Asked) -> Came {
        let base = if asked.path == METADATA { "" } else { SCIM };
        let url = format!("{}{base}{}", self.origin, asked.path);
        let mut request = Request::builder().method(asked.method.clone()).uri(url);
        if asked.has_token {
            request = request.header(AUTHORIZATION, &self.token).header(test_mark::HEADER, &self.mark);
        }
        let body = match &asked.body {
            None => Bytes::new(),
            Some(body) => {
                request = request.header(CONTENT_TYPE, "application/scim+json");
                Bytes::from(body.to_string())
            }
        };
        let request = request.body(body).map_err(|_| Trouble::Fetch(Error::Address))?;
        let answer = fetch(request, self.reach, LIMITS).await.map_err(Trouble::Fetch)?;
        Ok((answer.status().as_u16(), serde_json::from_slice(answer.body()).unwrap_or_default()))
    }
}

/// What came back, as people read it: the status, and what an error says.
pub(super) fn shown(came: &Came) -> String {
    match came {
        Ok((status, body)) => match body.get("detail").and_then(Value::as_str) {
            Some(detail) => format!("{status}: {}", detail.chars().take(LONGEST).collect::<String>()),
            None => status.to_string(),
        },
        Err(Trouble::Fetch(error)) => error.to_string(),
        Err(Trouble::Late) => "–".to_owned(),
    }
}
