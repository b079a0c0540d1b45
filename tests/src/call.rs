//! One request to an endpoint.

use http::{HeaderName, HeaderValue, Method};
use serde_json::Value;

use crate::answer::Answer;
use crate::endpoint::Endpoint;
use crate::runtime::block_on;

/// SCIM's own media type (RFC 7644 §3.8).
pub const SCIM_JSON: &str = "application/scim+json";

/// A request that is not sent yet.
#[derive(Debug, Clone)]
#[must_use]
pub struct Call<'a> {
    endpoint: &'a Endpoint,
    method: Method,
    path: String,
    authorization: Option<String>,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Option<Vec<u8>>,
}

impl<'a> Call<'a> {
    /// A request with the endpoint's token; `path` is relative to the Tenant URL, unless it is
    /// a whole URL.
    pub fn new(endpoint: &'a Endpoint, method: &str, path: &str) -> Self {
        Self {
            endpoint,
            method: method.parse().expect("a method"),
            path: path.to_owned(),
            authorization: Some(format!("Bearer {}", endpoint.token())),
            headers: Vec::new(),
            body: None,
        }
    }

    /// Sets this header, in place of the default one.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        if name.eq_ignore_ascii_case("authorization") {
            return self.authorization(Some(value));
        }
        let name: HeaderName = name.parse().expect("a header's name");
        self.headers.push((name, HeaderValue::from_bytes(value.as_bytes()).expect("a header's value")));
        self
    }

    /// Sends `value` as the Authorization header; `None` sends no such header.
    pub fn authorization(mut self, value: Option<&str>) -> Self {
        self.authorization = value.map(str::to_owned);
        self
    }

    /// Adds a query parameter, encoded as a form: blanks as `+`.
    pub fn query(mut self, name: &str, value: &str) -> Self {
        let mut url = reqwest::Url::parse("http://query/").expect("a URL");
        url.query_pairs_mut().append_pair(name, value);
        let separator = if self.path.contains('?') { '&' } else { '?' };
        self.path.push(separator);
        self.path.push_str(url.query().unwrap_or_default());
        self
    }

    /// Adds a filter to the query.
    pub fn filter(self, filter: &str) -> Self {
        self.query("filter", filter)
    }

    /// A JSON body of SCIM's media type.
    pub fn json(self, body: &Value) -> Self {
        self.text(&body.to_string())
    }

    /// A body that need not be JSON.
    pub fn text(self, body: &str) -> Self {
        self.bytes(body.as_bytes().to_vec())
    }

    /// A body that need not be text.
    pub fn bytes(mut self, body: Vec<u8>) -> Self {
        self.body = Some(body);
        self
    }

    /// Sends the request; every answer must be well formed.
    #[track_caller]
    pub fn send(self) -> Answer {
        let answer = block_on(self.exchange());
        answer.well_formed();
        answer
    }

    /// Sends the request from inside a task; the caller checks the answer.
    pub async fn exchange(self) -> Answer {
        let url = match self.path.split_once("://") {
            Some(_) => self.path.clone(),
            None => format!("{}{}", self.endpoint.base(), self.path),
        };
        let asked = format!("{} {}", self.method, self.path);
        let mut request = self.endpoint.http().request(self.method, url);
        if let Some(value) = &self.authorization {
            let value = HeaderValue::from_bytes(value.as_bytes()).expect("a header's value");
            request = request.header(http::header::AUTHORIZATION, value);
        }
        if self.body.is_some() && !self.headers.iter().any(|(name, _)| name == http::header::CONTENT_TYPE) {
            request = request.header(http::header::CONTENT_TYPE, SCIM_JSON);
        }
        for (name, value) in &self.headers {
            // An empty value removes the header.
            if !value.is_empty() {
                request = request.header(name, value);
            }
        }
        let json_alone =
            self.headers.iter().any(|(name, value)| name == "accept" && value == "application/json");
        let sent = self.body.as_ref().map(|body| String::from_utf8_lossy(body).into_owned());
        if let Some(body) = self.body {
            request = request.body(body);
        }
        let response = request.send().await.unwrap_or_else(|error| panic!("{asked}: no answer: {error:?}"));
        let (status, headers) = (response.status(), response.headers().clone());
        let body = response.bytes().await.unwrap_or_else(|error| panic!("{asked}: broken answer: {error:?}"));
        Answer { asked, sent, json_alone, status: status.as_u16(), headers, body: body.to_vec() }
    }
}
