//! Why there is no consent page, and the way back to the client.

use axum::response::{IntoResponse, Response};
use gateway::http::html;
use http::header::{CACHE_CONTROL, LOCATION};
use http::{HeaderValue, StatusCode};
use maud::html;

use crate::answer::Refusal;

/// Why the page does not ask for consent.
#[derive(Debug)]
pub enum Problem {
    /// The client or the address to come back to is not known: the browser stays here.
    /// Otherwise any link could redirect it anywhere.
    Here(StatusCode, String),
    /// The client hears of it (§4.1.2.1).
    Back {
        /// Its address, as it is registered.
        redirect: String,
        /// What it sent along.
        state: Option<String>,
        /// Why.
        refusal: Refusal,
    },
}

impl Problem {
    /// The page that says so, or the way back; `issuer` is what we are called.
    #[must_use]
    pub fn answer(self, issuer: &str) -> Response {
        match self {
            Self::Here(status, text) => {
                let title = "This cannot be authorized";
                html::page(status, title, &html! { h1 { (title) } p role="alert" { (text) } }, None)
            }
            Self::Back { redirect, state, refusal } => {
                let answer = [("error", refusal.error()), ("error_description", refusal.description())];
                back(&redirect, state.as_deref(), issuer, &answer)
            }
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        Self::Here(refusal.status(), refusal.description().to_owned())
    }
}

/// Sends the browser to `redirect` with `answer` (§4.1.2), the client's state and our name
/// (RFC 9207).
#[must_use]
pub fn back(redirect: &str, state: Option<&str>, issuer: &str, answer: &[(&str, &str)]) -> Response {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(answer);
    if let Some(state) = state {
        query.append_pair("state", state);
    }
    query.append_pair("iss", issuer);
    let separator = if redirect.contains('?') { '&' } else { '?' };
    let location = format!("{redirect}{separator}{}", query.finish());
    // 303: the browser comes with GET, and without what was typed here.
    let mut response = StatusCode::SEE_OTHER.into_response();
    if let Ok(location) = HeaderValue::from_str(&location) {
        response.headers_mut().insert(LOCATION, location);
    }
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.headers_mut().insert("referrer-policy", HeaderValue::from_static("no-referrer"));
    response
}
