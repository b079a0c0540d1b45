//! What all pages have in common.

use axum::body::Body;
use axum::response::Response;
use directory::access::session::Realm;
use gateway::http::html::document;
use http::header::{CACHE_CONTROL, LOCATION};
use http::{HeaderValue, StatusCode};
use maud::{Markup, html};

/// What surrounds the content of a page: where links lead, and whose session it is.
#[derive(Debug, Default)]
pub(crate) struct Frame {
    /// What precedes the paths of links: empty, or a stage such as `/prod`.
    pub(crate) base: String,
    /// What the session may see, if there is one.
    pub(crate) realm: Option<Realm>,
    /// What its forms carry.
    pub(crate) form_token: Option<String>,
}

impl Frame {
    /// A page. `title` is for the browser's tab; `content` has its own heading.
    pub(crate) fn page(&self, status: StatusCode, title: &str, content: &Markup) -> Response {
        let body = html! {
            header .bar {
                strong { "User provisioning" }
                @if self.realm == Some(Realm::Team) {
                    nav aria-label="Console" {
                        a href=(self.to("/console/directories")) { "Directories" } " "
                        a href=(self.to("/console/audit")) { "Sign-ins" }
                    }
                }
                @if self.realm.is_some() {
                    (self.form("/console/sign-out", &html! { button .no.small type="submit" { "Sign out" } }))
                }
            }
            main { (content) }
        };
        document(status, &format!("{title} – User provisioning"), &body, None)
    }

    /// A form that posts `fields` to `path`.
    pub(crate) fn form(&self, path: &str, fields: &Markup) -> Markup {
        html! {
            form method="post" action=(self.to(path)) autocomplete="off" {
                @if let Some(token) = &self.form_token { input type="hidden" name="form" value=(token); }
                (fields)
            }
        }
    }

    /// A form that opens `path` with `fields` as its query.
    pub(crate) fn query_form(&self, path: &str, fields: &Markup) -> Markup {
        html! { form method="get" action=(self.to(path)) autocomplete="off" { (fields) } }
    }

    /// The address of `path` in a link.
    pub(crate) fn to(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }
}

/// A value that people copy: a click into it and "Select all" select it.
pub(crate) fn value(id: &str, label: &str, text: &str) -> Markup {
    html! {
        label for=(id) { (label) }
        input id=(id) type="text" readonly value=(text) spellcheck="false" autocomplete="off";
    }
}

/// A table that scrolls on a narrow screen.
pub(crate) fn table(label: &str, heads: &[&str], rows: &[Markup]) -> Markup {
    html! {
        section .scroll aria-label=(label) tabindex="0" {
            table {
                thead { tr { @for head in heads { th scope="col" { (head) } } } }
                tbody { @for row in rows { tr { (row) } } }
            }
        }
    }
}

/// Sends the browser to `address` with GET.
pub(crate) fn see_other(address: &str) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SEE_OTHER;
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(address) = HeaderValue::from_str(address) {
        headers.insert(LOCATION, address);
    }
    response
}
