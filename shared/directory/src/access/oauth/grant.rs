//! Grants: what the administrator of a directory allowed a client, once, by a code.
//!
//! A grant has one refresh token at a time. The token is not kept: it is the seal of the
//! grant and of its *generation*, which each use moves on. Whoever shows one of an older
//! generation has it from somewhere else, and the grant is over (RFC 9700 §4.14.2). Only the
//! last one is still answered for a minute, with the same successor, for an answer that was
//! lost on its way and for two requests at once.

use super::Revoked;
use super::code::{Code, Redeemed};
use super::item;
use crate::access::revocation::REVOKED;
use crate::error::Error;
use crate::id::{ClientId, DirectoryId, GrantId, WriteId};
use crate::keys::{Item, n, number, optional_text, s, text};
use crate::store::{Change, Store, Written};
use crate::time::{now, seconds};
use table::name;

/// How long a grant lasts that is not used, in seconds: 180 days.
pub const IDLE: i64 = 180 * 86_400;
/// How long after its use a refresh token is still answered as at its use, in seconds.
pub const GRACE: i64 = 60;

/// One authorization of a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// Its id.
    pub id: GrantId,
    /// The client.
    pub client: ClientId,
    /// What its tokens may do at most; everything of SCIM when empty.
    pub scopes: String,
    /// Who allowed it: `administrator`, or the id of a credential.
    pub by: String,
    /// Which refresh token is the good one.
    pub generation: u32,
    /// When that became so, in seconds since 1970.
    pub rotated: i64,
    /// When it ends if it is not used, in seconds since 1970.
    pub end: i64,
    /// When it was given, RFC 3339.
    pub created: String,
    /// When it was revoked, RFC 3339.
    pub revoked: Option<String>,
    /// Access tokens of it that were taken back.
    pub tokens: Revoked,
}

/// What became of a refresh token that was shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refreshed {
    /// The grant with the generation that is good now.
    Good(Box<Grant>),
    /// It had been used before: the grant is revoked.
    Reused,
    /// The grant has ended or was revoked.
    Over,
}

const CLIENT: &str = "client";
const SCOPES: &str = "scopes";
const GENERATION: &str = "generation";
const ROTATED: &str = "rotated";
const END: &str = "end";
const CREATED: &str = "created";

impl Grant {
    /// What redeems `code`, from now on.
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

    /// Whether it still holds.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.revoked.is_none() && seconds() < self.end
    }

    pub(crate) fn read(id: &GrantId, item: &Item) -> Result<Self, Error> {
        Ok(Self {
            id: id.clone(),
            client: text(item, CLIENT)?.parse().map_err(|_| Error::corrupt(CLIENT))?,
            scopes: optional_text(item, SCOPES).unwrap_or_default().to_owned(),
            by: text(item, name::BY)?.to_owned(),
            generation: number(item, GENERATION)?,
            rotated: number(item, ROTATED)?,
            end: number(item, END)?,
            created: text(item, CREATED)?.to_owned(),
            revoked: optional_text(item, REVOKED).map(str::to_owned),
            tokens: Revoked::read(item),
        })
    }

    fn item(&self) -> Item {
        let mut item = Item::from([
            (CLIENT.to_owned(), s(self.client.to_string())),
            (name::BY.to_owned(), s(&*self.by)),
            (GENERATION.to_owned(), n(self.generation)),
            (ROTATED.to_owned(), n(self.rotated)),
            (END.to_owned(), n(self.end)),
            (CREATED.to_owned(), s(&*self.created)),
            (name::EXPIRES.to_owned(), n(self.end)),
        ]);
        if !self.scopes.is_empty() {
            item.insert(SCOPES.to_owned(), s(&*self.scopes));
        }
        item
    }
}

impl Store {
    /// The grant `id` of `directory`, as of now.
    ///
    /// # Errors
    /// The table's own.
    pub async fn grant(&self, directory: &DirectoryId, id: &GrantId) -> Result<Option<Grant>, Error> {
        let item = self.read(&item::grant(directory, id)).await?;
        item.map(|item| Grant::read(id, &item)).transpose()
    }

