//! POST of a credential.

use ::directory::access::credential;
use axum::extract::State;
use axum::response::Response;
use gateway::app::App;
use gateway::auth::token::Token;
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
use crate::body::{named, read};
use crate::directory::failure;
use crate::target::Found;
use crate::time::{self, End};

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
    let deployment = app.deployment.get().await.map_err(|error| Failure::table("credential", error))?;
    let (token, mut credential) = Token::mint(&directory.id, &deployment).map_err(|_| Failure::internal())?;
    credential.label = named("label", &new.label)?;
    credential.scopes = scopes(new.scopes)?;
    credential.expires = Some(new.expires.as_ref().map_or_else(|| Ok(time::usual()), time::end)?);
    credential.subject = new.subject.map(|subject| named("subject", &subject)).transpose()?;
    let created = credential::create(&app.table, &directory.id, &credential).await;
    let mut body = shown(&created.map_err(|error| failure(&directory.id.to_string(), error))?);
    body.insert("token".to_owned(), token.expose_secret().into());
    body.insert("tenantUrl".to_owned(), format!("{origin}{SCIM}").into());
    Ok(answer::about(&directory.id, StatusCode::CREATED, &Value::Object(body)))
}
