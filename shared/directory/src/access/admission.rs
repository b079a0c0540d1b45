//! What a request is admitted by: the holder of a token, and the directory.

use crate::access::credential::Credential;
use crate::access::oauth::client::Client;
use crate::access::oauth::grant::Grant;
use crate::access::oauth::item as oauth;
use crate::error::Error;
use crate::id::{ClientId, CredentialId, DirectoryId, GrantId};
use crate::keys;
use crate::registry::record::Record;
use crate::store::Store;

/// On whose behalf a request comes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Principal {
    /// A static credential.
    Credential(CredentialId),
    /// An OAuth client on its own behalf.
    Client(ClientId),
    /// An OAuth client that an administrator allowed.
    Grant {
        /// What was allowed.
        id: GrantId,
        /// To whom.
        client: ClientId,
    },
}

impl Principal {
    /// What resources remember of who changed them, and what pages of lists are kept under.
    #[must_use]
    pub fn by(&self) -> CredentialId {
        match self {
            Self::Credential(id) => id.clone(),
            Self::Client(id) => id.into(),
            Self::Grant { id, .. } => id.into(),
        }
    }
}

/// The holder of a token, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::large_enum_variant, reason = "there is one for each holder, and it is not moved about")]
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
    /// Whose token it is.
    pub holder: Holder,
    /// The directory.
    pub record: Record,
}

impl Store {
    /// `principal` and `directory` itself, as of now; `None` when one of them is not there. One
    /// call, for on a new connection two at once would wait for a second.
    ///
    /// # Errors
    /// The table's own.
    pub async fn admission(
        &self,
        directory: &DirectoryId,
        principal: &Principal,
    ) -> Result<Option<Admission>, Error> {
        let record = keys::directory(directory);
        let mut keys = vec![record.clone()];
        match principal {
            Principal::Credential(id) => keys.push(keys::credential(directory, id)),
            Principal::Client(id) => keys.push(oauth::client(directory, id)),
            Principal::Grant { id, client } => {
                keys.extend([oauth::grant(directory, id), oauth::client(directory, client)]);
            }
        }
        let found = self.read_all(keys.clone()).await?;
        let items: Option<Vec<_>> = keys.iter().map(|key| found.get(key)).collect();
        let Some(items) = items else { return Ok(None) };
        let holder = match (principal, items.as_slice()) {
            (Principal::Credential(id), [_, item]) => Holder::Credential(Credential::read(id, item)?),
            (Principal::Client(id), [_, item]) => Holder::Client(Client::read(id, item)?),
            (Principal::Grant { id, client }, [_, grant, item]) => {
                let grant = Grant::read(id, grant)?;
                // A grant is one client's: another one has none of this name.
                if grant.client != *client {
                    return Ok(None);
                }
                Holder::Grant(grant, Client::read(client, item)?)
            }
            _ => return Ok(None),
        };
        let record = found.get(&record).map(|item| Record::read(directory, item)).transpose()?;
        Ok(record.map(|record| Admission { holder, record }))
    }
}
