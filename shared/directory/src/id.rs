//! Ids of directories, credentials, OAuth clients, grants, set-up links, resources and writes.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
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

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
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
    /// The id of one customer's directory. Every storage call takes one, so that no credential of one
    /// directory can reach another's items. It has no `#`, the separator of keys.
    ///
    /// ```no_run
    /// # use directory::Directory;
    /// # async fn ids(table: directory::Table) -> Result<(), Box<dyn std::error::Error>> {
    /// let (acme, credential) = ("acme".parse()?, "c1".parse()?);
    /// let directory = Directory::open(&table, &acme, &credential);
    /// # Ok(()) }
    /// ```
    ///
    /// A text is not an id, wherever it comes from:
    ///
    /// ```compile_fail,E0308
    /// # use directory::Directory;
    /// # async fn ids(table: directory::Table) -> Result<(), Box<dyn std::error::Error>> {
    /// let (acme, credential) = ("acme", "c1".parse()?);
    /// let directory = Directory::open(&table, acme, &credential);
    /// # Ok(()) }
    /// ```
    ///
    /// and the id of something else is not the id of a directory:
    ///
    /// ```compile_fail,E0308
    /// # use directory::Directory;
    /// # async fn ids(table: directory::Table) -> Result<(), Box<dyn std::error::Error>> {
    /// let credential: directory::id::CredentialId = "c1".parse()?;
    /// let directory = Directory::open(&table, &credential, &credential);
    /// # Ok(()) }
    /// ```
    ///
    /// Nothing in a directory can be reached without its id:
    ///
    /// ```compile_fail,E0061
    /// # use directory::Directory;
    /// # async fn ids(table: directory::Table) -> Result<(), Box<dyn std::error::Error>> {
    /// directory::access::credential::list(&table, None, 10).await?;
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
    /// One grant: what an authorization code allowed an OAuth client.
    GrantId
}
id! {
    /// One set-up link of a directory.
    SetupLinkId
}

impl From<&ClientId> for CredentialId {
    /// As resources store who changed them.
    fn from(id: &ClientId) -> Self {
        Self(Arc::clone(&id.0))
    }
}

impl From<&GrantId> for CredentialId {
    /// As resources store who changed them.
    fn from(id: &GrantId) -> Self {
        Self(Arc::clone(&id.0))
    }
}

/// The id of a resource that is about to be created. It is used once: an item with this id was written
/// by the request that holds it.
#[derive(Debug)]
pub struct NewId(String);

impl NewId {
    /// A new id, greater than all earlier ones.
    #[must_use]
    pub fn mint() -> Self {
        Self(resource_id())
    }

    /// The id as text.
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

    /// A new one that sorts after this one, also when the clock of the instance that made this one is
    /// ahead. The event log relies on it: versions of the lists that a group comes to use increase.
    pub(crate) fn next(&self) -> Self {
        /// The bits of a UUIDv7 below its time, in milliseconds.
        const BELOW_TIME: u32 = 80;
        let mut next = Uuid::now_v7();
        if let Ok(last) = Uuid::try_parse(&self.0)
            && next <= last
        {
            let time = (last.as_u128() >> BELOW_TIME) + 1;
            let rest = next.as_u128() & ((1 << BELOW_TIME) - 1);
            next = Uuid::from_u128((time << BELOW_TIME) | rest);
        }
        Self(next.to_string())
    }

    /// The version that the group in `item` uses now; `None` if it is not a group.
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

/// Whether `text` could be an id issued by Rollcall. Other texts need no read.
#[must_use]
pub fn is_resource_id(text: &str) -> bool {
    text.len() == LONGEST && Uuid::try_parse(text).is_ok_and(|id| id.to_string() == text)
}

/// How long ago an id was issued, in seconds; `None` when it was not issued by Rollcall.
pub(crate) fn age_of(id: &str) -> Option<u64> {
    let (made, _) = Uuid::try_parse(id).ok()?.get_timestamp()?.to_unix();
    Some(u64::try_from(crate::clock::seconds()).ok()?.saturating_sub(made))
}

/// The id of one request's writes. Each attempt has its own token, and all tokens of a request begin
/// with the same text. So a request recognises its own write in the table, even when the response to
/// that write was lost.
#[derive(Debug, Clone)]
pub(crate) struct WriteId {
    request: String,
    attempt: u16,
}

impl WriteId {
    pub(crate) fn new() -> Self {
        Self { request: Uuid::now_v7().simple().to_string(), attempt: 0 }
    }

    /// How many attempts came before this one.
    pub(crate) fn earlier_attempts(&self) -> u16 {
        self.attempt
    }

    /// Begins the next attempt, which may write something else than the last one.
    pub(crate) fn advance(&mut self) {
        self.attempt = self.attempt.wrapping_add(1) % 1000;
    }

    /// The token of this attempt. At most 36 characters, because it is DynamoDB's client request token, too.
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
    fn only_the_issued_spelling_of_a_uuid_is_a_resource_id() {
        let id = resource_id();
        assert!(is_resource_id(&id));
        assert!(!is_resource_id(&id.to_uppercase()));
        assert!(!is_resource_id(&id.replace('-', "")));
    }

    #[test]
    fn the_next_version_of_a_list_sorts_after_one_of_the_future() {
        let future = ListVersion("0fffffff-ffff-7000-8000-000000000000".to_owned());
        let next = [future.next(), future.next()];
        assert!(next.iter().all(|next| *next > future && is_resource_id(next.as_str())), "{next:?}");
        assert_ne!(next[0], next[1]);
        let present = ListVersion::mint();
        assert!(present.next() > present && present.next() < future);
        assert!(is_resource_id(ListVersion::from("v1").next().as_str()));
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
