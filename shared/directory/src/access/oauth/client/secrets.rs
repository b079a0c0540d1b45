//! Adding and removing a client's secrets.

use table::Table;
use table::condition::exists;
use table::name::PK;
use table::write::{Update, Written};

use crate::access::oauth::client::secret::{ClientSecret, attribute};
use crate::access::oauth::client::{Client, read, update};
use crate::access::oauth::key;
use crate::error::Error;
use crate::id::{ClientId, DirectoryId};

/// How many valid secrets a client may have.
pub const MOST: usize = 10;

/// Adds `secret` to those of the client `id`. Returns the changed client.
///
/// # Errors
/// [`Error::NotFound`] when there is no such client, or it is revoked; [`Error::TooMany`] when it has
/// [`MOST`] valid secrets; [`Error::Throttled`], [`Error::Busy`], [`Error::Unavailable`].
pub async fn add(
    table: &Table,
    directory: &DirectoryId,
    id: &ClientId,
    secret: &ClientSecret,
) -> Result<Client, Error> {
    let client = read(table, directory, id).await?.ok_or(Error::NotFound)?;
    if client.secrets.iter().filter(|secret| !secret.is_expired()).count() >= MOST {
        return Err(Error::TooMany(format!(
            "a client has {MOST} secrets at most: delete one that is not used any more"
        )));
    }
    match table.write(update(directory, id).set(attribute(&secret.id), secret.text()?)).await? {
        Written::Done(Some(item)) => Client::from_item(&item),
        Written::Done(None) | Written::Refused(_) => Err(Error::NotFound),
    }
}

/// Removes the secret `secret` of the client `id`: it is not valid any more.
///
/// # Errors
/// [`Error::NotFound`] when there is no such client or secret; [`Error::Throttled`], [`Error::Busy`],
/// [`Error::Unavailable`].
pub async fn remove(
    table: &Table,
    directory: &DirectoryId,
    id: &ClientId,
    secret: &str,
) -> Result<(), Error> {
    let (key, attribute) = (key::client(directory, id), attribute(secret));
    // Read first: as a condition it would refuse a repeated call whose response was lost.
    if !table.get(&key).await?.is_some_and(|client| client.contains_key(&attribute)) {
        return Err(Error::NotFound);
    }
    match table.write(Update::of(key).remove(attribute).when(exists(PK))).await? {
        Written::Done(_) => Ok(()),
        Written::Refused(_) => Err(Error::NotFound),
    }
}
