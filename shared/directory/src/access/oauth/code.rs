//! Authorization codes: valid for two minutes between the consent and the token (RFC 6749 §4.1).

use serde::{Deserialize, Serialize};
use table::Table;
use table::condition::{absent, exists, greater};
use table::item::{Item, decode, encode};
use table::name::{END, EXPIRES, GRANT, PK};
use table::transaction::{Committed, Transaction};
use table::write::{Put, Update};

use crate::access::oauth::key;
use crate::clock::seconds;
use crate::error::Error;
use crate::id::{ClientId, DirectoryId, GrantId, WriteId};
use crate::registry::record;

/// How long a code is valid, in seconds.
pub const LIFETIME: i64 = 120;
/// How long a code is kept after it has expired, in seconds, so that a second use is noticed.
const REMEMBERED: i64 = 3600;

/// What a code authorizes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Code {
    /// The client that asked.
    pub client: ClientId,
    /// The URI that the browser was sent to with it.
    pub redirect: String,
    /// The PKCE challenge, by S256 (RFC 7636 §4.2).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub challenge: Option<String>,
    /// What was allowed; all of SCIM when empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub scopes: String,
    /// Who allowed it.
    pub by: String,
    /// When it expires, in seconds since 1970.
    pub end: i64,
    /// The grant that it was exchanged for; `None` until then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grant: Option<GrantId>,
}

impl Code {
    /// Whether it has expired.
    #[must_use]
    pub fn is_expired(&self) -> bool {
        self.end <= seconds()
    }

    pub(super) fn from_item(item: &Item) -> Result<Self, Error> {
        Ok(decode(item.clone())?)
    }

    /// Uses the code with `hash` for `grant`: refused when there is none, or it has expired or was used.
    pub(super) fn exchange(directory: &DirectoryId, hash: &str, grant: &GrantId) -> Update {
        Update::of(key::code(directory, hash))
            .set(GRANT, grant.to_string())
            .when(exists(PK).and(absent(GRANT)).and(greater(END, seconds())))
    }
}

/// Stores `code` under `hash`, its hash.
///
/// # Errors
/// [`Error::NotFound`] when the directory does not exist, or is being erased; [`Error::Throttled`],
/// [`Error::Busy`], [`Error::Unavailable`].
pub async fn create(table: &Table, directory: &DirectoryId, hash: &str, code: &Code) -> Result<(), Error> {
    let mut transaction = Transaction::new(WriteId::new().token());
    transaction.push(
        Put::of(key::code(directory, hash))
            .with(encode(code)?)
            .set(EXPIRES, code.end.saturating_add(REMEMBERED)),
    );
    transaction.push(record::check_not_erasing(directory));
    match table.commit(&transaction).await? {
        Committed::Done(_) => Ok(()),
        Committed::Refused(_) => Err(Error::NotFound),
    }
}

/// Reads the code that is stored under `hash`, used, expired or neither; `None` when there is none.
///
/// # Errors
/// [`Error::Throttled`], [`Error::Unavailable`].
pub async fn read(table: &Table, directory: &DirectoryId, hash: &str) -> Result<Option<Code>, Error> {
    table.get(&key::code(directory, hash)).await?.as_ref().map(Code::from_item).transpose()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use aws_sdk_dynamodb::types::AttributeValue::{N, S};

    use super::*;

    #[test]
    fn a_code_is_stored_as_before() {
        let attributes = [
            ("client", S("k1".to_owned())),
            ("redirect", S("https://a.example.com/".to_owned())),
            ("challenge", S("c".to_owned())),
            ("scopes", S("read".to_owned())),
            ("by", S("administrator".to_owned())),
            ("end", N("120".to_owned())),
            ("grant", S("g1".to_owned())),
        ];
        let stored: Item = attributes.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let mut whole = stored.clone();
        whole.extend(key::code(&"acme".parse().unwrap(), "aa").item());
        whole.insert("expires".to_owned(), N("3720".to_owned()));
        let code = Code::from_item(&whole).unwrap();
        assert_eq!((code.client.to_string(), code.end), ("k1".to_owned(), 120));
        assert_eq!(code.grant.as_ref().unwrap().to_string(), "g1");
        assert_eq!(encode(&code).unwrap(), stored);
        for optional in ["challenge", "scopes", "grant"] {
            whole.remove(optional);
        }
        let code = Code::from_item(&whole).unwrap();
        assert_eq!((code.challenge, code.scopes.as_str(), code.grant), (None, "", None));
    }
}
