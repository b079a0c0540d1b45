//! Credentials: static bearer tokens of a directory. Only a keyed hash of a token is stored.

use serde::{Deserialize, Serialize};
use table::Table;
use table::condition::{absent, exists, less};
use table::item::{Item, decode, encode, optional_number};
use table::name::{END, EXPIRES, LABEL, LAST_USED, PK, REVOKED};
use table::query::Range;
use table::transaction::{Committed, Transaction};
use table::write::{Put, Update, Written};

use crate::access::expiry;
use crate::access::permissions::Scopes;
use crate::access::revocation::revocation;
use crate::clock;
use crate::encoding::id_in_key;
use crate::error::Error;
use crate::id::{CredentialId, DirectoryId, WriteId};
use crate::keys::{self, CREDENTIALS};
use crate::registry::record;
use crate::secret::Secret;

/// How old the time of the last use must be before it is written again, in seconds.
pub(crate) const PRECISION: i64 = 15 * 60;
/// How long the last use is remembered, in seconds: two years.
const REMEMBERED: i64 = 2 * 365 * 24 * 3600;

/// One credential of a directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credential {
    /// Its id, which the token contains.
    #[serde(rename = "SK", skip_serializing, deserialize_with = "id_in_key")]
    pub id: CredentialId,
    /// What is stored of the token: [`Secret::keyed`] of its digest.
    pub(crate) hash: String,
    /// What people call it.
    pub label: String,
    /// What it allows.
    #[serde(default, skip_serializing_if = "Scopes::is_default")]
    pub scopes: Scopes,
    /// When it was created, RFC 3339.
    pub created: String,
    /// When it expires, in seconds since 1970. Stored as `end` and not as `expires`: an expired
    /// credential stays visible, and DynamoDB would delete it.
    #[serde(rename = "end", skip_serializing_if = "Option::is_none")]
    pub expires: Option<i64>,
    /// The id of the user that it stands for: `/Me`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// When it was last used, in seconds since 1970, to a quarter of an hour. It is stored in an item of its own,
    /// as requests may not change credentials; in credentials of older releases also here.
    #[serde(rename = "lastUsed", skip_serializing_if = "Option::is_none")]
    pub used: Option<i64>,
    /// When it was revoked, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoked: Option<String>,
}

/// A credential that is not stored yet.
#[derive(Clone, PartialEq, Eq)]
pub struct NewCredential {
    /// Its id, which the token contains.
    pub id: CredentialId,
    /// The SHA-256 of the whole token, in hexadecimal.
    digest: String,
    /// What people call it.
    pub label: String,
    /// What it allows.
    pub scopes: Scopes,
    /// When it expires, in seconds since 1970.
    pub expires: Option<i64>,
    /// The id of the user that it stands for: `/Me`.
    pub subject: Option<String>,
}

impl NewCredential {
    /// The credential `id` of the token whose SHA-256 is `digest`. It never expires, allows all of
    /// SCIM and stands for no user.
    #[must_use]
    pub fn new(id: CredentialId, digest: String, label: &str) -> Self {
        let label = label.to_owned();
        Self { id, digest, label, scopes: Scopes::default(), expires: None, subject: None }
    }

    /// Whether `stored` is the credential of the same token.
    #[must_use]
    pub fn is_stored_as(&self, stored: &Credential, secret: &Secret) -> bool {
        stored.hash == secret.keyed(&self.digest)
    }
}

impl std::fmt::Debug for NewCredential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewCredential").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Credential {
    /// `new`, created now in a directory with this secret.
    #[must_use]
    pub fn of(new: &NewCredential, secret: &Secret) -> Self {
        let NewCredential { id, digest, label, scopes, expires, subject } = new.clone();
        let (hash, created) = (secret.keyed(&digest), clock::now());
        Self { id, hash, label, scopes, created, expires, subject, used: None, revoked: None }
    }

    /// What a token's keyed digest is compared with.
    #[must_use]
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// Whether it is neither revoked nor expired at `now`, in seconds since 1970.
    #[must_use]
    pub fn is_valid(&self, now: i64) -> bool {
        self.revoked.is_none() && self.expires.is_none_or(|end| now < end)
    }

    /// The smallest of [`WARNINGS`](expiry::WARNINGS) within which it expires, at `now` in seconds
    /// since 1970; `None` when it is not valid any more.
    #[must_use]
    pub fn warning(&self, now: i64) -> Option<i64> {
        self.expires.and_then(|end| expiry::warning(end, now)).filter(|_| self.is_valid(now))
    }

    /// Whether [`mark_used`] is due when it is used at `now`, in seconds since 1970.
    #[must_use]
    pub fn is_use_due(&self, now: i64) -> bool {
        self.used.is_none_or(|used| used < now - PRECISION)
    }

    pub(crate) fn from_item(item: &Item) -> Result<Self, Error> {
        Ok(decode(item.clone())?)
    }

    /// The credential, last used when `item` says, if there is one.
    pub(crate) fn used_at(mut self, item: Option<&Item>) -> Self {
        self.used = self.used.max(item.and_then(|item| optional_number(item, LAST_USED)));
        self
    }
}

/// The credentials in `items`, each with its last use.
async fn with_uses(table: &Table, directory: &DirectoryId, items: &[Item]) -> Result<Vec<Credential>, Error> {
    let credentials = items.iter().map(Credential::from_item).collect::<Result<Vec<_>, _>>()?;
    let key = |credential: &Credential| keys::last_use(directory, &credential.id);
    let uses = table.get_many(credentials.iter().map(key).collect()).await?;
    let with_use = |credential: Credential| {
        let item = uses.get(&key(&credential));
        credential.used_at(item)
    };
    Ok(credentials.into_iter().map(with_use).collect())
}

