//! Who may send requests of SCIM to several directories, when they did, and what was refused.

use futures_util::future::try_join;
use futures_util::{StreamExt, TryStreamExt, stream};
use table::Table;
use table::item::text;
use table::name::SK;
use table::query::Range;

use crate::access::credential::Credential;
use crate::access::oauth::client::Client;
use crate::access::oauth::key::CLIENTS;
use crate::access::refusal::Refused;
use crate::clock;
use crate::error::Error;
use crate::id::DirectoryId;
use crate::keys;

/// Holders of one directory that are read. A page of the console creates ten at most.
const MOST: i32 = 200;
/// Last uses and rows of refused requests of one directory that are read, the newest first.
const NOTES: i32 = 1000;
/// Directories that are read at the same time.
const AT_ONCE: usize = 8;

/// An access token, or an OAuth client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// What people call it.
    pub label: String,
    /// When it was last used, in seconds since 1970, to a quarter of an hour; of a client, when it last got
    /// a token.
    pub used: Option<i64>,
    /// How long a token that a client got is valid, in seconds: its use is not noted. 0 for an access token.
    pub lifetime: i64,
    /// When it ends or was revoked, in seconds since 1970.
    pub ends: Option<i64>,
}

/// Who may use a directory, and what was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activity {
    /// Its access tokens and OAuth clients that are for SCIM, those that have ended or were revoked included.
    pub holders: Vec<Holder>,
    /// The newest refused requests.
    pub refused: Vec<Refused>,
}

/// The activity of each of `directories`, in the same order, with the refused requests of the hour `from`,
/// since 1970, and later. Costs two queries for each directory.
///
/// # Errors
/// [`Error::Throttled`], [`Error::Unavailable`].
pub async fn of_all(table: &Table, directories: &[DirectoryId], from: i64) -> Result<Vec<Activity>, Error> {
    let read: Vec<_> = directories.iter().map(|id| of(table, id, from)).collect();
    stream::iter(read).buffered(AT_ONCE).try_collect().await
}

async fn of(table: &Table, directory: &DirectoryId, from: i64) -> Result<Activity, Error> {
    // Next to each other, with only codes of OAuth between them, which live for minutes.
    let holders = Range::Between(CLIENTS.to_owned(), format!("{}~", keys::CREDENTIALS));
    let mut holders = table.range(&keys::directory(directory).pk, holders);
    // Hours are numbers of seven digits.
    let notes = Range::Between(format!("{}{from:07}", keys::REFUSALS), format!("{}~", keys::USES));
    let mut notes = table.range(&keys::usage(directory), notes).backwards();
    let (holders, notes) = try_join(holders.next(Some(MOST)), notes.next(Some(NOTES))).await?;
    let notes = notes.unwrap_or_default();
    let mut found = Vec::new();
    for item in holders.unwrap_or_default() {
        let key = text(&item, SK)?;
        if key.starts_with(CLIENTS) {
            found.extend(Some(Client::from_item(&item)?).filter(is_of_scim).map(Holder::from));
        } else if key.starts_with(keys::CREDENTIALS) {
            let credential = Credential::from_item(&item)?;
            let last_use = keys::last_use(directory, &credential.id).sk;
            let last_use = notes.iter().find(|note| text(note, SK).is_ok_and(|key| key == last_use));
            let is_of_scim = credential.scopes.allow_scim();
            found.extend(is_of_scim.then(|| credential.used_at(last_use).into()));
        }
    }
    Ok(Activity { holders: found, refused: notes.iter().filter_map(Refused::read).collect() })
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
        Self { label: credential.label, used: credential.used, lifetime: 0, ends }
    }
}

impl From<Client> for Holder {
    fn from(client: Client) -> Self {
        let (used, ends) =
            (client.used.as_deref().and_then(clock::read), end(None, client.revoked.as_deref()));
        Self { label: client.label, used, lifetime: i64::from(client.lifetime), ends }
    }
}
