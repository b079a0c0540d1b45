//! What a request is admitted by: the holder of its token, and the directory.

use std::time::Duration;

use table::Table;
use table::retry::within;

use crate::access::credential::Credential;
use crate::access::oauth::client::Client;
use crate::access::oauth::grant::Grant;
use crate::access::oauth::key as oauth;
use crate::error::Error;
use crate::id::{ClientId, CredentialId, DirectoryId, GrantId};
use crate::keys;
use crate::registry::record::Record;

/// How long a request waits for the holder of its token.
const LOOKUP: Duration = Duration::from_secs(2);

/// On whose behalf a request is made.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Principal {
    /// A static credential.
    Credential(CredentialId),
    /// An OAuth client on its own behalf.
    Client(ClientId),
    /// An OAuth client that an administrator allowed.
    Grant {
        /// The grant.
        id: GrantId,
        /// The client.
        client: ClientId,
    },
}

impl Principal {
    /// The id that resources store of who changed them, and that page anchors are stored under.
    #[must_use]
    pub fn by(&self) -> CredentialId {
        match self {
            Self::Credential(id) => id.clone(),
            Self::Client(id) => id.into(),
            Self::Grant { id, .. } => id.into(),
        }
    }
}

/// The holder of a token, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::large_enum_variant, reason = "there is one for each holder, and it is rarely moved")]
pub enum Holder {
    /// A static credential.
    Credential(Credential),
    /// An OAuth client on its own behalf.
    Client(Client),
    /// An OAuth client that an administrator allowed.
    Grant(Grant, Client),
}

/// A holder and its directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admission {
    /// The holder of the token.
    pub holder: Holder,
    /// The directory.
    pub record: Record,
}

/// Reads `principal` and `directory` itself; `None` when one of them does not exist. It is one call,
/// because on a new connection two concurrent calls would open a second connection. It takes at most
/// two seconds.
///
/// # Errors
/// [`Error::Throttled`], [`Error::Busy`], [`Error::Unavailable`].
pub async fn read(
    table: &Table,
    directory: &DirectoryId,
    principal: &Principal,
) -> Result<Option<Admission>, Error> {
    let mut keys = vec![keys::directory(directory)];
    let mut last_use = None;
    match principal {
        Principal::Credential(id) => {
            keys.push(keys::credential(directory, id));
            last_use = Some(keys::last_use(directory, id));
        }
        Principal::Client(id) => keys.push(oauth::client(directory, id)),
        Principal::Grant { id, client } => {
            keys.extend([oauth::grant(directory, id), oauth::client(directory, client)]);
        }
    }
    let found =
        within(LOOKUP, table.get_many(keys.iter().cloned().chain(last_use.clone()).collect())).await?;
    let items: Option<Vec<_>> = keys.iter().map(|key| found.get(key)).collect();
    let Some(items) = items else { return Ok(None) };
    let (record, holder) = match (principal, items.as_slice()) {
        (Principal::Credential(_), [record, item]) => {
            let last_use = last_use.and_then(|key| found.get(&key));
            (record, Holder::Credential(Credential::from_item(item)?.used_at(last_use)))
        }
        (Principal::Client(_), [record, item]) => (record, Holder::Client(Client::from_item(item)?)),
        (Principal::Grant { client, .. }, [record, grant, item]) => {
            let grant = Grant::from_item(grant)?;
            // A grant belongs to one client.
            if grant.client != *client {
                return Ok(None);
            }
            (record, Holder::Grant(grant, Client::from_item(item)?))
        }
        _ => return Ok(None),
    };
    Ok(Some(Admission { holder, record: Record::from_item(record)? }))
}
