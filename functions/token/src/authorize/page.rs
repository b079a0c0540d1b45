//! The pages: plain HTML that works without scripts, pictures and cookies.

use std::sync::LazyLock;

use axum::body::Body;
use axum::response::Response;
use data_encoding::BASE64;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use http::{HeaderValue, StatusCode, Uri};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

use super::ask::Ask;
use crate::caller::Caller;
use crate::scope::told;

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

/// The page on which an administrator lets a client in.
#[derive(Debug)]
pub struct Page<'a> {
    /// The question.
    pub ask: &'a Ask,
    /// Whose it is.
    pub caller: &'a Caller,
    /// The question, sealed.
    pub sealed: &'a str,
    /// What was wrong with the last answer.
    pub wrong: Option<&'a str>,
}

impl Page<'_> {
    /// The page as an answer.
    #[must_use]
    pub fn answer(&self, status: StatusCode) -> Response {
        respond(status, self.html(), Some(&self.ask.redirect))
    }

    fn html(&self) -> Markup {
        let Self { ask, caller, sealed, wrong } = self;
        let client = name(&caller.client.label, &ask.client_id);
        let directory = name(&caller.directory.name, "");
        let title = format!("Give {client} access to {directory}?");
        frame(
            &title,
            html! {
                h1 { (title) }
                p { strong { (client) } " asks for access to the directory " strong { (directory) } " ("
                    code { (caller.directory.id) } "). It may then:" }
                ul { @for line in allowed(&ask.scopes) { li { (line) } } }
                p { "Afterwards you go back to " strong { (host(&ask.redirect)) } "." }
                @if let Some(wrong) = wrong {
                    p .wrong #wrong role="alert" { (wrong) }
                }
                form method="post" action="authorize" autocomplete="off" {
                    input type="hidden" name="ask" value=(sealed);
                    label for="key" { "Administration key" }
                    input #key type="password" name="key" required autofocus autocomplete="off" spellcheck="false"
                        aria-describedby=[Some(if wrong.is_some() { "hint wrong" } else { "hint" })]
                        aria-invalid=[wrong.map(|_| "true")];
                    p .hint #hint {
                        "The administration key of this service, or a token of this directory with the scope "
                        code { "consent" } "."
                    }
                    button .yes type="submit" name="answer" value="allow" { "Allow" }
                    button .no type="submit" name="answer" value="deny" formnovalidate { "Do not allow" }
                }
            },
        )
    }
}

/// A page that says why there is no other.
#[must_use]
pub fn explained(status: StatusCode, text: &str) -> Response {
    let title = "This cannot be authorized";
    let page = frame(title, html! { h1 { (title) } p role="alert" { (text) } });
    respond(status, page, None)
}

fn frame(title: &str, content: Markup) -> Markup {
    html! {
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
    }
}

/// What `scopes` allow, in words.
fn allowed(scopes: &str) -> Vec<&'static str> {
    let told = told(scopes);
    let may = |word| told.split(' ').any(|told| told == word);
    let mut lines = Vec::new();
    for (kind, read, write) in [
        ("users", "see its users", "create, change and delete its users"),
        ("groups", "see its groups and their members", "create, change and delete its groups"),
    ] {
        if may(kind) && may("read") {
            lines.push(read);
        }
        if may(kind) && may("write") {
            lines.push(write);
        }
    }
    lines
}

fn name<'a>(label: &'a str, otherwise: &'a str) -> &'a str {
    if label.trim().is_empty() { otherwise } else { label }
}

/// Where `redirect` leads, for people.
fn host(redirect: &str) -> String {
    redirect.parse::<Uri>().ok().and_then(|uri| uri.host().map(str::to_owned)).unwrap_or_default()
}

/// `redirect` is where the form may lead in the end: browsers look at that, too.
fn respond(status: StatusCode, page: Markup, redirect: Option<&str>) -> Response {
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
    set(X_FRAME_OPTIONS, "DENY");
    set(X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(REFERRER_POLICY, "same-origin");
    set(CACHE_CONTROL, "no-store");
    response
}
