//! Adding and removing a client's secrets.

use table::Table;
use table::condition::{absent, exists};
use table::item::optional_text;
use table::name::PK;
use table::write::{Update, Written};

use crate::access::oauth::client::secret::{ClientSecret, attribute};
use crate::access::oauth::client::{read, update};
use crate::access::oauth::key;
use crate::error::Error;
use crate::id::{ClientId, DirectoryId};

/// How many valid secrets a client may have.
pub const MOST: usize = 10;

/// Adds `secret` to those of the client `id`. Returns `false` when the client has one with its id.
///
/// # Errors
/// [`Error::NotFound`] when there is no such client, or it is revoked; [`Error::TooMany`] when it has
/// [`MOST`] valid secrets; [`Error::Throttled`], [`Error::Busy`], [`Error::Unavailable`].
pub async fn add(
    table: &Table,
    directory: &DirectoryId,
    id: &ClientId,
    secret: &ClientSecret,
) -> Result<bool, Error> {
    let client = read(table, directory, id).await?.ok_or(Error::NotFound)?;
    if client.secrets.iter().filter(|secret| !secret.is_expired()).count() >= MOST {
        return Err(Error::TooMany(format!(
            "a client has {MOST} secrets at most: delete one that is not used any more"
        )));
    }
    let (name, text) = (attribute(&secret.id), secret.text()?);
    let update = update(directory, id).set(name.clone(), text.clone()).when(absent(name.clone()));
    match table.write(update).await? {
        Written::Done(_) => Ok(true),
        // It may be there because this call was repeated, when its first response was lost.
        Written::Refused(Some(item)) if item.contains_key(&name) => {
            Ok(optional_text(&item, &name) == Some(&text))
        }
        Written::Refused(_) => Err(Error::NotFound),
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
