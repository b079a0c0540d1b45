//! What every request passes before its handler: the session, who may use the route, where a form comes
//! from. Every request of a session is a line of the audit log, and every form an item of its directory.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{RawPathParams, Request};
use axum::response::Response;
use directory::access::session::{self, Cookie, Realm, Session};
use directory::access::setup_link;
use directory::id::DirectoryId;
use directory::registry::record::{self, DirectoryRecord};
use directory::registry::state::State;
use gateway::app::App;
use gateway::auth::administrator::AdministratorKey;
use gateway::auth::browser::{self, is_own_form};
use gateway::auth::open::open;
use http::{Extensions, HeaderMap, StatusCode};
use lambda_http::request::RequestContext;

use crate::audit::trace::{Began, Trace};
use crate::form::Form;
use crate::oidc::provider::Provider;
use crate::problem::Problem;
use crate::route::{Access, Route};
use crate::visit::{Visit, Visitor};

/// Answers a request to `route`.
pub(crate) async fn serve(
    route: &'static Route,
    app: App,
    team: (AdministratorKey, Provider),
    origin: Arc<str>,
    parameters: RawPathParams,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let source = source(&parts.extensions);
    let mut visit = Visit::new(app, team, origin, source, &parameters, &parts.uri);
    let admitted = admit(route, &mut visit, &parts.headers, body).await;
    let (frame, by) = (visit.frame(), visit.visitor.as_ref().map(|visitor| visitor.session.by.clone()));
    let directory = visit.directory().cloned();
    let trace = admitted.is_ok().then(|| Trace::of(route.path, &visit));
    let holders = Arc::clone(&visit.app.holders);
    let outcome = match admitted {
        Ok(()) => {
            let outcome = (route.handler)(visit).await;
            if route.changes() {
                // Where the console and SCIM are one process, a new credential works at once, a revoked one not
                // any more.
                holders.forget();
            }
            outcome
        }
        Err(problem) => Err(problem),
    };
    let mut response = outcome.unwrap_or_else(|problem| problem.answer(&frame));
    let began = response.extensions_mut().remove::<Began>();
    let is_kept = route.changes() || began.is_some();
    let (by, directory) = match began {
        Some(Began { by, directory }) => (Some(by), directory),
        None => (by, directory),
    };
    if let Some(by) = by {
        tracing::info!(
            audit = true,
            actor = by,
            method = if route.changes() { "POST" } else { "GET" },
            route = route.path,
            directory = directory.as_ref().map_or_else(|| "-".to_owned(), ToString::to_string),
            status = response.status().as_u16(),
            "console"
        );
        if let Some(trace) = trace.filter(|_| is_kept) {
            trace.keep(directory.as_ref(), by, response.status().as_u16()).await;
        }
    }
    if let Some(directory) = directory {
        response.extensions_mut().insert(directory);
    }
    response
}

async fn admit(route: &Route, visit: &mut Visit, headers: &HeaderMap, body: Body) -> Result<(), Problem> {
    if route.changes() && !is_own_form(headers, &visit.origin) {
        let text = "This form was sent from a page of another site. Go back to our page and begin again.";
        return Err(Problem::forbidden("Form refused", text));
    }
    visit.visitor = visitor(visit, headers).await?;
    visit.pending = browser::pending(headers, &visit.origin).map(str::to_owned);
    allow(route, visit)?;
    if route.changes() {
        let too_large =
            || Problem::Page(StatusCode::PAYLOAD_TOO_LARGE, "Form refused", "It is too large.".to_owned());
        visit.form = Form::read(body).await.ok_or_else(too_large)?;
        check_form(route, visit)?;
    }
    if route.path.contains("{directory}") {
        visit.record = Some(record(visit).await?);
    }
    if let Some(page) = route.fresh.filter(|_| !visit.is_fresh()) {
        return Err(Problem::Stale(format!("/console/directories/{}{page}", visit.record()?.id)));
    }
    Ok(())
}

/// The session that the request belongs to; `None` without a session, or when it is over.
async fn visitor(visit: &Visit, headers: &HeaderMap) -> Result<Option<Visitor>, Problem> {
    let Some(text) = browser::cookie(headers, &visit.origin) else { return Ok(None) };
    let deployment = visit.app.deployment.for_token(text).await?;
    let Some(cookie) = Cookie::parse(text, &deployment) else { return Ok(None) };
    let Some(session) = session::find(visit.table(), &cookie).await? else { return Ok(None) };
    let goes_on = match cookie.realm() {
        Realm::Team => is_allowed(visit, &session),
        Realm::Directory(directory) => setup_link::allows(visit.table(), directory, &session).await?,
    };
    Ok(goes_on.then_some(Visitor { cookie, session }))
}

/// Whether a session of the team has not ended because its key was replaced, or the settings by which its
/// person signed in. An identity of IAM has no key.
fn is_allowed(visit: &Visit, session: &Session) -> bool {
    match &session.rules {
        Some(rules) => visit.app.settings.oidc.as_ref().is_some_and(|oidc| oidc.rules() == *rules),
        None => visit.key_signs_in() && (session.by.starts_with("arn:") || visit.key.knows(&session.by)),
    }
}

/// Whether the session may use the route, for the directory in the path.
fn allow(route: &Route, visit: &Visit) -> Result<(), Problem> {
    let realm = match (route.access, visit.realm()) {
        (Access::Anyone, _) => return Ok(()),
        (_, None) if route.changes() => {
            let text = "Your session is over. Nothing was changed. Sign in, or ask for a new set-up link.";
            return Err(Problem::forbidden("Session over", text));
        }
        (_, None) => return Err(Problem::SignIn),
        (_, Some(realm)) => realm,
    };
    let allowed = match route.access {
        Access::Anyone | Access::SignedIn => true,
        Access::Team => *realm == Realm::Team,
        Access::Directory => {
            visit.parameter("directory").parse().is_ok_and(|directory: DirectoryId| realm.covers(&directory))
        }
    };
    // The same page whether the directory exists or not.
    if allowed { Ok(()) } else { Err(Problem::not_found()) }
}

/// Whether the form is of this session.
fn check_form(route: &Route, visit: &Visit) -> Result<(), Problem> {
    let own = |visitor: &Visitor| visitor.cookie.is_form_token(visit.form.get("form"));
    if route.access == Access::Anyone || visit.visitor.as_ref().is_some_and(own) {
        return Ok(());
    }
    let text = "This form belongs to another session. Open the page again and send its form.";
    Err(Problem::forbidden("Form refused", text))
}

/// The directory in the path. It need not be enabled: the set-up enables it.
async fn record(visit: &Visit) -> Result<DirectoryRecord, Problem> {
    let id: DirectoryId = visit.parameter("directory").parse().map_err(|_| Problem::not_found())?;
    let record = record::read(visit.table(), &id).await?;
    let record = record.filter(|record| record.state != State::Erasing).ok_or_else(Problem::not_found)?;
    // It may belong to another region or stage.
    open(&DirectoryRecord { state: State::Enabled, ..record.clone() }, &visit.app.settings)?;
    Ok(record)
}

/// The address that API Gateway saw; empty where there is no API Gateway.
fn source(extensions: &Extensions) -> String {
    let address = match extensions.get::<RequestContext>() {
        Some(RequestContext::ApiGatewayV2(context)) => context.http.source_ip.clone(),
        Some(RequestContext::ApiGatewayV1(context)) => context.identity.source_ip.clone(),
        _ => None,
    };
    address.unwrap_or_default()
}
