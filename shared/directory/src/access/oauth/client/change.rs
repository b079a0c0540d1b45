//! Changing and revoking a client.

use table::Table;
use table::name::{FEDERATION, LABEL, LIFETIME, PKCE, REDIRECTS, SCOPES};
use table::write::Written;

use crate::access::oauth::client::federation::Federation;
use crate::access::oauth::client::{Client, Pkce, read, update};
use crate::access::oauth::key;
use crate::access::revocation::revocation;
use crate::error::Error;
use crate::id::{ClientId, DirectoryId};

/// What is to change; `None` leaves what is there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClientChange {
    /// What people call it.
    pub label: Option<String>,
    /// What its tokens allow at most.
    pub scopes: Option<String>,
    /// How long its tokens are valid, in seconds.
    pub lifetime: Option<u32>,
    /// The redirect URIs of authorizations.
    pub redirects: Option<Vec<String>>,
    /// Whether an authorization must use PKCE.
    pub pkce: Option<Pkce>,
    /// The issuer whose assertions it may use; `Some(None)` for none.
    pub federation: Option<Option<Federation>>,
}

/// Changes the client `id` of `directory`. Returns the changed client.
///
/// # Errors
/// [`Error::NotFound`] when there is none, or it is revoked; [`Error::Throttled`], [`Error::Busy`],
/// [`Error::Unavailable`].
pub async fn change(
    table: &Table,
    directory: &DirectoryId,
    id: &ClientId,
    change: ClientChange,
) -> Result<Client, Error> {
    let mut update = update(directory, id);
    if let Some(label) = change.label {
        update = update.set(LABEL, label);
    }
    update = match change.scopes {
        Some(scopes) if scopes.is_empty() => update.remove(SCOPES),
        Some(scopes) => update.set(SCOPES, scopes),
        None => update,
    };
    if let Some(lifetime) = change.lifetime {
        update = update.set(LIFETIME, lifetime);
    }
    if let Some(redirects) = change.redirects {
        update = update.set(REDIRECTS, redirects.join("\n"));
    }
    if let Some(pkce) = change.pkce {
        update = update.set(PKCE, pkce.name());
    }
    update = match change.federation {
        Some(Some(federation)) => update.set(FEDERATION, federation.text()?),
        Some(None) => update.remove(FEDERATION),
        None => update,
    };
    if update.is_empty() {
        let client = read(table, directory, id).await?;
        return client.filter(|client| client.revoked.is_none()).ok_or(Error::NotFound);
    }
    match table.write(update).await? {
        Written::Done(Some(item)) => Client::from_item(&item),
        Written::Done(None) | Written::Refused(_) => Err(Error::NotFound),
    }
}

/// Revokes the client `id` of `directory`, with all tokens that were issued to it. A second revocation
/// changes nothing.
///
/// # Errors
/// [`Error::NotFound`] when there is none; [`Error::Throttled`], [`Error::Busy`],
/// [`Error::Unavailable`].
pub async fn revoke(table: &Table, directory: &DirectoryId, id: &ClientId) -> Result<(), Error> {
    match table.write(revocation(key::client(directory, id))).await? {
        Written::Done(_) => Ok(()),
        Written::Refused(_) => Err(Error::NotFound),
    }
}
