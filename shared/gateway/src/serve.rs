//! Handles a request: base, credential, route, response, log line.
//!
//! Routes without a SCIM credential are handled in the same way ([`mount`]). Their handlers name the
//! directory for the log in an extension of the response, the [`DirectoryId`](directory::id::DirectoryId),
//! or use [`for_holder`](holder::for_holder).
//!
//! All this happens here and not in the router's layers, because the path must be normalised before
//! the router sees it.

pub mod holder;
pub mod mount;
mod refused;
mod routing;

use std::convert::Infallible;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as Task, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, HttpBody};
use axum::extract::{Extension, MatchedPath, Request};
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use directory::meter::metered;
use directory::retry;
use futures_util::FutureExt;
use http::{HeaderValue, Method, StatusCode};
use lambda_http::RequestExt;
use scim::error::Kind;
use tokio::time::Instant;
use tower::ServiceExt;
use tracing::Instrument;
use uuid::Uuid;

use self::holder::{Seen, meanwhile};
use self::mount::{Gate, Mount};
use self::refused::Asked;
use self::routing::{not_allowed, remember_route};
use crate::app::App;
use crate::auth::access::Service;
use crate::auth::rate::{Operations, excess};
use crate::http::error::Failure;
use crate::http::finish::finish;
use crate::http::negotiate::ResponseFormat;
use crate::http::origin;
use crate::http::path::{self, Located};
use crate::log::{metrics, request::Line};
use crate::scim::context::Context;

/// How long a request may use the table: less than the 29 seconds after which Lambda ends it, and so
/// than the time in which all instances have ended what they began (`upkeep::slice::SETTLE`).
const LONGEST: Duration = Duration::from_secs(27);

/// A SCIM service: give it to `lambda_http::run` or to `axum::serve`.
#[derive(Debug, Clone)]
pub struct Edge {
    router: Router,
    mounts: Arc<Vec<Mount>>,
    app: App,
}

/// The service that answers `routes`, whose paths are written in full
/// (`/scim/v2/Users/{id}`), with `app` as their state.
#[must_use]
pub fn service(routes: Router<App>, app: App) -> Edge {
    let router = routes.fallback(no_endpoint).layer(from_fn(remember_route)).with_state(app.clone());
    Edge { router, mounts: Arc::default(), app }
}

impl Edge {
    /// The same service, which also answers `routes`, whose paths begin with `base`
    /// (`/admin`), for those who pass `gate`.
    #[must_use]
    pub fn mount(mut self, base: &'static str, routes: Router<App>, gate: Gate) -> Self {
        Arc::make_mut(&mut self.mounts).push(Mount::new(base, routes, gate, &self.app));
        self
    }

    /// The state of its handlers.
    #[must_use]
    pub fn app(&self) -> &App {
        &self.app
    }

    async fn answer(self, mut request: Request) -> Response {
        let started = Instant::now();
        let format = ResponseFormat::of(request.method(), request.headers());
        let request_id = request_id(&request);
        if *request.method() == Method::HEAD {
            *request.method_mut() = Method::GET;
        }
        let mut seen = Seen::default();
        let work = AssertUnwindSafe(route(&self, request, &mut seen)).catch_unwind();
        let span = tracing::info_span!("request", id = request_id);
        let (outcome, units) = retry::request(LONGEST, metered(work)).instrument(span).await;
        let response = outcome.unwrap_or_else(|_| {
            tracing::error!("a request ended in a panic");
            Failure::internal().into_response()
        });
        if let Some(access) = &seen.access {
            let counted = response.extensions().get::<Operations>().map_or(1, |operations| operations.0);
            if let Some(report) = self.app.rates.charge(access, excess(units, counted)) {
                // Lambda freezes the process once the response is sent.
                let _ = report.await;
            }
        }
        let matched = response.extensions().get::<MatchedPath>().cloned();
        let mut response = finish(response, &format).await;
        header(&mut response, "x-request-id", &request_id);
        if self.app.settings.report_units {
            header(&mut response, "x-rollcall-units", &format!("r={};w={}", units.read, units.write));
        }
        metrics::request(&Line {
            method: &format.method,
            route: matched.as_ref().map_or("-", MatchedPath::as_str),
            status: response.status(),
            directory: &seen.directory.map_or_else(|| "-".to_owned(), |id| id.to_string()),
            duration: started.elapsed(),
            units,
            request_id: &request_id,
        });
        response
    }
}

