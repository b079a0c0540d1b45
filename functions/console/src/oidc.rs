//! Signing in with OpenID Connect (authorization code flow with PKCE). The start page has a link to
//! `/console/oidc`, which redirects the browser to the identity provider. The identity provider redirects it
//! back to `/console/oidc/callback`.
//!
//! `/console/oidc` is a link and not a form: browsers do not let a form redirect to another site
//! (`form-action`). It stores nothing; the browser gets a cookie. The callback is the only GET that begins a
//! session. It needs that cookie and the answer that belongs to it, so a program that opens the address
//! changes nothing. Every attempt is a line of the audit log.

mod person;
pub(crate) mod provider;
mod refusal;

use axum::response::Response;
use directory::access::oidc::{self, Pending};
use directory::access::session::{Admitted, Cookie};
use directory::access::sign_in::forget;
use gateway::auth::browser::{remove_pending, set_pending};
use gateway::log::metrics;
use gateway::settings::oidc::Oidc;
use http::header::{REFRESH, SET_COOKIE};
use http::{HeaderValue, StatusCode};
use maud::html;

use self::person::Person;
use self::provider::{Code, exchange};
use self::refusal::Refusal;
use crate::fresh::again;
use crate::layout::{Frame, see_other};
use crate::problem::{Answer, Problem};
use crate::sign_in::{attempt, hand_over};
use crate::visit::Visit;

/// Where the identity provider leads the browser back to.
const CALLBACK: &str = "/console/oidc/callback";
/// The longest code.
const LONGEST: usize = 4096;

/// Leads the browser to the identity provider.
pub(crate) async fn begin(visit: Visit) -> Answer {
    let settings = settings(&visit)?;
    let asked = ask(&visit, settings).await;
    asked.map_err(|refusal| refuse(settings, refusal))
}

async fn ask(visit: &Visit, settings: &Oidc) -> Result<Response, Refusal> {
    let metadata = visit.provider.metadata(settings, visit.app.settings.reach).await?;
    let page = again(visit.query.get("again")).unwrap_or_default();
    let pending = Pending::mint(page, &visit.app.deployment.get().await?)?;
    let mut response = see_other(&metadata.question(settings, &callback(visit), &pending));
    if let Some(header) = set_pending(&pending, &visit.origin) {
        response.headers_mut().insert(SET_COOKIE, header);
    }
    Ok(response)
}

/// Begins a session of the team for the person that the identity provider has signed in, if the person may.
pub(crate) async fn finish(visit: Visit) -> Answer {
    let settings = settings(&visit)?;
    let signed_in = signed_in(&visit, settings).await;
    let (cookie, by, pending) = signed_in.map_err(|refusal| refuse(settings, refusal))?;
    // Without the session that the browser had before.
    let frame = Frame { base: visit.frame().base, ..Frame::default() };
    let next = frame.to(again(pending.page()).unwrap_or("/console/directories"));
    let content = html! {
        h1 { "You are signed in" }
        p { a href=(next) { "Continue" } }
    };
    let mut response = frame.page(StatusCode::OK, "You are signed in", &content);
    // Not a redirect: for the browser, the request after it would still come from the identity provider's
    // site, so it would not send the session's cookie, which is `Strict`.
    if let Ok(next) = HeaderValue::try_from(format!("0; url={next}")) {
        response.headers_mut().insert(REFRESH, next);
    }
    response = hand_over(&visit, &cookie, by, response).await?;
    if let Some(header) = remove_pending(&visit.origin) {
        response.headers_mut().append(SET_COOKIE, header);
    }
    Ok(response)
}

/// The cookie of the new session, who has it, and the sign-in that it follows.
async fn signed_in(visit: &Visit, settings: &Oidc) -> Result<(Cookie, String, Pending), Refusal> {
    let query = |name: &str| visit.query.get(name);
    let text = visit.pending.as_deref().ok_or(Refusal::Unfinished)?;
    let deployment = visit.app.deployment.for_token(text).await?;
    let pending = Pending::parse(text, &deployment).filter(|pending| pending.is_state(query("state")));
    let pending = pending.ok_or(Refusal::Unfinished)?;
    // RFC 9207: an answer of another identity provider.
    if !query("iss").is_empty() && query("iss") != settings.issuer {
        return Err(Refusal::other_issuer(query("iss")));
    }
    if !query("error").is_empty() {
        return Err(Refusal::denied(query("error")));
    }
    let code = Some(query("code")).filter(|code| !code.is_empty() && code.len() <= LONGEST);
    let code = code.ok_or(Refusal::Unfinished)?;
    let origin = attempt(visit, &deployment).await.map_err(Refusal::Unable)?;
    let reach = visit.app.settings.reach;
    let metadata = visit.provider.metadata(settings, reach).await?;
    let code = Code { text: code, callback: &callback(visit), verifier: &pending.verifier() };
    let token = exchange(settings, &metadata, reach, code).await?;
    let signed = visit.provider.verify(settings, &metadata, reach, &token).await?;
    let Person { by, proved } = person::admit(settings, &pending, signed)?;
    let rules = settings.rules();
    let admitted = Admitted { rules: &rules, proved };
    let cookie = oidc::begin(visit.table(), &pending, &deployment, &by, admitted).await?;
    let cookie = cookie.ok_or_else(|| Refusal::Repeated(by.clone()))?;
    forget(visit.table(), &origin).await?;
    Ok((cookie, by, pending))
}

fn settings(visit: &Visit) -> Result<&Oidc, Problem> {
    visit.app.settings.oidc.as_ref().ok_or_else(Problem::not_found)
}

/// The address that is registered at the identity provider.
fn callback(visit: &Visit) -> String {
    format!("{}{CALLBACK}", visit.origin)
}

/// The page for a refused attempt, which is also a line of the audit log.
fn refuse(settings: &Oidc, refusal: Refusal) -> Problem {
    tracing::warn!(
        audit = true,
        actor = refusal.who(),
        reason = %refusal,
        "a sign-in to the console with OpenID Connect was refused"
    );
    // For the alarm on guesses.
    if !matches!(refusal, Refusal::Unable(_) | Refusal::Unreachable) {
        metrics::failed_sign_in();
    }
    refusal.page(settings)
}
