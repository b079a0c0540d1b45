//! Clients in the table, and their secrets.

use super::change::live;
use super::secret::attribute;
use super::{Client, ClientSecret, USED};
use crate::access::oauth::item;
use crate::error::Error;
use crate::id::{ClientId, DirectoryId, WriteId};
use crate::keys::{directory as directory_key, s, text};
use crate::registry::record::Record;
use crate::store::{Change, Store, Written};
use crate::time::{PRECISION, ago, now};
use table::name;

/// How many secrets a client may have at once.
pub const MOST_SECRETS: usize = 10;

impl Store {
    /// Keeps `client`, a new one. Returns whether there was none with its id.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such directory; the table's own.
    pub async fn create_client(&self, directory: &DirectoryId, client: &Client) -> Result<bool, Error> {
        let put = Change::put(item::client(directory, &client.id), client.item())
            .only_if("attribute_not_exists(#pk)")
            .name("#pk", name::PK);
        let there =
            Change::check(directory_key(directory)).only_if("attribute_exists(#pk)").name("#pk", name::PK);
        match self.write(&[put, there], &WriteId::new().token()).await? {
            Written::Done(_) => Ok(true),
            Written::Refused(refused) if refused.iter().any(|(at, _)| *at == 1) => Err(Error::NotFound),
            Written::Refused(_) => Ok(false),
        }
    }

    /// The client `id` of `directory`, revoked or not, as of now.
    ///
    /// # Errors
    /// The table's own.
    pub async fn client(&self, directory: &DirectoryId, id: &ClientId) -> Result<Option<Client>, Error> {
        let item = self.read(&item::client(directory, id)).await?;
        item.map(|item| Client::read(id, &item)).transpose()
    }

    /// The client `id` of `directory`, revoked or not, and the directory itself, as of now: what
    /// the client is let in by.
    ///
    /// # Errors
    /// The table's own.
    pub async fn client_admission(
        &self,
        directory: &DirectoryId,
        id: &ClientId,
    ) -> Result<Option<(Client, Record)>, Error> {
        let keys = [item::client(directory, id), directory_key(directory)];
        let found = self.read_all(keys.to_vec()).await?;
        let [Some(client), Some(record)] = keys.map(|key| found.get(&key)) else { return Ok(None) };
        Ok(Some((Client::read(id, client)?, Record::read(directory, record)?)))
    }

    /// The clients of `directory` in the order of their ids, at most `count` of those behind
    /// `after`; and whether there may be more.
    ///
    /// # Errors
    /// The table's own.
    pub async fn clients(
        &self,
        directory: &DirectoryId,
        after: Option<&ClientId>,
        count: u16,
    ) -> Result<(Vec<Client>, bool), Error> {
        let values = [(":prefix", item::CLIENTS)];
        let partition = directory_key(directory).pk;
        let mut pages = self.range(&partition, Some(("begins_with(#sk, :prefix)", &values)));
        if let Some(after) = after {
            pages = pages.after(&item::client(directory, after));
        }
        let mut clients = Vec::new();
        for item in pages.next(Some(i32::from(count))).await?.unwrap_or_default() {
            let id = text(&item, name::SK)?.strip_prefix(item::CLIENTS).and_then(|id| id.parse().ok());
            clients.push(Client::read(&id.ok_or_else(|| Error::corrupt(name::SK))?, &item)?);
        }
        Ok((clients, pages.has_more()))
    }

    /// Adds `secret` to those of the client `id`; answers with the client as it is now.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such client, or a revoked one; [`Error::TooMany`]
    /// when it has [`MOST_SECRETS`] that have not ended; the table's own.
    pub async fn add_secret(
        &self,
        directory: &DirectoryId,
        id: &ClientId,
        secret: &ClientSecret,
    ) -> Result<Client, Error> {
        let client = self.client(directory, id).await?.ok_or(Error::NotFound)?;
        if client.secrets.iter().filter(|secret| !secret.is_expired()).count() >= MOST_SECRETS {
            return Err(Error::TooMany(format!(
                "a client has {MOST_SECRETS} secrets at most: delete one that is not used any more"
            )));
        }
        let add = live(Change::update(item::client(directory, id), "SET #secret = :secret"))
            .name("#secret", &secret.attribute())
            .value(":secret", s(secret.text()));
        match self.write(&[add], &WriteId::new().token()).await? {
            Written::Done(Some(item)) => Client::read(id, &item),
            Written::Done(None) | Written::Refused(_) => Err(Error::NotFound),
        }
    }

    /// Removes the secret `secret` of the client `id`: it opens nothing any more.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such client or secret; the table's own.
    pub async fn remove_secret(
        &self,
        directory: &DirectoryId,
        id: &ClientId,
        secret: &str,
    ) -> Result<(), Error> {
        let (key, attribute) = (item::client(directory, id), attribute(secret));
        // Asked before: as a condition it would refuse the repetition of a call whose answer was lost.
        if !self.read(&key).await?.is_some_and(|client| client.contains_key(&attribute)) {
            return Err(Error::NotFound);
        }
        let remove = Change::update(key, "REMOVE #secret")
            .only_if("attribute_exists(#pk)")
            .name("#pk", name::PK)
            .name("#secret", &attribute);
        match self.write(&[remove], &WriteId::new().token()).await? {
            Written::Done(_) => Ok(()),
            Written::Refused(_) => Err(Error::NotFound),
        }
    }

    /// Remembers that `client` was given a token, when the last time is a while ago.
    ///
    /// # Errors
    /// The table's own.
    pub async fn client_used(&self, directory: &DirectoryId, client: &Client) -> Result<(), Error> {
        let earlier = ago(PRECISION);
        if client.used.as_ref().is_some_and(|used| *used > earlier) {
            return Ok(());
        }
        let update = live(Change::update(item::client(directory, &client.id), "SET #used = :now"))
            .name("#used", USED)
            .value(":now", s(now()));
        match self.write(&[update], &WriteId::new().token()).await? {
            Written::Done(_) | Written::Refused(_) => Ok(()),
        }
    }

    /// Takes the token `token` of `client`, which expires at `end`, back.
    ///
    /// # Errors
    /// The table's own.
    pub async fn revoke_client_token(
        &self,
        directory: &DirectoryId,
        client: &Client,
        token: &str,
        end: i64,
    ) -> Result<(), Error> {
        self.revoke_in(item::client(directory, &client.id), &client.tokens, token, end).await
    }
}
