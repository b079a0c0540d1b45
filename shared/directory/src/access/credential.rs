//! Credentials: what a bearer token is checked against. Only a keyed hash is kept.

mod keep;

pub use super::expiry::WARNINGS;
pub(crate) use super::expiry::within;
pub use super::permissions::{InvalidScope, Right, Scopes};

use crate::access::revocation::REVOKED;
use crate::error::Error;
use crate::id::CredentialId;
use crate::keys::{Item, n, optional_number, optional_text, s, text};
use crate::secret::Secret;

/// One credential of a directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    /// Its id, which the token carries.
    pub id: CredentialId,
    /// What is kept of the token: [`Secret::keyed`] of its digest.
    pub(crate) hash: String,
    /// What people call it.
    pub label: String,
    /// What it may do.
    pub scopes: Scopes,
    /// When it was made, RFC 3339.
    pub created: String,
    /// When it ends, in seconds since 1970.
    pub expires: Option<i64>,
    /// The id of the user who it stands for: `/Me`.
    pub subject: Option<String>,
    /// When it was last shown, in seconds since 1970, to a quarter of an hour.
    pub used: Option<i64>,
    /// When it was revoked, RFC 3339.
    pub revoked: Option<String>,
}

/// A credential that is yet to be kept.
#[derive(Clone, PartialEq, Eq)]
pub struct NewCredential {
    /// Its id, which the token carries.
    pub id: CredentialId,
    /// The SHA-256 of the whole token, in hexadecimal.
    digest: String,
    /// What people call it.
    pub label: String,
    /// What it may do.
    pub scopes: Scopes,
    /// When it ends, in seconds since 1970.
    pub expires: Option<i64>,
    /// The id of the user who it stands for: `/Me`.
    pub subject: Option<String>,
}

impl NewCredential {
    /// The credential `id` of the token whose SHA-256 is `digest`: without an end, for all of
    /// SCIM, for nobody.
    #[must_use]
    pub fn new(id: CredentialId, digest: String, label: &str) -> Self {
        let label = label.to_owned();
        Self { id, digest, label, scopes: Scopes::default(), expires: None, subject: None }
    }

    /// Whether `kept` is the credential of the same token.
    #[must_use]
    pub fn is_kept_as(&self, kept: &Credential, secret: &Secret) -> bool {
        kept.hash == secret.keyed(&self.digest)
    }
}

impl std::fmt::Debug for NewCredential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewCredential").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Credential {
    /// `new`, made now, as it is kept in a directory with this secret.
    #[must_use]
    pub fn of(new: &NewCredential, secret: &Secret) -> Self {
        let NewCredential { id, digest, label, scopes, expires, subject } = new.clone();
        let (hash, created) = (secret.keyed(&digest), crate::time::now());
        Self { id, hash, label, scopes, created, expires, subject, used: None, revoked: None }
    }

    /// What a token's keyed digest is compared with.
    #[must_use]
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// Whether it is neither revoked nor past its end at `now`, in seconds since 1970.
    #[must_use]
    pub fn is_good(&self, now: i64) -> bool {
        self.revoked.is_none() && self.expires.is_none_or(|end| now < end)
    }
}

// `end` and not `expires`: a credential that has ended stays visible, where the TTL
// attribute would delete it.
const HASH: &str = "hash";
const LABEL: &str = "label";
const SCOPES: &str = "scopes";
const CREATED: &str = "created";
const END: &str = "end";
const SUBJECT: &str = "subject";
const USED: &str = "lastUsed";

impl Credential {
    fn item(&self) -> Item {
        let mut item = Item::from([
            (HASH.to_owned(), s(&*self.hash)),
            (LABEL.to_owned(), s(&*self.label)),
            (CREATED.to_owned(), s(&*self.created)),
        ]);
        if self.scopes != Scopes::default() {
            item.insert(SCOPES.to_owned(), s(self.scopes.to_string()));
        }
        item.extend(self.expires.map(|end| (END.to_owned(), n(end))));
        item.extend(self.subject.as_deref().map(|subject| (SUBJECT.to_owned(), s(subject))));
        item
    }

    pub(crate) fn read(id: &CredentialId, item: &Item) -> Result<Self, Error> {
        Ok(Self {
            id: id.clone(),
            hash: text(item, HASH)?.to_owned(),
            label: text(item, LABEL)?.to_owned(),
            scopes: match optional_text(item, SCOPES) {
                None => Scopes::default(),
                Some(text) => text.parse().map_err(|_| Error::corrupt(SCOPES))?,
            },
            created: text(item, CREATED)?.to_owned(),
            expires: optional_number(item, END),
            subject: optional_text(item, SUBJECT).map(str::to_owned),
            used: optional_number(item, USED),
            revoked: optional_text(item, REVOKED).map(str::to_owned),
        })
    }
}

#[cfg(test)]
mod tests;
