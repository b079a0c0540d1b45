//! Set-up links: with one, a customer's administrator opens the set-up page of a directory.
//!
//! A link contains a token, `rl_<directory>_<id>_<secret><checksum>`. The table holds its SHA-256 only.
//! A link can be opened once. A directory has one link at most that can be opened, the newest: the progress
//! of its set-up names it. Revoking a link that was opened ends its session.

use data_encoding::HEXLOWER;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use table::Table;
use table::condition::{absent, equals, exists, greater};
use table::item::{Item, decode, encode, optional_text};
use table::name::{END, EXPIRES, LINK, PK, REVOKED, USED};
use table::query::Range;
use table::transaction::{Committed, Transaction};
use table::write::{Check, Put, Update, Written};

use crate::access::oauth::hash::unguessable;
use crate::access::revocation::revocation;
use crate::access::session::{self, Cookie, Realm, Session};
use crate::clock::{self, now, seconds};
use crate::encoding::id_in_key;
use crate::error::Error;
use crate::id::{DirectoryId, SetupLinkId, WriteId};
use crate::keys::{self, SETUP_LINKS};
use crate::registry::record;
use crate::secret::deployment::{CHECKSUM, DeploymentSecret};

/// How long a link can be opened at most, in days; also by default.
pub const MOST_DAYS: i64 = 30;
const DAY: i64 = 86_400;
/// How long the team still sees a link after its end, in seconds.
const VISIBLE: i64 = 90 * DAY;
/// The hexadecimal digits of a token's secret.
const SECRET: usize = 64;
const PREFIX: &str = "rl_";
/// What stands before the id of a link where it names who has its session.
const ACTOR: &str = "setup-link:";

/// One link of a directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetupLink {
    /// Its id, which the token contains.
    #[serde(rename = "SK", skip_serializing, deserialize_with = "id_in_key")]
    pub id: SetupLinkId,
    /// The SHA-256 of the token, in hexadecimal.
    hash: String,
    /// When it was created, RFC 3339.
    pub created: String,
    /// Who created it, as the audit log names them.
    pub by: String,
    /// Until when it can be opened, in seconds since 1970. Not `expires`: it stays visible.
    #[serde(rename = "end")]
    pub expires: i64,
    /// When it was opened, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub used: Option<String>,
    /// When it was revoked, RFC 3339. When it was opened before, this ended its session.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoked: Option<String>,
}

/// What can be done with a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkState {
    /// It can be opened.
    Open,
    /// It was opened.
    Used,
    /// It was revoked.
    Revoked,
    /// Its time is over.
    Expired,
}

impl LinkState {
    /// As it is written.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Used => "used",
            Self::Revoked => "revoked",
            Self::Expired => "expired",
        }
    }
}

impl SetupLink {
    /// What can be done with it at `now`, in seconds since 1970.
    #[must_use]
    pub fn state(&self, now: i64) -> LinkState {
        match self {
            Self { used: Some(_), .. } => LinkState::Used,
            Self { revoked: Some(_), .. } => LinkState::Revoked,
            Self { expires, .. } if now < *expires => LinkState::Open,
            _ => LinkState::Expired,
        }
    }

    /// Who has the session that it begins, as the audit log names them.
    #[must_use]
    pub fn actor(&self) -> String {
        format!("{ACTOR}{}", self.id)
    }

    /// Whether its session may go on at `now`, in seconds since 1970: it may have ended earlier by itself.
    #[must_use]
    pub fn has_session(&self, now: i64) -> bool {
        let began = self.used.as_deref().and_then(clock::read);
        self.revoked.is_none() && began.is_some_and(|began| now < began.saturating_add(session::LONGEST))
    }

    fn from_item(item: &Item) -> Result<Self, Error> {
        Ok(decode(item.clone())?)
    }
}

/// The token of a link that this deployment issued. Its secret is not verified yet.
#[derive(Clone)]
pub struct LinkToken {
    /// The directory that it claims to be for.
    pub directory: DirectoryId,
    id: SetupLinkId,
    hash: String,
}

impl std::fmt::Debug for LinkToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LinkToken").field("id", &self.id).finish_non_exhaustive()
    }
}

