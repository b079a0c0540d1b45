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

const STYLE: &str = "\
body{font:1.1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:3rem auto;padding:0 1rem;color:#1a1a1a;background:#fff}\
h1{font-size:1.5rem}label{display:block;font-weight:600;margin-top:1.5rem}\
input{font:inherit;width:100%;box-sizing:border-box;padding:.5rem;border:1px solid #555;border-radius:.25rem}\
button{font:inherit;padding:.6rem 1.4rem;margin:1.5rem 1rem 0 0;border:1px solid #123c7c;border-radius:.25rem}\
.yes{background:#123c7c;color:#fff}.no{background:#fff;color:#123c7c}\
.wrong{border-left:.3rem solid #a00;padding:.2rem 1rem;color:#a00}.hint{color:#444}\
@media(prefers-color-scheme:dark){body,.no{background:#111;color:#eee}input{background:#222;color:#eee}\
.wrong{color:#f99}.hint{color:#bbb}.no{color:#acf}}";

/// The hash by which the policy allows that style and no other.
static STYLE_HASH: LazyLock<String> = LazyLock::new(|| BASE64.encode(&Sha256::digest(STYLE.as_bytes())));

/// A page with `content`. No site may frame it, it runs no script, and no cache keeps it. Its form
/// goes to its own origin; `redirect` is the URL to which the answer to the form may redirect the
/// browser, which browsers check, too.
#[must_use]
pub fn page(status: StatusCode, title: &str, content: &Markup, redirect: Option<&str>) -> Response {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body { main { (content) } }
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
    set(X_FRAME_OPTIONS, "DENY");
    set(X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(REFERRER_POLICY, "same-origin");
    set(CACHE_CONTROL, "no-store");
    response
}
