//! OAuth clients: programs that may ask for access tokens of a directory.
//!
//! [`change`] changes and revokes one, [`secrets`] adds and removes its secrets.

pub mod change;
pub mod federation;
pub mod secret;
pub mod secrets;

use serde::{Deserialize, Serialize};
use table::Table;
use table::condition::{absent, exists};
use table::item::{Item, decode, encode};
use table::name::{LAST_USED, PK, REVOKED};
use table::query::Range;
use table::transaction::{Committed, Transaction};
use table::write::{Put, Update};

use crate::access::credential::PRECISION;
use crate::access::oauth::client::federation::Federation;
use crate::access::oauth::client::secret::ClientSecret;
use crate::access::oauth::key;
use crate::access::oauth::revoked::{self, Revoked};
use crate::clock;
use crate::encoding::{id_in_key, json_text, lines};
use crate::error::Error;
use crate::id::{ClientId, DirectoryId, WriteId};
use crate::keys;
use crate::registry::record;

/// How long an access token may be valid, in seconds; the first is the default.
pub const LIFETIME: std::ops::RangeInclusive<u32> = 3600..=21_600;

/// One client of a directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Client {
    /// Its id. With the directory's id and a dot before it, it is the `client_id`.
    #[serde(rename = "SK", skip_serializing, deserialize_with = "id_in_key")]
    pub id: ClientId,
    /// What people call it.
    pub label: String,
    /// What its tokens allow at most, as OAuth writes it; all of SCIM when empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub scopes: String,
    /// How long its access tokens are valid, in seconds: one of [`LIFETIME`].
    pub lifetime: u32,
    /// Its secrets. There may be several, so that one can replace another.
    #[serde(skip)]
    pub secrets: Vec<ClientSecret>,
    /// The redirect URIs of authorizations, compared character by character.
    #[serde(default, with = "lines")]
    pub redirects: Vec<String>,
    /// Whether an authorization must use PKCE (RFC 7636).
    #[serde(default)]
    pub pkce: Pkce,
    /// The issuer whose assertions it may use instead of a secret.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "json_text")]
    pub federation: Option<Federation>,
    /// When it was created, RFC 3339.
    pub created: String,
    /// When it last got a token, RFC 3339, to a quarter of an hour.
    #[serde(rename = "lastUsed", skip_serializing_if = "Option::is_none")]
    pub used: Option<String>,
    /// When it was revoked, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoked: Option<String>,
    /// Its own access tokens that were revoked.
    #[serde(skip)]
    pub tokens: Revoked,
}

/// Whether a client must use PKCE.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Pkce {
    /// Every authorization needs a challenge.
    #[default]
    Required,
    /// An authorization may have a challenge.
    Optional,
}

impl Pkce {
    /// As it is written.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::Optional => "optional",
        }
    }
}

impl Client {
    /// A client created now, whose access tokens are valid for an hour. It has no secret and no issuer
    /// yet.
    #[must_use]
    pub fn new(id: ClientId, label: &str) -> Self {
        Self {
            id,
            label: label.to_owned(),
            scopes: String::new(),
            lifetime: *LIFETIME.start(),
            secrets: Vec::new(),
            redirects: Vec::new(),
            pkce: Pkce::Required,
            federation: None,
            created: clock::now(),
            used: None,
            revoked: None,
            tokens: Revoked::default(),
        }
    }

    pub(crate) fn from_item(item: &Item) -> Result<Self, Error> {
        let client: Self = decode(item.clone())?;
        Ok(Self { secrets: ClientSecret::read_all(item)?, tokens: Revoked::from_item(item), ..client })
    }

    fn put(&self, directory: &DirectoryId) -> Result<Put, Error> {
        let mut put = Put::of(key::client(directory, &self.id)).with(encode(self)?);
        for secret in &self.secrets {
            put = put.set(secret::attribute(&secret.id), secret.text()?);
        }
        Ok(put)
    }
}

/// Creates `client`. Returns `false` when there is one with its id.
///
/// # Errors
/// [`Error::NotFound`] when there is no such directory, or it is being erased; [`Error::Throttled`],
/// [`Error::Busy`], [`Error::Unavailable`].
pub async fn create(table: &Table, directory: &DirectoryId, client: &Client) -> Result<bool, Error> {
    let mut transaction = Transaction::new(WriteId::new().token());
    transaction.push(client.put(directory)?.when(absent(PK)));
    let directory = transaction.push(record::check_not_erasing(directory));
    match table.commit(&transaction).await? {
        Committed::Done(_) => Ok(true),
        Committed::Refused(refused) if refused.iter().any(|refusal| refusal.index == directory) => {
            Err(Error::NotFound)
        }
        Committed::Refused(_) => Ok(false),
    }
}

/// Reads the client `id` of `directory`, revoked or not; `None` when there is none.
///
/// # Errors
/// [`Error::Throttled`], [`Error::Unavailable`].
pub async fn read(table: &Table, directory: &DirectoryId, id: &ClientId) -> Result<Option<Client>, Error> {
    table.get(&key::client(directory, id)).await?.as_ref().map(Client::from_item).transpose()
}

/// At most `count` clients of `directory` with ids after `after`, in the order of their ids; and
/// whether there may be more.
///
/// # Errors
/// [`Error::Throttled`], [`Error::Unavailable`].
pub async fn list(
    table: &Table,
    directory: &DirectoryId,
    after: Option<&ClientId>,
    count: u16,
) -> Result<(Vec<Client>, bool), Error> {
    let range = Range::BeginsWith(key::CLIENTS.to_owned());
    let mut pages = table.range(&keys::directory(directory).pk, range);
    if let Some(after) = after {
        pages = pages.after(&key::client(directory, after));
    }
    let items = pages.next(Some(i32::from(count))).await?.unwrap_or_default();
    Ok((items.iter().map(Client::from_item).collect::<Result<_, _>>()?, pages.has_more()))
}

/// Stores that `client` got a token now, unless that is stored to a quarter of an hour already.
///
/// # Errors
/// [`Error::Throttled`], [`Error::Busy`], [`Error::Unavailable`].
pub async fn mark_used(table: &Table, directory: &DirectoryId, client: &Client) -> Result<(), Error> {
    let earlier = clock::ago(PRECISION);
    if client.used.as_ref().is_some_and(|used| *used > earlier) {
        return Ok(());
    }
    table.write(update(directory, &client.id).set(LAST_USED, clock::now())).await?;
    Ok(())
}

/// Revokes the access token `token` of `client`, which expires at `end`.
///
/// # Errors
/// [`Error::Throttled`], [`Error::Busy`], [`Error::Unavailable`].
pub async fn revoke_token(
    table: &Table,
    directory: &DirectoryId,
    client: &Client,
    token: &str,
    end: i64,
) -> Result<(), Error> {
    revoked::revoke(table, key::client(directory, &client.id), &client.tokens, token, end).await
}

/// An update of the client `id`, refused when there is none, or it is revoked.
pub(super) fn update(directory: &DirectoryId, id: &ClientId) -> Update {
    Update::of(key::client(directory, id)).when(exists(PK).and(absent(REVOKED)))
}

#[cfg(test)]
mod tests;