impl LinkToken {
    /// Reads the token of a link; `None` when `deployment` did not issue it.
    #[must_use]
    pub fn parse(text: &str, deployment: &DeploymentSecret) -> Option<Self> {
        let mut fields = text.strip_prefix(PREFIX)?.split('_');
        let (directory, id, secret) = (fields.next()?, fields.next()?, fields.next()?);
        let whole = fields.next().is_none() && secret.len() == SECRET + CHECKSUM;
        if !whole || !deployment.has_checksum(text) {
            return None;
        }
        Some(Self { directory: directory.parse().ok()?, id: id.parse().ok()?, hash: digest(text) })
    }
}

fn digest(token: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(token.as_bytes()))
}

/// Creates a link to the set-up of `directory`, which can be opened until `expires` (seconds since
/// 1970), and revokes those before it that were not opened. `by` is who creates it, for the audit log.
/// Returns the token, which is shown once, and the link as it is stored.
///
/// # Errors
/// [`Error::NotFound`] when there is no such directory, or it is being erased; [`Error::Throttled`],
/// [`Error::Busy`], [`Error::Unavailable`].
pub async fn create(
    table: &Table,
    directory: &DirectoryId,
    deployment: &DeploymentSecret,
    by: &str,
    expires: i64,
) -> Result<(SecretString, SetupLink), Error> {
    let id: SetupLinkId = unguessable::<8>()?.parse().map_err(|_| Error::corrupt("id"))?;
    let signed = format!("{PREFIX}{directory}_{id}_{}", unguessable::<{ SECRET / 2 }>()?);
    let token = SecretString::from(deployment.with_checksum(&signed));
    let hash = digest(token.expose_secret());
    let link = SetupLink { id, hash, created: now(), by: by.to_owned(), expires, used: None, revoked: None };
    let mut transaction = Transaction::new(WriteId::new().token());
    let put = Put::of(keys::setup_link(directory, &link.id)).with(encode(&link)?);
    transaction.push(put.set(EXPIRES, expires.saturating_add(VISIBLE)));
    transaction.push(Update::of(keys::setup(directory)).set(LINK, link.id.to_string()));
    transaction.push(record::check_not_erasing(directory));
    if let Committed::Refused(_) = table.commit(&transaction).await? {
        return Err(Error::NotFound);
    }
    revoke_replaced(table, directory).await?;
    Ok((token, link))
}

/// Revokes the links of `directory` that were not opened before there was a newer one. They cannot be opened
/// any more anyway; this shows it.
async fn revoke_replaced(table: &Table, directory: &DirectoryId) -> Result<(), Error> {
    let (links, now) = (list(table, directory).await?, seconds());
    // Read after the list, so that the newest of the list is not taken for a replaced one.
    let setup = table.get(&keys::setup(directory)).await?;
    let newest = setup.as_ref().and_then(|item| optional_text(item, LINK)).unwrap_or_default();
    for link in links {
        if link.state(now) == LinkState::Open && link.id.to_string() != newest {
            revoke(table, directory, &link.id).await?;
        }
    }
    Ok(())
}

/// All links of `directory` that are still visible, in the order of their creation.
///
/// # Errors
/// [`Error::Throttled`], [`Error::Unavailable`].
pub async fn list(table: &Table, directory: &DirectoryId) -> Result<Vec<SetupLink>, Error> {
    let mut pages = table.range(&keys::directory(directory).pk, Range::BeginsWith(SETUP_LINKS.to_owned()));
    let mut links = Vec::new();
    while let Some(page) = pages.next(None).await? {
        for item in &page {
            links.push(SetupLink::from_item(item)?);
        }
    }
    links.sort_by(|one, other| one.created.cmp(&other.created));
    Ok(links)
}

/// Revokes the link `id`, which stays visible, and ends its session. Returns the revoked link.
///
/// # Errors
/// [`Error::NotFound`] when it does not exist; [`Error::Throttled`], [`Error::Busy`], [`Error::Unavailable`].
pub async fn revoke(table: &Table, directory: &DirectoryId, id: &SetupLinkId) -> Result<SetupLink, Error> {
    match table.write(revocation(keys::setup_link(directory, id))).await? {
        Written::Done(Some(item)) => SetupLink::from_item(&item),
        Written::Done(None) | Written::Refused(_) => Err(Error::NotFound),
    }
}

