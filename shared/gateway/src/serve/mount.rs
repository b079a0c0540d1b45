//! Routes that no SCIM credential opens: administration, OAuth.
//!
//! They are handled like SCIM's, with the same request ids, log lines and errors; only who
//! may pass is decided by a [`Gate`] of their own.

use std::fmt;
use std::sync::Arc;

use axum::Router;
use axum::extract::{FromRequestParts, Request};
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::request::Parts;
use scim::error::Kind;
use tower::ServiceExt;

use super::routing::{not_allowed, remember_route};
use crate::app::App;
use crate::http::error::Failure;
use crate::http::path::{self, Located};

/// Who may pass: sees the head of a request before its route is sought.
pub type Gate = Arc<dyn Fn(&Parts) -> Result<(), Failure> + Send + Sync>;

/// Lets every request pass: each handler checks the caller.
#[must_use]
pub fn open() -> Gate {
    Arc::new(|_| Ok(()))
}

/// The URL before the routes' base, as the client reaches it, such as
/// `https://scim.example.com`: every handler outside SCIM may ask for it.
#[derive(Debug, Clone)]
pub struct Origin(pub Arc<str>);

impl<S: Send + Sync> FromRequestParts<S> for Origin {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        parts.extensions.get().cloned().ok_or_else(Failure::internal)
    }
}

/// Routes below one base, and who may pass to them.
#[derive(Clone)]
pub(super) struct Mount {
    base: &'static str,
    router: Router,
    gate: Gate,
}

impl Mount {
    pub(super) fn new(base: &'static str, routes: Router<App>, gate: Gate, app: &App) -> Self {
        let nothing = async || Failure::new(Kind::NotFound, "there is no such endpoint");
        let router = routes.fallback(nothing).layer(from_fn(remember_route)).with_state(app.clone());
        Self { base, router, gate }
    }

    /// The request's path below these routes' base; `None` when it is not for them.
    pub(super) fn locate(&self, parts: &Parts) -> Option<Located> {
        path::inside(parts, self.base)
    }

    /// From the gate to the handler's answer.
    pub(super) async fn answer(&self, app: &App, request: Request, located: Located) -> Response {
        match self.admit(app, request, located) {
            Ok(request) => {
                let response =
                    self.router.clone().oneshot(request).await.unwrap_or_else(|never| match never {});
                let refused = response.status() == StatusCode::METHOD_NOT_ALLOWED;
                if refused { not_allowed(&response) } else { response }
            }
            Err(failure) => failure.into_response(),
        }
    }

    fn admit(&self, app: &App, request: Request, located: Located) -> Result<Request, Failure> {
        let (mut parts, body) = request.into_parts();
        (self.gate)(&parts)?;
        let origin = path::origin(&app.settings, &parts, self.base);
        parts.extensions.insert(Origin(origin.into()));
        parts.uri = path::normalized(&parts, located)
            .ok_or_else(|| Failure::new(Kind::NotFound, "there is no such endpoint"))?;
        Ok(Request::from_parts(parts, body))
    }
}

impl fmt::Debug for Mount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mount")
            .field("base", &self.base)
            .field("router", &self.router)
            .finish_non_exhaustive()
    }
}
