//! Grants: what a directory's administrator allowed a client, by an authorization code.
//!
//! A grant has one valid refresh token at a time. The token is not stored: it is a seal of the grant
//! and of its *generation*, which each use increases. A token of an older generation was copied, so
//! the grant is revoked (RFC 9700 §4.14.2). Only the previous token is answered for another minute,
//! with the same successor: the response may have been lost, or two requests may come at once. A
//! token of a later generation than the table's was issued before the table was restored from a
//! backup. It is valid, and the table continues from its generation.

use serde::{Deserialize, Serialize};
use table::Table;
use table::condition::{absent, equals, exists};
use table::item::{Item, decode, encode};
use table::name::{END, EXPIRES, GENERATION, PK, REVOKED, ROTATED};
use table::transaction::{Committed, Transaction};
use table::write::{Put, Update, Written};

use crate::access::oauth::code::Code;
use crate::access::oauth::key;
use crate::access::oauth::revoked::{self, Revoked};
use crate::clock::{now, seconds};
use crate::encoding::id_in_key;
use crate::error::Error;
use crate::id::{ClientId, DirectoryId, GrantId, WriteId};
use crate::registry::record;
use crate::secret;

/// How long an unused grant lasts, in seconds: 180 days.
pub const IDLE: i64 = secret::PREVIOUS;
/// How long after its use a refresh token gets the same response again, in seconds.
pub const GRACE: i64 = 60;

/// What one client was allowed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// Its id.
    #[serde(rename = "SK", skip_serializing, deserialize_with = "id_in_key")]
    pub id: GrantId,
    /// The client.
    pub client: ClientId,
    /// What its tokens allow at most; all of SCIM when empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub scopes: String,
    /// Who allowed it: `administrator`, or the id of a credential.
    pub by: String,
    /// Which refresh token is valid.
    pub generation: u32,
    /// When that token was issued, in seconds since 1970.
    pub rotated: i64,
    /// When the grant ends if it is not used, in seconds since 1970.
    pub end: i64,
    /// When it was created, RFC 3339.
    pub created: String,
    /// When it was revoked, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoked: Option<String>,
    /// Its access tokens that were revoked.
    #[serde(skip)]
    pub tokens: Revoked,
}

/// What became of a code that a client sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Redeemed {
    /// It was exchanged for the grant.
    Now,
    /// It had been used before: the grant of that use is revoked.
    Before,
    /// It does not exist, or has expired.
    Gone,
}

/// What became of a refresh token that a client sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refreshed {
    /// The grant, with the generation that is valid now.
    Good(Box<Grant>),
    /// It had been used before: the grant is revoked.
    Reused,
    /// The grant has ended or was revoked.
    Over,
}

impl Grant {
    /// The grant that `code` is exchanged for now.
    #[must_use]
    pub fn new(id: GrantId, code: &Code) -> Self {
        Self {
            id,
            client: code.client.clone(),
            scopes: code.scopes.clone(),
            by: code.by.clone(),
            generation: 1,
            rotated: seconds(),
            end: seconds() + IDLE,
            created: now(),
            revoked: None,
            tokens: Revoked::default(),
        }
    }

    /// Whether it has neither ended nor been revoked.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.revoked.is_none() && seconds() < self.end
    }

    pub(crate) fn from_item(item: &Item) -> Result<Self, Error> {
        let grant: Self = decode(item.clone())?;
        Ok(Self { tokens: Revoked::from_item(item), ..grant })
    }
}

/// Reads the grant `id` of `directory`, valid or not; `None` when there is none.
///
/// # Errors
/// [`Error::Throttled`], [`Error::Unavailable`].
pub async fn read(table: &Table, directory: &DirectoryId, id: &GrantId) -> Result<Option<Grant>, Error> {
    table.get(&key::grant(directory, id)).await?.as_ref().map(Grant::from_item).transpose()
}

/// Exchanges the code that is stored under `hash` for `grant`: both or neither, and once. A code that
/// comes a second time gets no grant, and the first one's is revoked (RFC 6749 §4.1.2).
///
/// # Errors
/// [`Error::Throttled`], [`Error::Busy`], [`Error::Unavailable`].
pub async fn redeem(
    table: &Table,
    directory: &DirectoryId,
    hash: &str,
    grant: &Grant,
) -> Result<Redeemed, Error> {
    let mut transaction = Transaction::new(WriteId::new().token());
    let code = transaction.push(Code::exchange(directory, hash, &grant.id));
    let put = Put::of(key::grant(directory, &grant.id)).with(encode(grant)?).set(EXPIRES, grant.end);
    transaction.push(put.when(absent(PK)));
    transaction.push(record::check_not_erasing(directory));
    let Committed::Refused(refused) = table.commit(&transaction).await? else {
        return Ok(Redeemed::Now);
    };
    let code = refused.into_iter().find(|refusal| refusal.index == code).and_then(|refusal| refusal.item);
    match code.as_ref().map(Code::from_item).transpose()? {
        Some(Code { grant: Some(earlier), .. }) => {
            revoke(table, directory, &earlier).await?;
            Ok(Redeemed::Before)
        }
        _ => Ok(Redeemed::Gone),
    }
}