/// Reads the credential `id` of `directory`, valid or not; `None` when there is none.
///
/// # Errors
/// [`Error::Throttled`], [`Error::Unavailable`].
pub async fn read(
    table: &Table,
    directory: &DirectoryId,
    id: &CredentialId,
) -> Result<Option<Credential>, Error> {
    let item = table.get(&keys::credential(directory, id)).await?;
    Ok(with_uses(table, directory, item.as_slice()).await?.pop())
}

/// At most `count` credentials of `directory` with ids after `after`, in the order of their ids; and
/// whether there may be more.
///
/// # Errors
/// [`Error::Throttled`], [`Error::Unavailable`].
pub async fn list(
    table: &Table,
    directory: &DirectoryId,
    after: Option<&CredentialId>,
    count: u16,
) -> Result<(Vec<Credential>, bool), Error> {
    let mut pages = table.range(&keys::directory(directory).pk, Range::BeginsWith(CREDENTIALS.to_owned()));
    if let Some(after) = after {
        pages = pages.after(&keys::credential(directory, after));
    }
    let items = pages.next(Some(i32::from(count.clamp(1, 1000)))).await?.unwrap_or_default();
    Ok((with_uses(table, directory, &items).await?, pages.has_more()))
}

/// Creates `credential`, or replaces the one with its id. Returns it as it is stored.
///
/// # Errors
/// [`Error::NotFound`] when there is no such directory, or it is being erased; [`Error::Throttled`],
/// [`Error::Busy`], [`Error::Unavailable`].
pub async fn create(
    table: &Table,
    directory: &DirectoryId,
    credential: &NewCredential,
) -> Result<Credential, Error> {
    let stored = Credential::of(credential, &record::secrets(table, directory).await?.hashes);
    let put = Put::of(keys::credential(directory, &credential.id)).with(encode(&stored)?);
    put_unless_erasing(table, directory, put).await?.ok_or(Error::NotFound)?;
    Ok(stored)
}

/// As [`create`], unless there is a credential with its id: then `None`.
///
/// # Errors
/// As [`create`].
pub async fn create_once(
    table: &Table,
    directory: &DirectoryId,
    credential: &NewCredential,
) -> Result<Option<Credential>, Error> {
    let stored = Credential::of(credential, &record::secrets(table, directory).await?.hashes);
    let put = Put::of(keys::credential(directory, &credential.id)).with(encode(&stored)?);
    let put = put_unless_erasing(table, directory, put.when(absent(PK))).await?;
    Ok(put.map(|()| stored))
}

/// `None` when the condition of `put` does not hold, or `directory` is being erased.
async fn put_unless_erasing(table: &Table, directory: &DirectoryId, put: Put) -> Result<Option<()>, Error> {
    let mut transaction = Transaction::new(WriteId::new().token());
    transaction.push(put);
    transaction.push(record::check_not_erasing(directory));
    Ok(matches!(table.commit(&transaction).await?, Committed::Done(_)).then_some(()))
}

/// Gives the credential `id` another label or another end, unless it is revoked; `None` leaves what is
/// there. Returns the changed credential.
///
/// # Errors
/// [`Error::NotFound`] when there is none, or it is revoked; [`Error::Throttled`], [`Error::Busy`],
/// [`Error::Unavailable`].
pub async fn change(
    table: &Table,
    directory: &DirectoryId,
    id: &CredentialId,
    label: Option<&str>,
    expires: Option<i64>,
) -> Result<Credential, Error> {
    let mut update = Update::of(keys::credential(directory, id)).when(exists(PK).and(absent(REVOKED)));
    if let Some(label) = label {
        update = update.set(LABEL, label);
    }
    if let Some(end) = expires {
        update = update.set(END, end);
    }
    if update.is_empty() {
        let found = read(table, directory, id).await?;
        return found.filter(|credential| credential.revoked.is_none()).ok_or(Error::NotFound);
    }
    changed(table, directory, update).await
}

/// Revokes the credential `id`, which stays visible for 90 days. Returns the revoked credential.
///
/// # Errors
/// [`Error::NotFound`] when there is none; [`Error::Throttled`], [`Error::Busy`],
/// [`Error::Unavailable`].
pub async fn revoke(table: &Table, directory: &DirectoryId, id: &CredentialId) -> Result<Credential, Error> {
    changed(table, directory, revocation(keys::credential(directory, id))).await
}

async fn changed(table: &Table, directory: &DirectoryId, update: Update) -> Result<Credential, Error> {
    let Written::Done(Some(item)) = table.write(update).await? else { return Err(Error::NotFound) };
    with_uses(table, directory, &[item]).await?.pop().ok_or(Error::NotFound)
}

/// Stores that the credential `id` was used now, unless a use within the last quarter of an hour is
/// stored already.
///
/// # Errors
/// [`Error::Throttled`], [`Error::Busy`], [`Error::Unavailable`].
pub async fn mark_used(table: &Table, directory: &DirectoryId, id: &CredentialId) -> Result<(), Error> {
    let now = clock::seconds();
    let is_due = absent(PK).or(less(LAST_USED, now - PRECISION));
    let update = Update::of(keys::last_use(directory, id)).set(LAST_USED, now).set(EXPIRES, now + REMEMBERED);
    table.write(update.when(is_due)).await?;
    Ok(())
}

#[cfg(test)]
mod tests;
