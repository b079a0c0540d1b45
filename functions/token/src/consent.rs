//! `POST /oauth/authorize`: the administrator's answer.
//!
//! It answers the sealed question of our own page ([`Ask`]), with a key, or in a browser in which the
//! set-up page of the directory is open, if that page may create what is asked for. A browser that reports
//! that the form was on a page of another site is refused, and a session counts only in a form of our own page.

pub mod sign_in;

use axum::extract::{Extension, FromRequest, Request, State};
use axum::response::Response;
use directory::access::oauth::code::{self, Code, LIFETIME};
use directory::access::oauth::hash::{Hashed, hash, unguessable};
use directory::clock::seconds;
use gateway::app::App;
use gateway::log::metrics;
use gateway::serve::mount::Origin;
use http::{HeaderMap, StatusCode};

use self::sign_in::Administrator;
use crate::answer::Refusal;
use crate::authorize::ask::{Ask, Asked};
use crate::authorize::page::Page;
use crate::authorize::problem::{Problem, back};
use crate::form::Form;

/// Sends the browser back with a code, or with the news that there is none.
pub async fn decide(
    State(app): State<App>,
    Extension(administrator): Extension<Administrator>,
    Origin(issuer): Origin,
    request: Request,
) -> Response {
    if is_foreign(request.headers()) {
        let text = "this form was sent from another page: go back and begin again";
        return Problem::Here(StatusCode::FORBIDDEN, text.to_owned()).answer(&issuer);
    }
    let headers = request.headers().clone();
    let form = Form::from_request(request, &()).await;
    let decided = match form {
        Ok(form) => answer(&app, &administrator, &form, &headers, &issuer).await,
        Err(refusal) => Err(refusal.into()),
    };
    decided.unwrap_or_else(|problem| problem.answer(&issuer))
}

async fn answer(
    app: &App,
    administrator: &Administrator,
    form: &Form,
    headers: &HeaderMap,
    issuer: &str,
) -> Result<Response, Problem> {
    let sealed = form.need("ask")?;
    let Asked { ask, caller } = Ask::open(app, sealed).await?;
    if form.get("answer")? != Some("allow") {
        let refusal = Refusal::access_denied("the administrator did not allow it");
        return Err(Problem::Back { redirect: ask.redirect, state: ask.state, refusal });
    }
    let by = match form.get("key")?.unwrap_or_default().trim() {
        "" => sign_in::by_session(app, &ask, &caller, headers, issuer).await?,
        key => sign_in::by(app, administrator, &caller, key).await?.ok_or(sign_in::WRONG),
    };
    let by = match by {
        Ok(by) => by,
        Err(wrong) => {
            tracing::warn!(directory = %caller.directory.id, client = %caller.client.id, wrong, "a consent was refused");
            metrics::failed_sign_in();
            let (administrator, wrong) = (administrator.is_accepted(), Some(wrong));
            let page = Page { ask: &ask, caller: &caller, sealed, administrator, wrong };
            return Ok(page.answer(StatusCode::FORBIDDEN));
        }
    };
    let code = format!("rz_{}", unguessable::<32>().map_err(Refusal::table)?);
    let code = caller.seals.deployment().with_checksum(&code);
    let kept = Code {
        client: caller.client.id.clone(),
        redirect: ask.redirect.clone(),
        challenge: ask.challenge,
        scopes: ask.scopes,
        by,
        end: seconds() + LIFETIME,
        grant: None,
    };
    let hash = hash(caller.seals.hashes(), Hashed::Code, &code);
    code::create(&app.table, &caller.directory.id, &hash, &kept).await.map_err(Refusal::table)?;
    tracing::info!(directory = %caller.directory.id, client = %caller.client.id, by = kept.by, "a client was authorized");
    Ok(back(&ask.redirect, ask.state.as_deref(), issuer, &[("code", &code)]))
}

/// Whether a browser says that the form was on another site's page. Other clients say nothing.
fn is_foreign(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-site").is_some_and(|site| site != "same-origin" && site != "none")
}