/// Replaces the refresh token of `generation` of `grant`, as it was read.
///
/// # Errors
/// [`Error::Throttled`], [`Error::Busy`], [`Error::Unavailable`].
pub async fn refresh(
    table: &Table,
    directory: &DirectoryId,
    grant: Grant,
    generation: u32,
) -> Result<Refreshed, Error> {
    if !grant.is_valid() {
        return Ok(Refreshed::Over);
    }
    if generation < grant.generation {
        return refreshed_before(table, directory, grant, generation).await;
    }
    let end = seconds() + IDLE;
    let update = Update::of(key::grant(directory, &grant.id))
        .set(GENERATION, generation.saturating_add(1))
        .set(ROTATED, seconds())
        .set(END, end)
        .set(EXPIRES, end)
        .when(equals(GENERATION, grant.generation).and(absent(REVOKED)));
    match table.write(update).await? {
        Written::Done(Some(item)) => Ok(Refreshed::Good(Box::new(Grant::from_item(&item)?))),
        // Another request was faster, or the response to this write was lost.
        Written::Refused(Some(item)) => {
            let grant = Grant::from_item(&item)?;
            if grant.is_valid() {
                refreshed_before(table, directory, grant, generation).await
            } else {
                Ok(Refreshed::Over)
            }
        }
        Written::Done(None) | Written::Refused(None) => Ok(Refreshed::Over),
    }
}

/// Answers the token of `generation`, which is not the valid one.
async fn refreshed_before(
    table: &Table,
    directory: &DirectoryId,
    grant: Grant,
    generation: u32,
) -> Result<Refreshed, Error> {
    let is_previous = generation.checked_add(1) == Some(grant.generation);
    if is_previous && seconds() - grant.rotated <= GRACE {
        return Ok(Refreshed::Good(Box::new(grant)));
    }
    revoke(table, directory, &grant.id).await?;
    Ok(Refreshed::Reused)
}

/// Revokes the grant `id`, with all its tokens. Does nothing when there is none.
///
/// # Errors
/// [`Error::Throttled`], [`Error::Busy`], [`Error::Unavailable`].
pub async fn revoke(table: &Table, directory: &DirectoryId, id: &GrantId) -> Result<(), Error> {
    table.write(Update::of(key::grant(directory, id)).set_once(REVOKED, now()).when(exists(PK))).await?;
    Ok(())
}

/// Revokes the access token `token` of `grant`, which expires at `end`.
///
/// # Errors
/// [`Error::Throttled`], [`Error::Busy`], [`Error::Unavailable`].
pub async fn revoke_token(
    table: &Table,
    directory: &DirectoryId,
    grant: &Grant,
    token: &str,
    end: i64,
) -> Result<(), Error> {
    revoked::revoke(table, key::grant(directory, &grant.id), &grant.tokens, token, end).await
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use aws_sdk_dynamodb::types::AttributeValue::{N, S};

    use super::*;

    #[test]
    fn a_grant_is_stored_as_before() {
        let attributes = [
            ("client", S("k1".to_owned())),
            ("scopes", S("read".to_owned())),
            ("by", S("administrator".to_owned())),
            ("generation", N("3".to_owned())),
            ("rotated", N("50".to_owned())),
            ("end", N("100".to_owned())),
            ("created", S("2026-01-01T00:00:00.000Z".to_owned())),
            ("revoked", S("2026-01-02T00:00:00.000Z".to_owned())),
        ];
        let stored: Item = attributes.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let mut whole = stored.clone();
        whole.extend(key::grant(&"acme".parse().unwrap(), &"g1".parse().unwrap()).item());
        whole.insert("expires".to_owned(), N("100".to_owned()));
        whole.insert("revoked#t1".to_owned(), N("99".to_owned()));
        let grant = Grant::from_item(&whole).unwrap();
        assert_eq!((grant.id.to_string(), grant.client.to_string()), ("g1".to_owned(), "k1".to_owned()));
        assert_eq!((grant.generation, grant.rotated, grant.end), (3, 50, 100));
        assert!(grant.tokens.contains("t1", 0) && !grant.is_valid());
        assert_eq!(encode(&grant).unwrap(), stored);
        whole.remove("scopes");
        assert_eq!(Grant::from_item(&whole).unwrap().scopes, "");
    }
}
