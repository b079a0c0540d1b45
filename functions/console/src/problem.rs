//! Why a visitor gets another page than the one that was asked for.

use axum::response::Response;
use directory::error::Error;
use gateway::http::error::Failure;
use http::StatusCode;
use http::header::RETRY_AFTER;
use maud::html;

use crate::fresh;
use crate::layout::{Frame, see_other};

/// What a handler makes of a visit.
pub(crate) type Answer = Result<Response, Problem>;

/// Why.
#[derive(Debug)]
pub(crate) enum Problem {
    /// A page says so: status, title, what to do.
    Page(StatusCode, &'static str, String),
    /// The same, and in how many seconds to try again.
    Later(StatusCode, String, i64),
    /// There is no session: sign in first.
    SignIn,
    /// The session is too old for this form, of the page with this path.
    Stale(String),
}

impl Problem {
    /// There is no such page, or not for this session.
    pub(crate) fn not_found() -> Self {
        let text = "There is no such page, or your session may not see it.";
        Self::Page(StatusCode::NOT_FOUND, "Page not found", text.to_owned())
    }

    /// A request that this page cannot take now.
    pub(crate) fn conflict(text: &str) -> Self {
        Self::Page(StatusCode::CONFLICT, "Not possible now", text.to_owned())
    }

    /// A form that is refused.
    pub(crate) fn forbidden(title: &'static str, text: &str) -> Self {
        Self::Page(StatusCode::FORBIDDEN, title, text.to_owned())
    }

    /// The page that says so.
    pub(crate) fn answer(self, frame: &Frame) -> Response {
        let (status, title, text, after) = match self {
            Self::SignIn => return see_other(&frame.to("/console")),
            Self::Stale(path) => {
                let title = "Sign in again";
                let content = html! {
                    h1 { (title) }
                    p { "Nothing was changed." }
                    (fresh::note(frame, &path))
                };
                return frame.page(StatusCode::FORBIDDEN, title, &content);
            }
            Self::Page(status, title, text) => (status, title, text, None),
            Self::Later(status, text, seconds) => (status, "Try again later", text, Some(seconds)),
        };
        let content = html! {
            h1 { (title) }
            p { (text) }
            p { a href=(frame.to("/console")) { "To the start page" } }
        };
        let mut response = frame.page(status, title, &content);
        if let Some(seconds) = after {
            response.headers_mut().insert(RETRY_AFTER, seconds.into());
        }
        response
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        Failure::table("directory", error).into()
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        let detail = &failure.error().detail;
        match failure.status() {
            StatusCode::NOT_FOUND => Self::not_found(),
            status @ (StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) => {
                Self::Later(status, sentence(detail), 2)
            }
            status => Self::Page(status, "Not possible", sentence(detail)),
        }
    }
}

/// The detail of an error as a sentence.
fn sentence(detail: &str) -> String {
    let mut letters = detail.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}
