//! POST of a credential.

use ::directory::access::oauth::hash::unguessable;
use ::directory::id::CredentialId;
use axum::extract::State;
use axum::response::Response;
use gateway::administration::credential;
use gateway::administration::end::{End, end, usual};
use gateway::administration::value::named;
use gateway::app::App;
use gateway::http::body::Json;
use gateway::http::error::Failure;
use gateway::http::path::SCIM;
use gateway::serve::mount::Origin;
use http::StatusCode;
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::Value;

use super::{Wanted, scopes, shown};
use crate::answer;
use crate::body::read;
use crate::target::Found;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct New {
    label: String,
    scopes: Option<Wanted>,
    expires: Option<End>,
    subject: Option<String>,
}

/// Creates a credential: 201 with its token, which is shown only now, and the Tenant URL. 404 when the
/// directory is being erased.
pub(crate) async fn create(
    State(app): State<App>,
    Found(directory): Found,
    Origin(origin): Origin,
    body: Json,
) -> Result<Response, Failure> {
    let new: New = read(body)?;
    let new = credential::New {
        label: named("label", &new.label)?,
        scopes: scopes(new.scopes)?,
        expires: new.expires.as_ref().map_or_else(|| Ok(usual()), end)?,
        subject: new.subject.map(|subject| named("subject", &subject)).transpose()?,
    };
    let id = unguessable::<8>().map_err(|error| Failure::table("credential", error))?;
    let id: CredentialId = id.parse().map_err(|_| Failure::internal())?;
    let created = credential::create(&app, &directory.id, id, new).await?;
    let unknown = || Failure::unknown("directory", &directory.id.to_string());
    let (token, credential) = created.ok_or_else(unknown)?;
    let mut body = shown(&credential);
    body.insert("token".to_owned(), token.expose_secret().into());
    body.insert("tenantUrl".to_owned(), format!("{origin}{SCIM}").into());
    Ok(answer::about(&directory.id, StatusCode::CREATED, &Value::Object(body)))
}
