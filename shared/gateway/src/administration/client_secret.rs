//! Creating secrets of OAuth clients.

use directory::access::oauth::client::secret::ClientSecret;
use directory::access::oauth::client::secrets;
use directory::clock::seconds;
use directory::id::{ClientId, DirectoryId};
use directory::registry::record;
use directory::secret::Secret;
use directory::secret::deployment::DeploymentSecret;
use secrecy::{ExposeSecret, SecretString};

use super::end::{DAY, End, end};
use crate::app::App;
use crate::auth::token::client_secret;
use crate::http::error::Failure;

/// How long a secret is valid by default, in days.
pub const USUAL: i64 = 730;

/// A secret, as it is shown once, and what is kept of it.
#[derive(Debug, Clone)]
pub struct Made {
    /// The secret itself.
    pub text: SecretString,
    /// What is kept.
    pub kept: ClientSecret,
}

/// What a new secret is to be.
#[derive(Debug, Clone, Copy)]
pub struct New<'a> {
    /// Its id: hexadecimal digits.
    pub id: &'a str,
    /// What people call it; empty for nothing.
    pub label: &'a str,
    /// When it expires; `None` for in two years.
    pub ends: Option<&'a End>,
}

/// Adds a secret to the client `client` of `directory`; `None` when it has one with this id.
///
/// # Errors
/// 400 for an end that is not valid and for an eleventh secret, 404 when there is no such client; those of
/// the table.
pub async fn add(
    app: &App,
    directory: &DirectoryId,
    client: &ClientId,
    new: New<'_>,
) -> Result<Option<Made>, Failure> {
    let failed = |error| Failure::table("client", error);
    let hashes = record::secrets(&app.table, directory).await.map_err(failed)?.hashes;
    let deployment = app.deployment.get().await.map_err(failed)?;
    let made = make(&hashes, &deployment, client, new)?;
    let added = secrets::add(&app.table, directory, client, &made.kept).await.map_err(failed)?;
    Ok(added.then_some(made))
}

/// A new secret of the client `client`, in a directory whose hashes have the key `hashes`.
///
/// # Errors
/// 400 for an end that is not valid; 503 when the operating system gives no random bytes.
pub(super) fn make(
    hashes: &Secret,
    deployment: &DeploymentSecret,
    client: &ClientId,
    new: New<'_>,
) -> Result<Made, Failure> {
    let ends = new.ends.map_or_else(|| Ok(seconds() + USUAL * DAY), end)?;
    let text = client_secret::mint(deployment).map_err(|error| Failure::table("client", error))?;
    let hash = client_secret::hash(hashes, client, text.expose_secret());
    let kept = ClientSecret::new(new.id, hash, new.label, Some(ends));
    Ok(Made { text, kept })
}
