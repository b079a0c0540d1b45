//! The start page: signing in with the administrator key or with OpenID Connect, and signing out.

pub(crate) mod link;

use axum::response::Response;
use directory::access::session::{self, Cookie, Realm};
use directory::access::sign_in;
use directory::secret::deployment::{CHECKSUM, DeploymentSecret};
use gateway::auth::browser::{remove_cookie, set_cookie};
use gateway::log::metrics;
use http::header::SET_COOKIE;
use http::{StatusCode, Uri};
use maud::html;

use crate::audit::trace::Began;
use crate::fresh::again;
use crate::layout::see_other;
use crate::problem::{Answer, Problem};
use crate::visit::Visit;

/// Wrong keys from one address within ten minutes; after more, no key is accepted from there.
const MOST: u64 = 10;
/// What leads to the identity provider of the team.
const OIDC: &str = "/console/oidc";

/// Leads to what the session may see, or asks for the key.
pub(crate) async fn home(visit: Visit) -> Answer {
    let frame = visit.frame();
    match visit.realm() {
        Some(Realm::Team) if again(visit.query.get("again")).is_some() => {
            Ok(page(&visit, StatusCode::OK, None))
        }
        Some(Realm::Team) => Ok(see_other(&frame.to("/console/directories"))),
        Some(Realm::Directory(directory)) => {
            Ok(see_other(&frame.to(&format!("/console/directories/{directory}/setup"))))
        }
        None => Ok(page(&visit, StatusCode::OK, None)),
    }
}

/// Begins a session of the team, for who has the administrator key.
pub(crate) async fn sign_in(visit: Visit) -> Answer {
    if !visit.key_signs_in() {
        return Err(not_by_key());
    }
    let deployment = visit.app.deployment.get().await?;
    let origin = attempt(&visit, &deployment).await?;
    let Some(by) = visit.key.actor(visit.form.get("key").trim()) else {
        tracing::warn!("a sign-in to the console with a wrong key");
        metrics::failed_sign_in();
        return Ok(page(&visit, StatusCode::FORBIDDEN, Some("This is not the administrator key.")));
    };
    sign_in::forget(visit.table(), &origin).await?;
    let cookie = Cookie::mint(Realm::Team, &deployment)?;
    session::begin(visit.table(), &cookie, &by).await?;
    begin(&visit, &cookie, by, again(visit.form.get("again")).unwrap_or("/console/directories")).await
}

/// What the administrator key gets where it opens no page.
pub(crate) fn not_by_key() -> Problem {
    let text = "Here, only people sign in, with their own account. Go to the start page.";
    Problem::forbidden("Not with the administrator key", text)
}

/// Counts an attempt to sign in. Returns what stands for its address in the table.
///
/// # Errors
/// 429 after too many of them.
pub(crate) async fn attempt(visit: &Visit, deployment: &DeploymentSecret) -> Result<String, Problem> {
    let origin = bucket(deployment, &visit.source);
    if sign_in::count(visit.table(), &origin).await? > MOST {
        metrics::failed_sign_in();
        let text = "Too many attempts to sign in from your address. Try again in ten minutes.";
        return Err(Problem::Later(StatusCode::TOO_MANY_REQUESTS, text.to_owned(), sign_in::PERIOD));
    }
    Ok(origin)
}

/// Gives the browser `cookie`, of a session that `by` has, and leads to `path`, as [`hand_over`].
pub(crate) async fn begin(visit: &Visit, cookie: &Cookie, by: String, path: &str) -> Answer {
    hand_over(visit, cookie, by, see_other(&visit.frame().to(path))).await
}

/// `response`, which gives the browser `cookie`, of a session that `by` has. The session that it had before
/// ends if the request contains its cookie. After a sign-in with OpenID Connect it does not, because another site
/// leads to it and the cookie is `Strict`: the old session ends when it has not been used for half an hour.
pub(crate) async fn hand_over(visit: &Visit, cookie: &Cookie, by: String, mut response: Response) -> Answer {
    if let Some(before) = &visit.visitor {
        session::end(visit.table(), &before.cookie).await?;
    }
    let directory = match cookie.realm() {
        Realm::Team => None,
        Realm::Directory(directory) => Some(directory.clone()),
    };
    response.extensions_mut().insert(Began { by, directory });
    if let Some(header) = set_cookie(cookie, &visit.origin) {
        response.headers_mut().insert(SET_COOKIE, header);
    }
    Ok(response)
}

/// Ends the session.
pub(crate) async fn sign_out(visit: Visit) -> Answer {
    if let Some(visitor) = &visit.visitor {
        session::end(visit.table(), &visitor.cookie).await?;
    }
    let mut response = see_other(&visit.frame().to("/console"));
    if let Some(header) = remove_cookie(&visit.origin) {
        response.headers_mut().insert(SET_COOKIE, header);
    }
    Ok(response)
}

fn page(visit: &Visit, status: StatusCode, wrong: Option<&str>) -> Response {
    let frame = visit.frame();
    let again = [&visit.query, &visit.form].into_iter().find_map(|fields| again(fields.get("again")));
    let fields = html! {
        @if let Some(again) = again { input type="hidden" name="again" value=(again); }
        label for="key" { "Administrator key" }
        input #key type="password" name="key" required autocomplete="current-password" spellcheck="false"
            aria-describedby=[wrong.map(|_| "wrong")] aria-invalid=[wrong.map(|_| "true")];
        button .yes type="submit" { "Sign in" }
    };
    let oidc = again.map_or_else(|| OIDC.to_owned(), |again| format!("{OIDC}?again={again}"));
    let content = html! {
        h1 { "Sign in" }
        p { "This page is for the team that runs this service." }
        @if let Some(wrong) = wrong { p .wrong #wrong role="alert" { (wrong) } }
        @if let Some(settings) = &visit.app.settings.oidc {
            ul .choice { li { a href=(frame.to(&oidc)) { "Sign in with your account at " (host(&settings.issuer)) } } }
        }
        @if visit.key_signs_in() { (frame.form("/console/sign-in", &fields)) }
        h2 { "Do you connect an identity provider?" }
        p { "Open the set-up link that the team sent you. If it does not work any more, ask the team for a new one." }
    };
    frame.page(status, "Sign in", &content)
}

/// The host of the address of an identity provider.
fn host(issuer: &str) -> String {
    let host = issuer.parse::<Uri>().ok().and_then(|uri| uri.host().map(str::to_owned));
    host.unwrap_or_default()
}

/// What stands for an address in the table: a keyed hash of 32 bits. The address itself is not stored.
fn bucket(deployment: &DeploymentSecret, address: &str) -> String {
    let whole = deployment.with_checksum(&format!("console sign-in {address}"));
    whole.get(whole.len().saturating_sub(CHECKSUM)..).unwrap_or_default().to_owned()
}
