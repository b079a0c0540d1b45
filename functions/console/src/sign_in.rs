//! The start page: signing in with the administrator key, and signing out.

pub(crate) mod link;

use directory::access::session::{self, Cookie, Realm};
use directory::access::sign_in;
use directory::secret::deployment::{CHECKSUM, DeploymentSecret};
use gateway::auth::browser::{remove_cookie, set_cookie};
use gateway::log::metrics;
use http::StatusCode;
use http::header::SET_COOKIE;
use maud::html;

use crate::audit::trace::Began;
use crate::fresh::again;
use crate::layout::see_other;
use crate::problem::{Answer, Problem};
use crate::visit::Visit;

/// Wrong keys from one address within ten minutes; after more, no key is accepted from there.
const MOST: u64 = 10;

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
    let deployment = visit.app.deployment.get().await?;
    let origin = bucket(&deployment, &visit.source);
    if sign_in::count(visit.table(), &origin).await? > MOST {
        metrics::failed_sign_in();
        let text = "Too many attempts to sign in from your address. Try again in ten minutes.";
        return Err(Problem::Later(StatusCode::TOO_MANY_REQUESTS, text.to_owned(), sign_in::PERIOD));
    }
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

/// Gives the browser `cookie`, of a session that `by` has, ends the session that it had before, and leads to
/// `path`.
pub(crate) async fn begin(visit: &Visit, cookie: &Cookie, by: String, path: &str) -> Answer {
    if let Some(before) = &visit.visitor {
        session::end(visit.table(), &before.cookie).await?;
    }
    let mut response = see_other(&visit.frame().to(path));
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

fn page(visit: &Visit, status: StatusCode, wrong: Option<&str>) -> axum::response::Response {
    let frame = visit.frame();
    let again = [&visit.query, &visit.form].into_iter().find_map(|fields| again(fields.get("again")));
    let fields = html! {
        @if let Some(again) = again { input type="hidden" name="again" value=(again); }
        label for="key" { "Administrator key" }
        input #key type="password" name="key" required autocomplete="current-password" spellcheck="false"
            aria-describedby=[wrong.map(|_| "wrong")] aria-invalid=[wrong.map(|_| "true")];
        button .yes type="submit" { "Sign in" }
    };
    let content = html! {
        h1 { "Sign in" }
        p { "This page is for the team that runs this service." }
        @if let Some(wrong) = wrong { p .wrong #wrong role="alert" { (wrong) } }
        (frame.form("/console/sign-in", &fields))
        h2 { "Do you connect an identity provider?" }
        p { "Open the set-up link that the team sent you. If it does not work any more, ask the team for a new one." }
    };
    frame.page(status, "Sign in", &content)
}

/// What stands for an address in the table: a keyed hash of 32 bits. The address itself is not stored.
fn bucket(deployment: &DeploymentSecret, address: &str) -> String {
    let whole = deployment.with_checksum(&format!("console sign-in {address}"));
    whole.get(whole.len().saturating_sub(CHECKSUM)..).unwrap_or_default().to_owned()
}
