//! Set-up links of a directory: with one, a customer's administrator opens the console's set-up page.

use ::directory::access::setup_link::{self, MOST_DAYS, SetupLink};
use ::directory::clock::seconds;
use axum::extract::State;
use axum::response::Response;
use gateway::administration::end::DAY;
use gateway::administration::value::invalid;
use gateway::app::App;
use gateway::http::body::Json;
use gateway::http::error::Failure;
use gateway::serve::mount::Origin;
use http::StatusCode;
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::answer;
use crate::audit::Actor;
use crate::body::read;
use crate::directory::failure;
use crate::target::{Found, Named, OfLink};
use crate::time;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct New {
    days: Option<i64>,
}

/// Creates a link, and revokes the one before: 201 with its URL, which is shown only now.
///
/// # Errors
/// `invalidValue` when it would be valid for more than 30 days; 404 when there is no such directory.
pub(crate) async fn create(
    State(app): State<App>,
    Found(directory): Found,
    Origin(origin): Origin,
    Actor(actor): Actor,
    body: Json,
) -> Result<Response, Failure> {
    let days = read::<New>(body)?.days.unwrap_or(MOST_DAYS);
    if !(1..=MOST_DAYS).contains(&days) {
        return Err(invalid(format!("`days` must be 1 to {MOST_DAYS}")));
    }
    let deployment = app.deployment.get().await.map_err(|error| Failure::table("directory", error))?;
    let expires = seconds() + days * DAY;
    let (token, link) = setup_link::create(&app.table, &directory.id, &deployment, &actor, expires)
        .await
        .map_err(|error| failure(&directory.id.to_string(), error))?;
    let mut body = shown(&link);
    body.insert("url".to_owned(), format!("{origin}/setup/{}", token.expose_secret()).into());
    Ok(answer::about(&directory.id, StatusCode::CREATED, &Value::Object(body)))
}

/// All links, also those that cannot be opened any more, for 90 days.
///
/// # Errors
/// 404 when there is no such directory.
pub(crate) async fn list(State(app): State<App>, Found(directory): Found) -> Result<Response, Failure> {
    let links = setup_link::list(&app.table, &directory.id).await;
    let links = links.map_err(|error| Failure::table("set-up link", error))?;
    let items = links.iter().map(|link| Value::Object(shown(link))).collect();
    Ok(answer::about(&directory.id, StatusCode::OK, &answer::list(items, None)))
}

/// Revokes a link: 204.
///
/// # Errors
/// 404 when the link does not exist.
pub(crate) async fn revoke(
    State(app): State<App>,
    Named(directory): Named,
    OfLink(id): OfLink,
) -> Result<Response, Failure> {
    let revoked = setup_link::revoke(&app.table, &directory, &id).await;
    revoked.map_err(|error| match error {
        ::directory::error::Error::NotFound => Failure::unknown("set-up link", &id.to_string()),
        error => Failure::table("set-up link", error),
    })?;
    Ok(answer::empty(&directory, StatusCode::NO_CONTENT))
}

/// `link` as it is returned: without its hash.
fn shown(link: &SetupLink) -> Map<String, Value> {
    let mut shown = Map::new();
    for (name, value) in [
        ("id", Some(link.id.to_string())),
        ("state", Some(link.state(seconds()).name().to_owned())),
        ("created", Some(link.created.clone())),
        ("by", Some(link.by.clone())),
        ("expires", time::shown(link.expires)),
        ("used", link.used.clone()),
        ("revoked", link.revoked.clone()),
    ] {
        if let Some(value) = value {
            shown.insert(name.to_owned(), value.into());
        }
    }
    shown
}
