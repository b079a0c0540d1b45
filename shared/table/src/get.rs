//! Reading one item or many by key.

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_dynamodb::Config;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::types::{KeysAndAttributes, ReturnConsumedCapacity};
use futures_util::{StreamExt, TryStreamExt, stream};

use crate::Table;
use crate::batch::FAN_OUT;
use crate::error::{Error, fault, is_throttled};
use crate::item::{Item, Key};
use crate::meter;
use crate::retry::Attempts;

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
    /// [`Error::Throttled`], [`Error::Unavailable`]. Nothing is lost: the next call connects.
    pub async fn connect(&self) -> Result<(), Error> {
        let once = Config::builder()
            .retry_config(RetryConfig::disabled())
            .timeout_config(TimeoutConfig::builder().operation_timeout(CONNECT).build());
        let get =
            self.client().get_item().table_name(self.name()).set_key(Some(Key::new(NOWHERE, "-").item()));
        Box::pin(get.customize().config_override(once).send()).await.map(drop).map_err(fault)
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
        let answer = Box::pin(get.send()).await.map_err(fault)?;
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
        let wanted = KeysAndAttributes::builder()
            .set_keys(Some(keys.iter().map(Key::item).collect()))
            .consistent_read(true)
            .build()
            .map_err(Error::unavailable)?;
        let mut pending = Some(HashMap::from([(self.name().to_owned(), wanted)]));
        let mut found = Vec::new();
        let mut attempts = Attempts::default();
        while let Some(wanted) = pending.take() {
            let get = self
                .client()
                .batch_get_item()
                .set_request_items(Some(wanted.clone()))
                .return_consumed_capacity(ReturnConsumedCapacity::Total);
            match Box::pin(get.send()).await {
                Ok(answer) => {
                    meter::read(answer.consumed_capacity());
                    found.extend(answer.responses.unwrap_or_default().into_values().flatten());
                    pending = answer.unprocessed_keys.filter(|keys| !keys.is_empty());
                }
                // None of them was read: again later, as with unprocessed keys.
                Err(e) if is_throttled(&e) => pending = Some(wanted),
                Err(e) => return Err(fault(e)),
            }
            if pending.is_some() {
                attempts.again().await?;
            }
        }
        Ok(found)
    }
}
