//! Authorization codes: two minutes between the consent and the token (RFC 6749 §4.1).

use super::item;
use crate::error::Error;
use crate::id::{ClientId, DirectoryId, GrantId, WriteId};
use crate::keys::{Item, n, number, optional_text, s, text};
use crate::store::{Change, Store};
use crate::time::seconds;
use table::name;

/// How long a code is good, in seconds.
pub const LIFETIME: i64 = 120;
/// How long a used one is remembered, in seconds, so that a second use is noticed.
const REMEMBERED: i64 = 3600;

/// What a code stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// The client that asked.
    pub client: ClientId,
    /// Where the browser was sent with it.
    pub redirect: String,
    /// The challenge of PKCE, by S256 (RFC 7636 §4.2).
    pub challenge: Option<String>,
    /// What was allowed; everything of SCIM when empty.
    pub scopes: String,
    /// Who allowed it.
    pub by: String,
    /// When it ends, in seconds since 1970.
    pub end: i64,
}

/// What became of a code that was shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Redeemed {
    /// It is used up, for the grant.
    Now,
    /// It had been used before: that grant is revoked.
    Before,
    /// There is no such code.
    Gone,
}

const CLIENT: &str = "client";
const REDIRECT: &str = "redirect";
const CHALLENGE: &str = "challenge";
const SCOPES: &str = "scopes";
const END: &str = "end";
const GRANT: &str = "grant";

impl Code {
    /// Whether its time is over.
    #[must_use]
    pub fn is_expired(&self) -> bool {
        self.end <= seconds()
    }

    fn read(item: &Item) -> Result<Self, Error> {
        Ok(Self {
            client: text(item, CLIENT)?.parse().map_err(|_| Error::corrupt(CLIENT))?,
            redirect: text(item, REDIRECT)?.to_owned(),
            challenge: optional_text(item, CHALLENGE).map(str::to_owned),
            scopes: optional_text(item, SCOPES).unwrap_or_default().to_owned(),
            by: text(item, name::BY)?.to_owned(),
            end: number(item, END)?,
        })
    }

    fn item(&self) -> Item {
        let mut item = Item::from([
            (CLIENT.to_owned(), s(self.client.to_string())),
            (REDIRECT.to_owned(), s(&*self.redirect)),
            (name::BY.to_owned(), s(&*self.by)),
            (END.to_owned(), n(self.end)),
            (name::EXPIRES.to_owned(), n(self.end + REMEMBERED)),
        ]);
        if let Some(challenge) = &self.challenge {
            item.insert(CHALLENGE.to_owned(), s(&**challenge));
        }
        if !self.scopes.is_empty() {
            item.insert(SCOPES.to_owned(), s(&*self.scopes));
        }
        item
    }

    pub(super) fn use_up(directory: &DirectoryId, hash: &str, grant: &GrantId) -> Change {
        Change::update(item::code(directory, hash), "SET #grant = :grant")
            .only_if("attribute_exists(#pk) AND attribute_not_exists(#grant) AND #end > :now")
            .name("#pk", name::PK)
            .name("#grant", GRANT)
            .name("#end", END)
            .value(":grant", s(grant.to_string()))
            .value(":now", n(seconds()))
    }

    /// The grant for which the code in `item` was used up.
    pub(super) fn redeemed_by(item: &Item) -> Option<GrantId> {
        optional_text(item, GRANT)?.parse().ok()
    }
}

impl Store {
    /// Keeps `code` under `hash`, its seal.
    ///
    /// # Errors
    /// The table's own.
    pub async fn put_code(&self, directory: &DirectoryId, hash: &str, code: &Code) -> Result<(), Error> {
        let put = Change::put(item::code(directory, hash), code.item())
            .only_if("attribute_not_exists(#pk)")
            .name("#pk", name::PK);
        // Refused, it is the SDK's retry of a put whose answer was lost: nobody else has this hash.
        self.write(&[put], &WriteId::new().token()).await.map(drop)
    }

    /// The code that is kept under `hash`, used or not.
    ///
    /// # Errors
    /// The table's own.
    pub async fn code(&self, directory: &DirectoryId, hash: &str) -> Result<Option<Code>, Error> {
        self.read(&item::code(directory, hash)).await?.map(|item| Code::read(&item)).transpose()
    }
}
