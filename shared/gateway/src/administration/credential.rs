//! Creating credentials.

use directory::access::credential::{self, Credential};
use directory::access::permissions::Scopes;
use directory::id::{CredentialId, DirectoryId};
use secrecy::SecretString;

use crate::app::App;
use crate::auth::token::Token;
use crate::http::error::Failure;

/// What a new credential is to be.
#[derive(Debug, Clone)]
pub struct New {
    /// What people call it.
    pub label: String,
    /// What it allows.
    pub scopes: Scopes,
    /// When it expires, in seconds since 1970.
    pub expires: i64,
    /// The id of the user that it stands for.
    pub subject: Option<String>,
}

/// Creates the credential `id` of `directory`. Returns its token, which is shown once, and the credential
/// as it is stored; `None` when there is one with this id, or the directory is being erased.
///
/// # Errors
/// 404 when there is no such directory; those of the table.
pub async fn create(
    app: &App,
    directory: &DirectoryId,
    id: CredentialId,
    new: New,
) -> Result<Option<(SecretString, Credential)>, Failure> {
    let failed = |error| Failure::table("credential", error);
    let deployment = app.deployment.get().await.map_err(failed)?;
    let (token, mut credential) =
        Token::mint_as(id, directory, &deployment).map_err(|_| Failure::internal())?;
    credential.label = new.label;
    credential.scopes = new.scopes;
    credential.expires = Some(new.expires);
    credential.subject = new.subject;
    let created = credential::create_once(&app.table, directory, &credential).await.map_err(failed)?;
    Ok(created.map(|stored| (token, stored)))
}