    /// Uses `code`, kept under `hash`, up for `grant`: both or neither, and once. Shown a
    /// second time, a code gets no grant, and the first one's is revoked (RFC 6749 §4.1.2).
    ///
    /// # Errors
    /// The table's own.
    pub async fn redeem(
        &self,
        directory: &DirectoryId,
        hash: &str,
        grant: &Grant,
    ) -> Result<Redeemed, Error> {
        let put = Change::put(item::grant(directory, &grant.id), grant.item())
            .only_if("attribute_not_exists(#pk)")
            .name("#pk", name::PK);
        let used = Code::use_up(directory, hash, &grant.id);
        let Written::Refused(refused) = self.write(&[used, put], &WriteId::new().token()).await? else {
            return Ok(Redeemed::Now);
        };
        let code = refused.into_iter().find(|(at, _)| *at == 0).and_then(|(_, item)| item);
        if let Some(earlier) = code.as_ref().and_then(Code::redeemed_by) {
            self.revoke_grant(directory, &earlier).await?;
            return Ok(Redeemed::Before);
        }
        Ok(Redeemed::Gone)
    }

    /// Moves `grant`, as it was read, on from the refresh token of `generation`.
    ///
    /// # Errors
    /// The table's own.
    pub async fn refresh(
        &self,
        directory: &DirectoryId,
        grant: Grant,
        generation: u32,
    ) -> Result<Refreshed, Error> {
        if !grant.is_good() {
            return Ok(Refreshed::Over);
        }
        if generation != grant.generation {
            return self.refreshed_before(directory, grant, generation).await;
        }
        let end = seconds() + IDLE;
        let step = Change::update(
            item::grant(directory, &grant.id),
            "SET #generation = :next, #rotated = :now, #end = :end, #expires = :end",
        )
        .only_if("#generation = :generation AND attribute_not_exists(#revoked)")
        .name("#generation", GENERATION)
        .name("#rotated", ROTATED)
        .name("#end", END)
        .name("#expires", name::EXPIRES)
        .name("#revoked", REVOKED)
        .value(":generation", n(generation))
        .value(":next", n(generation.saturating_add(1)))
        .value(":now", n(seconds()))
        .value(":end", n(end));
        let found = match self.write(&[step], &WriteId::new().token()).await? {
            Written::Done(Some(item)) => {
                return Grant::read(&grant.id, &item).map(|grant| Refreshed::Good(Box::new(grant)));
            }
            Written::Done(None) => None,
            Written::Refused(refused) => refused.into_iter().find_map(|(_, item)| item),
        };
        match found {
            // Another request, or a lost answer of our own, was a moment earlier.
            Some(item) => {
                let grant = Grant::read(&grant.id, &item)?;
                if grant.is_good() {
                    self.refreshed_before(directory, grant, generation).await
                } else {
                    Ok(Refreshed::Over)
                }
            }
            None => Ok(Refreshed::Over),
        }
    }

    /// The token of `generation`, which is not the good one.
    async fn refreshed_before(
        &self,
        directory: &DirectoryId,
        grant: Grant,
        generation: u32,
    ) -> Result<Refreshed, Error> {
        let last = generation.checked_add(1) == Some(grant.generation);
        if last && seconds() - grant.rotated <= GRACE {
            return Ok(Refreshed::Good(Box::new(grant)));
        }
        self.revoke_grant(directory, &grant.id).await?;
        Ok(Refreshed::Reused)
    }

    /// Revokes the grant `id`, with all tokens of it. Does nothing when there is none.
    ///
    /// # Errors
    /// The table's own.
    pub async fn revoke_grant(&self, directory: &DirectoryId, id: &GrantId) -> Result<(), Error> {
        let update =
            Change::update(item::grant(directory, id), "SET #revoked = if_not_exists(#revoked, :now)")
                .only_if("attribute_exists(#pk)")
                .name("#pk", name::PK)
                .name("#revoked", REVOKED)
                .value(":now", s(now()));
        match self.write(&[update], &WriteId::new().token()).await? {
            Written::Done(_) | Written::Refused(_) => Ok(()),
        }
    }

    /// Takes the access token `token` of `grant`, which expires at `end`, back.
    ///
    /// # Errors
    /// The table's own.
    pub async fn revoke_grant_token(
        &self,
        directory: &DirectoryId,
        grant: &Grant,
        token: &str,
        end: i64,
    ) -> Result<(), Error> {
        self.revoke_in(item::grant(directory, &grant.id), &grant.tokens, token, end).await
    }
}