/// Revokes every link of `directory` that can be opened, and ends the sessions of those that were.
///
/// # Errors
/// [`Error::Throttled`], [`Error::Busy`], [`Error::Unavailable`].
pub async fn revoke_all(table: &Table, directory: &DirectoryId) -> Result<(), Error> {
    let now = seconds();
    for link in list(table, directory).await? {
        if link.state(now) == LinkState::Open || link.has_session(now) {
            revoke(table, directory, &link.id).await?;
        }
    }
    Ok(())
}

/// The link of `token`, which need not be open; `None` when it does not exist. Changes nothing.
///
/// # Errors
/// [`Error::Throttled`], [`Error::Unavailable`].
pub async fn find(table: &Table, token: &LinkToken) -> Result<Option<SetupLink>, Error> {
    let item = table.get(&keys::setup_link(&token.directory, &token.id)).await?;
    let link = item.as_ref().map(SetupLink::from_item).transpose()?;
    Ok(link.filter(|link| bool::from(link.hash.as_bytes().ct_eq(token.hash.as_bytes()))))
}

/// Whether `session` of `directory` goes on: the link that began it has not been revoked.
///
/// # Errors
/// [`Error::Throttled`], [`Error::Unavailable`].
pub async fn allows(table: &Table, directory: &DirectoryId, session: &Session) -> Result<bool, Error> {
    let Some(id) = session.by.strip_prefix(ACTOR) else { return Ok(false) };
    let id: SetupLinkId = id.parse().map_err(|_| Error::corrupt("by"))?;
    let link = table.get(&keys::setup_link(directory, &id)).await?;
    Ok(link.is_some_and(|link| !link.contains_key(REVOKED)))
}

/// Uses the link of `token` up and begins a session of its directory: both or neither. Returns the
/// session's cookie; `None` when the link cannot be opened.
///
/// # Errors
/// [`Error::Throttled`], [`Error::Busy`], [`Error::Unavailable`].
pub async fn open(
    table: &Table,
    token: &LinkToken,
    deployment: &DeploymentSecret,
) -> Result<Option<Cookie>, Error> {
    let Some(link) = find(table, token).await? else { return Ok(None) };
    let cookie = Cookie::mint(Realm::Directory(token.directory.clone()), deployment)?;
    let is_open = exists(PK).and(absent(USED)).and(absent(REVOKED)).and(greater(END, seconds()));
    let mut transaction = Transaction::new(WriteId::new().token());
    transaction
        .push(Update::of(keys::setup_link(&token.directory, &token.id)).set(USED, now()).when(is_open));
    transaction.push(session::put(&cookie, &link.actor(), None)?);
    transaction.push(record::check_not_erasing(&token.directory));
    let is_newest = equals(LINK, link.id.to_string());
    transaction.push(Check::of(keys::setup(&token.directory)).when(is_newest));
    Ok(matches!(table.commit(&transaction).await?, Committed::Done(_)).then_some(cookie))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_open_until_it_is_used_revoked_or_over() {
        let link = SetupLink {
            id: "a".parse().unwrap(),
            hash: String::new(),
            created: String::new(),
            by: String::new(),
            expires: 10,
            used: None,
            revoked: None,
        };
        assert_eq!((link.state(9), link.state(10)), (LinkState::Open, LinkState::Expired));
        let used = SetupLink { used: Some(String::new()), ..link.clone() };
        let revoked = SetupLink { revoked: Some(String::new()), ..link };
        assert_eq!((used.state(9), revoked.state(9)), (LinkState::Used, LinkState::Revoked));
        let opened = SetupLink { used: Some("1970-01-01T00:00:09.000Z".to_owned()), ..used };
        let ended = SetupLink { revoked: Some(String::new()), ..opened.clone() };
        let over = 9 + session::LONGEST;
        assert!(opened.has_session(over - 1) && !opened.has_session(over) && !ended.has_session(9));
        assert!(!revoked.has_session(9));
    }
}
