//! Ids: of a directory, of a credential, of a write.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use table::item::{Item, optional_text};
use table::name::MEMBER_LIST;
use uuid::Uuid;

/// The longest id of a directory or credential, in characters.
const LONGEST: usize = 36;

/// An id that is not 1 to 36 characters of `a-z`, `0-9` and `-`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an id has 1 to 36 characters of a-z, 0-9 and `-`")]
pub struct InvalidId;

fn checked(text: &str) -> Result<Arc<str>, InvalidId> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let fits = !text.is_empty() && text.len() <= LONGEST && text.chars().all(plain);
    if fits { Ok(text.into()) } else { Err(InvalidId) }
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        pub struct $name(Arc<str>);

        impl FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                checked(text).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id! {
    /// One customer's directory. Every storage call demands one, so that no credential
    /// of one directory can reach another's items. Has no `#`, the separator of keys.
    ///
    /// ```no_run
    /// # use directory::Directory;
    /// # async fn ids(store: directory::store::Store) -> Result<(), Box<dyn std::error::Error>> {
    /// let (acme, credential) = ("acme".parse()?, "c1".parse()?);
    /// let directory = Directory::open(&store, &acme, &credential);
    /// # Ok(()) }
    /// ```
    ///
    /// A text is none, whoever sent it:
    ///
    /// ```compile_fail,E0308
    /// # use directory::Directory;
    /// # async fn ids(store: directory::store::Store) -> Result<(), Box<dyn std::error::Error>> {
    /// let (acme, credential) = ("acme", "c1".parse()?);
    /// let directory = Directory::open(&store, acme, &credential);
    /// # Ok(()) }
    /// ```
    ///
    /// and neither is the id of something else:
    ///
    /// ```compile_fail,E0308
    /// # use directory::Directory;
    /// # async fn ids(store: directory::store::Store) -> Result<(), Box<dyn std::error::Error>> {
    /// let credential: directory::id::CredentialId = "c1".parse()?;
    /// let directory = Directory::open(&store, &credential, &credential);
    /// # Ok(()) }
    /// ```
    ///
    /// Nothing of a directory is reached without one:
    ///
    /// ```compile_fail,E0061
    /// # use directory::Directory;
    /// # async fn ids(store: directory::store::Store) -> Result<(), Box<dyn std::error::Error>> {
    /// store.credentials(None, 10).await?;
    /// # Ok(()) }
    /// ```
    DirectoryId
}
id! {
    /// One credential of a directory.
    CredentialId
}
id! {
    /// One OAuth client of a directory.
    ClientId
}
id! {
    /// What an OAuth client has been allowed once, by an authorization code.
    GrantId
}

impl From<&ClientId> for CredentialId {
    /// As what a resource remembers who changed it.
    fn from(id: &ClientId) -> Self {
        Self(Arc::clone(&id.0))
    }
}

impl From<&GrantId> for CredentialId {
    /// As what a resource remembers who changed it.
    fn from(id: &GrantId) -> Self {
        Self(Arc::clone(&id.0))
    }
}

/// The id of a resource that is about to be created. It is used once: an item with this id was
/// written by the holder of the id.
#[derive(Debug)]
pub struct NewId(String);

impl NewId {
    /// A new one, greater than all before it.
    #[must_use]
    pub fn mint() -> Self {
        Self(resource_id())
    }

    /// As the resource will carry it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn into_text(self) -> String {
        self.0
    }
}

/// The version of a group's member list: which of the lists that the group has had. Opaque:
/// only the module `members` knows what is stored under it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ListVersion(String);

impl ListVersion {
    /// A new one, unlike all before it.
    pub(crate) fn mint() -> Self {
        Self(resource_id())
    }

    /// The version that the group in `item` uses now; `None` when it is no group.
    pub(crate) fn of(item: &Item) -> Option<Self> {
        optional_text(item, MEMBER_LIST).map(Self::from)
    }

    /// As the table stores it.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for ListVersion {
    fn from(stored: &str) -> Self {
        Self(stored.to_owned())
    }
}

impl fmt::Display for ListVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The id of a new resource: a UUIDv7, opaque, never reused, in order of creation.
pub(crate) fn resource_id() -> String {
    Uuid::now_v7().to_string()
}

/// Whether `text` could be an id that we gave. Spares a read for every other one.
pub(crate) fn is_resource_id(text: &str) -> bool {
    text.len() == LONGEST && Uuid::try_parse(text).is_ok_and(|id| id.to_string() == text)
}

/// How old an id that we gave is, in seconds.
pub(crate) fn age_of(id: &str) -> Option<u64> {
    let (made, _) = Uuid::try_parse(id).ok()?.get_timestamp()?.to_unix();
    Some(u64::try_from(crate::time::seconds()).ok()?.saturating_sub(made))
}

/// The id of one request's writes. Each attempt has a token of its own, and all tokens of a request
/// have the same beginning. So a request recognises its own write even when the answer was lost.
#[derive(Debug, Clone)]
pub(crate) struct WriteId {
    request: String,
    attempt: u16,
}

impl WriteId {
    pub(crate) fn new() -> Self {
        Self { request: Uuid::now_v7().simple().to_string(), attempt: 0 }
    }

    /// The next attempt's id: what it writes may differ from what the last one wrote.
    pub(crate) fn advance(&mut self) {
        self.attempt = self.attempt.wrapping_add(1) % 1000;
    }

    /// At most 36 characters: it also is DynamoDB's client request token.
    pub(crate) fn token(&self) -> String {
        format!("{}.{}", self.request, self.attempt)
    }

    /// Whether `write`, found on an item, was written by this request.
    pub(crate) fn made(&self, write: &str) -> bool {
        write.starts_with(&self.request)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn an_id_with_a_separator_is_refused() {
        for bad in ["", "a#b", "A", "a b", &"x".repeat(37), "é"] {
            assert_eq!(bad.parse::<DirectoryId>(), Err(InvalidId), "{bad}");
        }
        assert_eq!("acme-1".parse::<DirectoryId>().unwrap().to_string(), "acme-1");
    }

    #[test]
    fn only_our_spelling_of_a_uuid_is_a_resource_id() {
        let id = resource_id();
        assert!(is_resource_id(&id));
        assert!(!is_resource_id(&id.to_uppercase()));
        assert!(!is_resource_id(&id.replace('-', "")));
    }

    #[test]
    fn a_token_fits_dynamodb_and_is_recognised_at_every_attempt() {
        let mut write = WriteId::new();
        for _ in 0..1100 {
            assert!(write.token().len() <= 36);
            assert!(write.made(&write.token()));
            write.advance();
        }
        assert!(!write.made(&WriteId::new().token()));
    }
}
