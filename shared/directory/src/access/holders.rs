//! Who may send requests of SCIM to several directories, for pages that show all of them.

use futures_util::{StreamExt, TryStreamExt, stream};
use table::Table;
use table::item::{Item, text};
use table::name::SK;
use table::query::Range;

use crate::access::credential::Credential;
use crate::access::oauth::client::Client;
use crate::access::oauth::key::CLIENTS;
use crate::clock;
use crate::error::Error;
use crate::id::DirectoryId;
use crate::keys;

/// Holders of one directory that are read. A page of the console creates ten at most.
const MOST: i32 = 200;
/// Directories that are read at the same time.
pub(crate) const AT_ONCE: usize = 16;

/// An access token, or an OAuth client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// What people call it.
    pub label: String,
    /// When it was last used, in seconds since 1970, to a quarter of an hour; of a client, when it last got
    /// a token.
    pub used: Option<i64>,
    /// When it ends or was revoked, in seconds since 1970.
    pub ends: Option<i64>,
}

/// The holders of each of `directories`, in the same order, those that have ended or were revoked included.
/// Costs one query for each directory, and one read for each access token, in calls of 100.
///
/// # Errors
/// [`Error::Throttled`], [`Error::Busy`], [`Error::Unavailable`].
pub async fn of_all(table: &Table, directories: &[DirectoryId]) -> Result<Vec<Vec<Holder>>, Error> {
    let read: Vec<_> = directories.iter().map(|id| items(table, id)).collect();
    let found: Vec<Vec<Item>> = stream::iter(read).buffered(AT_ONCE).try_collect().await?;
    let mut all = Vec::new();
    for (id, items) in directories.iter().zip(&found) {
        let (mut clients, mut credentials) = (Vec::new(), Vec::new());
        for item in items {
            let key = text(item, SK)?;
            if key.starts_with(CLIENTS) {
                clients.push(Client::from_item(item)?);
            } else if key.starts_with(keys::CREDENTIALS) {
                credentials.push(Credential::from_item(item)?);
            }
        }
        all.push((id, clients, credentials));
    }
    let uses = all.iter().flat_map(|(id, _, credentials)| {
        credentials.iter().map(move |credential| keys::last_use(id, &credential.id))
    });
    let uses = table.get_many(uses.collect()).await?;
    let holders = all.into_iter().map(|(id, clients, credentials)| {
        let used = |one: Credential| {
            let item = uses.get(&keys::last_use(id, &one.id));
            one.used_at(item)
        };
        let credentials = credentials.into_iter().filter(|one| one.scopes.allow_scim()).map(used);
        let clients = clients.into_iter().filter(is_of_scim);
        credentials.map(Holder::from).chain(clients.map(Holder::from)).collect()
    });
    Ok(holders.collect())
}

/// The clients and credentials of `directory`: their keys are next to each other, with only codes of OAuth
/// between them, which live for minutes.
async fn items(table: &Table, directory: &DirectoryId) -> Result<Vec<Item>, Error> {
    let range = Range::Between(CLIENTS.to_owned(), format!("{}~", keys::CREDENTIALS));
    let mut pages = table.range(&keys::directory(directory).pk, range);
    Ok(pages.next(Some(MOST)).await?.unwrap_or_default())
}

/// Whether a client may get tokens for requests of SCIM.
fn is_of_scim(client: &Client) -> bool {
    client.scopes.is_empty() || client.scopes.split(' ').any(|scope| !matches!(scope, "events" | "consent"))
}

/// The earlier of an end and the time of a revocation.
fn end(expires: Option<i64>, revoked: Option<&str>) -> Option<i64> {
    expires.into_iter().chain(revoked.and_then(clock::read)).min()
}

impl From<Credential> for Holder {
    fn from(credential: Credential) -> Self {
        let ends = end(credential.expires, credential.revoked.as_deref());
        Self { label: credential.label, used: credential.used, ends }
    }
}

impl From<Client> for Holder {
    fn from(client: Client) -> Self {
        let (used, ends) =
            (client.used.as_deref().and_then(clock::read), end(None, client.revoked.as_deref()));
        Self { label: client.label, used, ends }
    }
}
