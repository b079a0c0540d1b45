//! `POST …/clients/{id}/secrets`, `DELETE …/clients/{id}/secrets/{secret}`: one secret after
//! another, with as much overlap as the client's administrator needs.

use axum::extract::{Path, State};
use axum::response::Response;
use directory::id::{ClientId, CredentialId, DirectoryId};
use directory::oauth::client::ClientSecret;
use directory::oauth::seal::unguessable;
use directory::secret::Secret;
use gateway::app::App;
use gateway::body::Json;
use gateway::error::Failure;
use gateway::reply;
use gateway::token::client_secret;
use http::StatusCode;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use super::create::told;
use super::input::wrong;
use super::{client, directory, shown};

/// How long a secret is good when nothing is said, in days.
const USUAL: i64 = 730;
/// And at most.
const MOST: i64 = 1096;
/// The longest label.
const LABEL: usize = 200;

/// A secret, as it is shown once, and what is kept of it.
pub(super) struct Made {
    text: SecretString,
    pub(super) kept: ClientSecret,
}

impl Made {
    pub(super) fn shown(&self) -> Value {
        let mut shown = shown::secret(&self.kept);
        if let Some(shown) = shown.as_object_mut() {
            shown.insert("clientSecret".to_owned(), json!(self.text.expose_secret()));
        }
        shown
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    #[serde(default)]
    label: String,
    expires: Option<Value>,
}

/// Adds a secret; it is in the answer, this once.
///
/// # Errors
/// 400 for an end that is none, 404 without such a client.
pub async fn add(
    State(app): State<App>,
    Path((of, id)): Path<(String, String)>,
    Json(body): Json,
) -> Result<Response, Failure> {
    let (of, id) = (directory(&of)?, client(&id)?);
    let input: Input = serde_json::from_value(body)
        .map_err(|error| wrong(format!("the body is not that of a secret: {error}")))?;
    if input.label.len() > LABEL {
        return Err(wrong(format!("`label` must have at most {LABEL} bytes")));
    }
    let made = make(&app, &of, &id, &input.label, input.expires.as_ref()).await?;
    let added = app.store.add_secret(&of, &id, &made.kept).await;
    added.map_err(|error| Failure::store("client", error))?;
    Ok(told(StatusCode::CREATED, &made.shown()))
}

/// Removes a secret: it opens nothing any more.
///
/// # Errors
/// 404 without such a client or secret.
pub async fn remove(
    State(app): State<App>,
    Path((of, id, secret)): Path<(String, String, String)>,
) -> Result<Response, Failure> {
    let (of, id) = (directory(&of)?, client(&id)?);
    let removed = app.store.remove_secret(&of, &id, &secret).await;
    removed.map_err(|error| Failure::store("secret", error))?;
    Ok(reply::empty(StatusCode::NO_CONTENT))
}

/// A new secret of the client `id`.
pub(super) async fn make(
    app: &App,
    of: &DirectoryId,
    id: &ClientId,
    label: &str,
    expires: Option<&Value>,
) -> Result<Made, Failure> {
    let failed = |error| Failure::store("directory", error);
    let end = end(expires)?;
    let seal = directorys_own(app, of).await?;
    let text = client_secret::mint().map_err(failed)?;
    let hash = client_secret::hash(&seal, id, text.expose_secret());
    let kept = ClientSecret::new(&unguessable::<4>().map_err(failed)?, hash, label, Some(end));
    Ok(Made { text, kept })
}

/// The secret of the directory itself, by which clients' secrets are kept and tokens are sealed.
pub(super) async fn directorys_own(app: &App, of: &DirectoryId) -> Result<Secret, Failure> {
    let administrator: CredentialId = "administrator".parse().map_err(|_| Failure::internal())?;
    let secret = app.store.scope(of, &administrator).secret().await;
    secret.map_err(|error| Failure::store("directory", error))
}

/// When a secret ends: what is said, in days from now or as RFC 3339, or in two years.
fn end(expires: Option<&Value>) -> Result<i64, Failure> {
    let now = OffsetDateTime::now_utc();
    let after = |days: i64| now + Duration::days(days.clamp(0, MOST + 1));
    let end = match expires {
        None | Some(Value::Null) => Some(after(USUAL)),
        Some(Value::Number(days)) => days.as_i64().map(after),
        Some(Value::String(text)) => OffsetDateTime::parse(text, &Rfc3339).ok(),
        Some(_) => None,
    };
    let end = end.filter(|end| *end > now && *end <= now + Duration::days(MOST));
    let wrong = || wrong("`expires` must be a number of days or a time of RFC 3339, in the next three years");
    end.map(OffsetDateTime::unix_timestamp).ok_or_else(wrong)
}

/// Seconds since 1970 as RFC 3339.
pub(super) fn rfc3339(seconds: i64) -> String {
    let time = OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    time.format(&Rfc3339).unwrap_or_default()
}

/// Scopes as they are kept: none named is everything of SCIM.
pub(super) fn scopes(named: Option<&[String]>) -> Result<Option<String>, Failure> {
    const KNOWN: [&str; 4] = ["read", "write", "users", "groups"];
    let Some(named) = named else { return Ok(None) };
    if named.iter().any(|scope| !KNOWN.contains(&scope.as_str())) {
        return Err(wrong("`scopes` are `read`, `write`, `users` and `groups`"));
    }
    let kept: Vec<&str> =
        KNOWN.into_iter().filter(|known| named.iter().any(|scope| scope == known)).collect();
    Ok(Some(kept.join(" ")))
}
