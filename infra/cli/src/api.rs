//! The administration API, as a client has it.

use std::time::{Duration, SystemTime};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC};
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Method, Response};
use serde_json::Value;

use crate::args::Connection;
use crate::error::{ToolError, chain};
use crate::proof::Proof;

/// Attempts at one request while the server is busy or cannot be reached.
const ATTEMPTS: u32 = 6;
/// A request may take as long as a function may run, and a little more.
const TIMEOUT: Duration = Duration::from_secs(60);

/// A server, and how its administration is opened.
pub(crate) struct Api {
    http: reqwest::Client,
    base: String,
    proof: Proof,
}

impl Api {
    /// The server that the command line, the environment, or else a local server's data
    /// directory name.
    pub(crate) fn new(connection: &Connection) -> Result<Self, ToolError> {
        let wrong =
            |reason: &str| ToolError::Wrong(format!("cannot use the URL `{}`: {reason}", connection.url));
        let url = reqwest::Url::parse(&connection.url).map_err(|error| wrong(&error.to_string()))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(wrong("it must begin with https:// or http://"));
        }
        // A Tenant URL names the same server.
        let base = connection.url.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
        let base = base.strip_suffix("/scim/v2").unwrap_or(base).to_owned();
        // A second installation finds the first one in place.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .timeout(TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| wrong(&chain(&error)))?;
        Ok(Self { http, base, proof: Proof::of(connection)? })
    }

    pub(crate) async fn get(&self, path: &str) -> Result<Value, ToolError> {
        json(self.send(Method::GET, path, None).await?).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Result<Value, ToolError> {
        json(self.send(Method::POST, path, Some(("application/json", body.to_string()))).await?).await
    }

    pub(crate) async fn patch(&self, path: &str, body: &Value) -> Result<Value, ToolError> {
        json(self.send(Method::PATCH, path, Some(("application/json", body.to_string()))).await?).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Result<Value, ToolError> {
        json(self.send(Method::DELETE, path, None).await?).await
    }

    /// All items of a list, page after page.
    pub(crate) async fn list(&self, path: &str) -> Result<Vec<Value>, ToolError> {
        let (mut items, mut after) = (Vec::new(), None::<String>);
        loop {
            let place = after.map(|after| format!("?after={}", escaped(&after))).unwrap_or_default();
            let mut page = self.get(&format!("{path}{place}")).await?;
            if let Some(some) = page.get_mut("items").and_then(Value::as_array_mut) {
                items.append(some);
            }
            after = page.get("next").and_then(Value::as_str).map(str::to_owned);
            if after.is_none() {
                return Ok(items);
            }
        }
    }

    /// Lines of JSON and the position of the next ones, from the header `x-rollcall-next`.
    pub(crate) async fn lines(&self, path: &str) -> Result<(String, Option<String>), ToolError> {
        let answer = self.send(Method::GET, path, None).await?;
        let next = answer.headers().get("x-rollcall-next").and_then(|next| next.to_str().ok());
        let next = next.filter(|next| !next.is_empty()).map(str::to_owned);
        Ok((body(answer).await?, next))
    }

    /// Sends lines of JSON; the answer's lines.
    pub(crate) async fn send_lines(&self, path: &str, lines: String) -> Result<String, ToolError> {
        body(self.send(Method::POST, path, Some(("application/x-ndjson", lines))).await?).await
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        content: Option<(&str, String)>,
    ) -> Result<Response, ToolError> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            let url = format!("{}/admin{path}", self.base);
            let mut call = self.http.request(method.clone(), url);
            if let Some((kind, text)) = &content {
                call = call.header(CONTENT_TYPE, *kind).body(text.clone());
            }
            let mut request = call.build().map_err(|error| ToolError::Wrong(chain(&error)))?;
            self.proof.add(&mut request, SystemTime::now())?;
            let outcome = self.http.execute(request).await;
            let last = attempt >= ATTEMPTS;
            let pause = match outcome {
                Ok(answer) if answer.status().is_success() => return Ok(answer),
                Ok(answer) if matches!(answer.status().as_u16(), 429 | 503) && !last => {
                    let after = answer.headers().get(RETRY_AFTER).and_then(|after| after.to_str().ok());
                    after.and_then(|after| after.parse().ok()).unwrap_or(1).min(30)
                }
                Ok(answer) => return Err(refused(answer).await),
                // Nothing has been created if the connection failed.
                Err(error) if !last && attempt < 3 && error.is_connect() => 1,
                Err(error) => {
                    let reason = chain(&error.without_url());
                    return Err(ToolError::Unreachable(format!(
                        "cannot reach `{}`: {reason}; is the server running? `--url` names another",
                        self.base
                    )));
                }
            };
            tokio::time::sleep(Duration::from_secs(pause)).await;
        }
    }
}

async fn refused(answer: Response) -> ToolError {
    let status = answer.status().as_u16();
    let text = answer.text().await.unwrap_or_default();
    let json: Option<Value> = serde_json::from_str(&text).ok();
    let detail = json.as_ref().and_then(|json| json.get("detail")?.as_str());
    match (detail, status) {
        (Some(detail), _) => ToolError::Refused { status, detail: detail.to_owned() },
        (None, 404) => ToolError::Unreachable("there is no administration API at this URL".to_owned()),
        (None, _) => ToolError::Unreachable(format!("the server answered {status} without a reason")),
    }
}

async fn body(answer: Response) -> Result<String, ToolError> {
    let cut =
        |error: reqwest::Error| ToolError::Unreachable(format!("the answer broke off: {}", chain(&error)));
    answer.text().await.map_err(cut)
}

async fn json(answer: Response) -> Result<Value, ToolError> {
    let text = body(answer).await?;
    if text.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_str(&text).map_err(|_| {
        ToolError::Unreachable("the answer is invalid JSON: is this the URL of a Rollcall server?".to_owned())
    })
}

/// All but the characters that no URL needs to escape (RFC 3986 §2.3): services that verify a
/// signature differ about others.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A part of a path or query.
pub(crate) fn escaped(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, ESCAPED).to_string()
}

/// The path of a directory.
pub(crate) fn at(id: &str) -> String {
    format!("/directories/{}", escaped(id))
}
