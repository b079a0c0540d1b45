//! Who holds an access token: a client, by itself or by a grant, of a directory.

use super::client::Client;
use super::grant::Grant;
use super::item;
use crate::error::Error;
use crate::id::{ClientId, DirectoryId, GrantId};
use crate::record::Record;
use crate::store::Store;
use crate::table::item as table;

/// All that decides about a token beside its seal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// The client.
    pub client: Client,
    /// The grant, when the token is of one.
    pub grant: Option<Grant>,
    /// The directory.
    pub record: Record,
}

impl Holder {
    /// Whether the token `id`, issued at `issued` (seconds since 1970), still holds: neither it
    /// nor its client or grant was taken back.
    #[must_use]
    pub fn holds(&self, id: &str, issued: i64) -> bool {
        let (good, tokens) = match &self.grant {
            Some(grant) => (grant.is_good() && grant.client == self.client.id, &grant.tokens),
            None => (true, &self.client.tokens),
        };
        good && self.client.revoked.is_none() && !tokens.holds(id, issued)
    }
}

impl Store {
    /// The client `client` of `directory`, its grant `grant` when one is named, and the
    /// directory itself, as of now; `None` unless all are there. One call.
    ///
    /// # Errors
    /// The table's own.
    pub async fn holder(
        &self,
        directory: &DirectoryId,
        client: &ClientId,
        grant: Option<&GrantId>,
    ) -> Result<Option<Holder>, Error> {
        let record_key = table::directory(directory);
        let client_key = item::client(directory, client);
        let grant_key = grant.map(|grant| item::grant(directory, grant));
        let keys = [record_key.clone(), client_key.clone()].into_iter().chain(grant_key.clone()).collect();
        let found = self.read_all(keys).await?;
        let (Some(record), Some(kept)) = (found.get(&record_key), found.get(&client_key)) else {
            return Ok(None);
        };
        let grant = match (grant, grant_key) {
            (Some(id), Some(key)) => match found.get(&key) {
                Some(item) => Some(Grant::read(id, item)?),
                None => return Ok(None),
            },
            _ => None,
        };
        Ok(Some(Holder {
            client: Client::read(client, kept)?,
            grant,
            record: Record::read(directory, record)?,
        }))
    }
}
