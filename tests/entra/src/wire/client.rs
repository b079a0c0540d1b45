//! The HTTP client: one endpoint, one token.

use std::time::{Duration, Instant};

use reqwest::header::{ACCEPT, CONTENT_TYPE, RETRY_AFTER};
use secrecy::ExposeSecret;

use super::Dialect;
use super::request::{Answer, Request, Trouble};
use super::secret::Secret;
use super::tokens::Tokens;

/// The flag in the Tenant URL's query that selects the other dialect.
const FLAG: &str = "aadOptscim062020";

/// An endpoint to talk to.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    tokens: Tokens,
    timeout: Duration,
}

impl Client {
    /// A client for a Tenant URL, and the dialect that the URL's flag selects, if any.
    ///
    /// # Errors
    /// The URL is not valid; returns the reason as text.
    pub fn new(url: &str, token: &str, timeout: Duration) -> Result<(Self, Option<Dialect>), String> {
        let wrong = |reason: &str| format!("the Tenant URL `{url}` cannot be used: {reason}");
        let parsed = reqwest::Url::parse(url).map_err(|error| wrong(&error.to_string()))?;
        if !matches!(parsed.scheme(), "http" | "https") {
            return Err(wrong("it must begin with https:// or http://"));
        }
        let query = parsed.query().unwrap_or_default();
        let dialect = query.contains(FLAG).then_some(Dialect::Flag);
        let base = url.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/').to_owned();
        // Fails harmlessly if it is already installed.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .timeout(timeout)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| wrong(&chain(&error)))?;
        Ok((Self { http, base, tokens: Tokens::secret(Secret::given(token)), timeout }, dialect))
    }

    /// The Tenant URL without flag and slash at its end.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The same endpoint with another token.
    #[must_use]
    pub fn with_token(&self, token: &str) -> Self {
        self.with(Tokens::secret(Secret::given(token)))
    }

    /// The same endpoint with tokens from this source.
    #[must_use]
    pub fn with(&self, tokens: Tokens) -> Self {
        Self { tokens, ..self.clone() }
    }

    /// Sends a request.
    ///
    /// # Errors
    /// [`Trouble`], when no response came.
    pub async fn send(&self, request: &Request) -> Result<Answer, Trouble> {
        let token = self.tokens.now().await?;
        let started = Instant::now();
        let mark = if request.query.is_empty() { "" } else { "?" };
        let url = format!("{}{}{mark}{}", self.base, request.path, request.query);
        let method = reqwest::Method::from_bytes(request.method.as_bytes()).unwrap_or_default();
        let mut call = self.http.request(method, url).bearer_auth(token.expose_secret());
        call = call.header(ACCEPT, "application/scim+json");
        if let Some(body) = &request.body {
            call = call.header(CONTENT_TYPE, "application/scim+json; charset=utf-8").body(body.to_string());
        }
        self.answer(call, started).await
    }

    /// Posts a form to any URL, without the token: for token endpoints.
    ///
    /// # Errors
    /// [`Trouble`], when no response came.
    pub async fn form(&self, url: &str, fields: &[(&str, &str)]) -> Result<Answer, Trouble> {
        self.answer(self.http.post(url).form(fields), Instant::now()).await
    }

    async fn answer(&self, call: reqwest::RequestBuilder, started: Instant) -> Result<Answer, Trouble> {
        let trouble = |error: reqwest::Error| match error.is_timeout() {
            true => Trouble::Timeout(self.timeout),
            false => Trouble::Connection(chain(&error.without_url())),
        };
        let response = call.send().await.map_err(trouble)?;
        let status = response.status().as_u16();
        let header =
            |name| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let content_type = header(CONTENT_TYPE);
        let retry_after = header(RETRY_AFTER).and_then(|value| value.trim().parse().ok());
        let text = response.text().await.map_err(trouble)?;
        let json = serde_json::from_str(&text).ok();
        Ok(Answer { status, content_type, retry_after, text, json, took: started.elapsed() })
    }
}

/// An error with its causes.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(url: &str) -> Result<(Client, Option<Dialect>), String> {
        Client::new(url, "t", Duration::from_secs(1))
    }

    #[test]
    fn the_flag_of_the_tenant_url_chooses_the_dialect_and_is_not_sent() {
        let (plain, dialect) = client("https://ex.io/scim/v2/").unwrap();
        assert_eq!((plain.base(), dialect), ("https://ex.io/scim/v2", None));
        for url in ["https://ex.io/scim/v2?aadOptscim062020", "https://ex.io/scim/v2/?a=b&aadOptscim062020"] {
            let (flagged, dialect) = client(url).unwrap();
            assert_eq!((flagged.base(), dialect), ("https://ex.io/scim/v2", Some(Dialect::Flag)));
        }
    }

    #[test]
    fn what_is_no_url_is_refused() {
        for url in ["", "ex.io", "ftp://ex.io"] {
            assert!(client(url).unwrap_err().contains(url));
        }
    }

    #[test]
    fn blanks_are_plus_signs_and_quotes_are_escaped() {
        let filter = super::super::request::equals("displayName", "a \"b\" \\ c+d");
        let request = Request::get("/Groups").with("excludedAttributes", "members").with("filter", &filter);
        let expected =
            "GET /Groups?excludedAttributes=members&filter=displayName+eq+%22a+%5C%22b%5C%22+%5C%5C+c%2Bd%22";
        assert_eq!(request.line(), expected);
    }
}
