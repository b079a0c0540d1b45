//! Pages for people: plain HTML that works without scripts, images and cookies.

use std::sync::LazyLock;

use axum::body::Body;
use axum::response::Response;
use data_encoding::BASE64;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use http::{HeaderValue, StatusCode, Uri};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

/// Windows of other sites that opened the page cannot reach it.
const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");

/// All pages have this style, so that there is one hash.
const STYLE: &str = include_str!("html.css");

/// The hash by which the policy allows that style and no other.
static STYLE_HASH: LazyLock<String> = LazyLock::new(|| BASE64.encode(&Sha256::digest(STYLE.as_bytes())));

/// A page with `content` and nothing else. `redirect` is the URL to which the answer to its form may
/// redirect the browser.
#[must_use]
pub fn page(status: StatusCode, title: &str, content: &Markup, redirect: Option<&str>) -> Response {
    document(status, title, &html! { main { (content) } }, redirect)
}

/// A page with this body. No site may frame it, it runs no script, and no cache keeps it. Its forms
/// go to its own origin; `redirect` is the URL to which the answer to a form may redirect the
/// browser, which browsers check, too.
#[must_use]
pub fn document(status: StatusCode, title: &str, body: &Markup, redirect: Option<&str>) -> Response {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                meta name="description" content=(title);
                style { (PreEscaped(STYLE)) }
            }
            body { (body) }
        }
    };
    let origin = redirect.and_then(|redirect| {
        let uri = redirect.parse::<Uri>().ok()?;
        Some(format!(" {}://{}", uri.scheme_str()?, uri.authority()?))
    });
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{}'; form-action 'self'{}; frame-ancestors 'none'; base-uri 'none'",
        *STYLE_HASH,
        origin.unwrap_or_default(),
    );
    let mut response = Response::new(Body::from(page.into_string()));
    *response.status_mut() = status;
    let mut set = |name: HeaderName, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(name, value);
        }
    };
    set(CONTENT_TYPE, "text/html; charset=utf-8");
    set(CONTENT_SECURITY_POLICY, &policy);
    // Browsers ignore it on plain HTTP.
    set(STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    set(OPENER_POLICY, "same-origin");
    set(X_FRAME_OPTIONS, "DENY");
    set(X_CONTENT_TYPE_OPTIONS, "nosniff");
    // Not `no-referrer`: browsers would send `Origin: null` with a form.
    set(REFERRER_POLICY, "same-origin");
    set(CACHE_CONTROL, "no-store");
    response
}
