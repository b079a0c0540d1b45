//! Reading one item or many by key.

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_dynamodb::Config;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::types::{KeysAndAttributes, ReturnConsumedCapacity};
use futures_util::{StreamExt, TryStreamExt, stream};

use crate::Table;
use crate::batch::FAN_OUT;
use crate::error::{Error, Hindered, hindered};
use crate::item::{Item, Key};
use crate::meter;
use crate::retry::{Attempts, carried_out, in_time};

/// Items that one BatchGetItem may name.
const BATCH: usize = 100;
/// How long a function's start waits for its first connection.
const CONNECT: Duration = Duration::from_secs(2);

/// The items found by [`Table::get_many`], by key.
pub type Batch = HashMap<Key, Item>;

/// A partition that the role of every function may read, without items.
const NOWHERE: &str = "D#-";

impl Table {
    /// Opens the connection to DynamoDB before a request waits for it: reads an item that never
    /// exists. One attempt, two seconds at most.
    ///
    /// # Errors
    /// [`Error::Unavailable`]. Nothing is lost: the next call connects.
    pub async fn connect(&self) -> Result<(), Error> {
        let soon =
            Config::builder().timeout_config(TimeoutConfig::builder().operation_timeout(CONNECT).build());
        let get =
            self.client().get_item().table_name(self.name()).set_key(Some(Key::new(NOWHERE, "-").item()));
        Box::pin(get.customize().config_override(soon).send()).await.map(drop).map_err(Error::unavailable)
    }

    /// The item at `key`, if there is one.
    ///
    /// # Errors
    /// [`Error::Throttled`], [`Error::Unavailable`].
    pub async fn get(&self, key: &Key) -> Result<Option<Item>, Error> {
        let get = self
            .client()
            .get_item()
            .table_name(self.name())
            .set_key(Some(key.item()))
            .consistent_read(true)
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        let send = || async { Box::pin(get.clone().send()).await.map_err(hindered) };
        let answer = carried_out(send).await?;
        meter::read(answer.consumed_capacity.as_slice());
        Ok(answer.item)
    }

    /// Those items at `keys` that exist. `keys` are all different.
    ///
    /// # Errors
    /// [`Error::Throttled`], [`Error::Busy`], [`Error::Unavailable`].
    pub async fn get_many(&self, keys: Vec<Key>) -> Result<Batch, Error> {
        if let [key] = keys.as_slice() {
            let item = self.get(key).await?;
            return Ok(item.map(|item| (key.clone(), item)).into_iter().collect());
        }
        let batches: Vec<Vec<Key>> = keys.chunks(BATCH).map(<[_]>::to_vec).collect();
        let read = batches.into_iter().map(|batch| self.get_batch(batch));
        let found: Vec<Vec<Item>> = stream::iter(read).buffer_unordered(FAN_OUT).try_collect().await?;
        found.into_iter().flatten().map(|item| Ok((Key::of(&item)?, item))).collect()
    }

    async fn get_batch(&self, keys: Vec<Key>) -> Result<Vec<Item>, Error> {
        let (mut found, mut attempts) = (Vec::new(), Attempts::default());
        let mut pending: Vec<Item> = keys.iter().map(Key::item).collect();
        while !pending.is_empty() {
            match in_time(self.get_batch_once(pending.clone())).await {
                Ok((items, unprocessed)) => {
                    found.extend(items);
                    (pending, attempts) = (unprocessed, Attempts::default());
                }
                Err(hindered) => attempts.after(hindered).await?,
            }
        }
        Ok(found)
    }

    /// Returns the items found, and the keys that were not read; not all of them.
    async fn get_batch_once(&self, keys: Vec<Item>) -> Result<(Vec<Item>, Vec<Item>), Hindered> {
        let sent = keys.len();
        let wanted = KeysAndAttributes::builder().set_keys(Some(keys)).consistent_read(true);
        let get = self
            .client()
            .batch_get_item()
            .request_items(self.name(), wanted.build().map_err(Error::unavailable)?)
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        let answer = Box::pin(get.send()).await.map_err(hindered)?;
        meter::read(answer.consumed_capacity());
        let unprocessed = answer.unprocessed_keys.unwrap_or_default();
        let unprocessed: Vec<Item> = unprocessed.into_values().flat_map(|rest| rest.keys).collect();
        if unprocessed.len() == sent {
            return Err(Hindered::Throttled);
        }
        Ok((answer.responses.unwrap_or_default().into_values().flatten().collect(), unprocessed))
    }
}