/// From the URL to the handler's answer; a failure on the way is one, too.
async fn route(edge: &Edge, request: Request, seen: &mut Seen) -> Response {
    let secret = edge.app.settings.origin_secret.as_ref();
    if let Some(Err(failure)) = secret.map(|secret| origin::check(secret, request.headers())) {
        return failure.into_response();
    }
    if edge.mounts.is_empty() {
        return scim(edge, request, seen).await;
    }
    let (parts, body) = request.into_parts();
    let before = |located: &Located| located.prefix.len();
    let found = edge.mounts.iter().filter_map(|mount| Some((mount, mount.locate(&parts)?)));
    let nearest = found.min_by_key(|(_, located)| before(located));
    let of_scim = path::inside(&parts, path::SCIM);
    let request = Request::from_parts(parts, body);
    match nearest {
        // Of `/scim/v2/Users/admin` the base is SCIM's.
        Some((mount, located)) if of_scim.is_none_or(|scim| before(&located) < before(&scim)) => {
            let response = mount.answer(&edge.app, request, located).await;
            *seen = match response.extensions().get::<Seen>() {
                Some(seen) => seen.clone(),
                None => Seen { directory: response.extensions().get().cloned(), ..Seen::default() },
            };
            response
        }
        _ => scim(edge, request, seen).await,
    }
}

/// As [`route`], of what is SCIM's. A refused request is noted for the console.
async fn scim(edge: &Edge, request: Request, seen: &mut Seen) -> Response {
    let asked = Asked::of(&request);
    let response = handled(edge, request, seen).await;
    asked.note(&edge.app, seen, response.extensions().get().cloned()).await;
    response
}

async fn handled(edge: &Edge, request: Request, seen: &mut Seen) -> Response {
    match admit(&edge.app, request, seen).await {
        Ok((request, note)) => {
            let context: Option<Context> = request.extensions().get().cloned();
            let unknown =
                context.filter(|context| context.at(path::endpoint(request.uri().path())).is_none());
            let work = edge.router.clone().oneshot(request);
            let response = meanwhile(work, note).await.unwrap_or_else(|never| match never {});
            if response.status() == StatusCode::METHOD_NOT_ALLOWED {
                match unknown {
                    Some(context) if is_of_resources(&response) => context.no_endpoint().into_response(),
                    _ => not_allowed(&response),
                }
            } else {
                response
            }
        }
        Err(failure) => failure.into_response(),
    }
}

/// Normalises the URL and authenticates the request.
///
/// Also returns the note of the credential's use, if it is due.
async fn admit(
    app: &App,
    request: Request,
    seen: &mut Seen,
) -> Result<(Request, Option<impl Future<Output = ()> + use<>>), Failure> {
    let (mut parts, body) = request.into_parts();
    let located = path::inside(&parts, path::SCIM).ok_or_else(outside)?;
    let uri = path::normalized(&parts, located).ok_or_else(outside)?;
    let (access, note) = holder::admit(app, &parts.headers, uri.path(), Service::Scim, seen).await?;
    let base = path::base(&app.settings, &parts).into();
    parts.extensions.insert(Context { access, base });
    parts.uri = uri;
    Ok((Request::from_parts(parts, body), note))
}

fn outside() -> Failure {
    Failure::new(Kind::NoEndpoint, "there is nothing here: the Tenant URL ends in `/scim/v2`")
}

async fn no_endpoint(context: Option<Extension<Context>>) -> Failure {
    context.map_or_else(Failure::internal, |Extension(context)| context.no_endpoint())
}

/// Whether the route that matched is one of resources, which a profile may not offer.
fn is_of_resources(response: &Response) -> bool {
    let of_resources = ["/scim/v2/{endpoint}", "/scim/v2/Users", "/scim/v2/Groups"];
    let matched = response.extensions().get::<MatchedPath>();
    matched.is_some_and(|matched| of_resources.iter().any(|route| matched.as_str().starts_with(route)))
}

/// Lambda's id of the invocation, which its own log lines contain; elsewhere a new id.
fn request_id(request: &Request) -> String {
    let lambda = request.lambda_context_ref().map(|context| context.request_id.clone());
    lambda.filter(|id| !id.is_empty()).unwrap_or_else(|| Uuid::now_v7().to_string())
}

fn header(response: &mut Response, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

impl<B> tower::Service<http::Request<B>> for Edge
where
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<axum::BoxError>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Task<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<B>) -> Self::Future {
        let edge = self.clone();
        Box::pin(async move { Ok(edge.answer(request.map(Body::new)).await) })
    }
}

#[cfg(test)]
mod tests;
