//! Reading: one item, many items, a range of items.
//!
//! The SDK's futures are large and deep: boxed, they stay out of those that wait for them.

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_dynamodb::Config;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::types::{KeysAndAttributes, ReturnConsumedCapacity};
use futures_util::{StreamExt, TryStreamExt, stream};

use super::Store;
use crate::error::{Error, fault, is_throttled};
use crate::meter;
use crate::retry::Attempts;
use crate::table::item::{Item, Key, s};
use crate::table::name;

/// Items that one BatchGetItem may name.
const BATCH: usize = 100;
/// Batches of one request in flight at once.
const FAN_OUT: usize = 4;
/// How long a function's start waits for its first connection.
const CONNECT: Duration = Duration::from_secs(2);

/// The items found by a batch, by key.
pub(crate) type Batch = HashMap<Key, Item>;

/// A range of items, read page by page.
pub(crate) struct Pages {
    query: QueryFluentBuilder,
    after: Option<Item>,
    done: bool,
}

impl Pages {
    /// Only what comes behind `key`.
    pub(crate) fn after(mut self, key: &Key) -> Self {
        self.after = Some(key.item());
        self
    }

    /// Last first.
    pub(crate) fn backwards(mut self) -> Self {
        self.query = self.query.scan_index_forward(false);
        self
    }

    /// Whether the next page would be read.
    pub(crate) fn has_more(&self) -> bool {
        !self.done
    }

    /// The next items, up to `limit` or DynamoDB's 1 MB; `None` when there are no more.
    pub(crate) async fn next(&mut self, limit: Option<i32>) -> Result<Option<Vec<Item>>, Error> {
        if self.done {
            return Ok(None);
        }
        let query = self.query.clone().set_limit(limit).set_exclusive_start_key(self.after.take());
        let page = Box::pin(query.send()).await.map_err(fault)?;
        meter::read(page.consumed_capacity.as_slice());
        self.after = page.last_evaluated_key;
        self.done = self.after.is_none();
        Ok(Some(page.items.unwrap_or_default()))
    }

    /// Every item of the range.
    pub(crate) async fn all(mut self) -> Result<Vec<Item>, Error> {
        let mut items = Vec::new();
        while let Some(page) = self.next(None).await? {
            items.extend(page);
        }
        Ok(items)
    }
}

impl Store {
    /// Opens the connection to DynamoDB, before somebody waits for it: asks for an item
    /// that is never there. One attempt, two seconds at most.
    ///
    /// # Errors
    /// The table's own. Nothing is lost: the next call connects, too.
    pub async fn connect(&self) -> Result<(), Error> {
        let nobody = Key::new("-".to_owned(), "-");
        let once = Config::builder()
            .retry_config(RetryConfig::disabled())
            .timeout_config(TimeoutConfig::builder().operation_timeout(CONNECT).build());
        let get = self.client.get_item().table_name(&*self.table).set_key(Some(nobody.item()));
        Box::pin(get.customize().config_override(once).send()).await.map(drop).map_err(fault)
    }

    /// One item, as of now.
    pub(crate) async fn read(&self, key: &Key) -> Result<Option<Item>, Error> {
        let get = self
            .client
            .get_item()
            .table_name(&*self.table)
            .set_key(Some(key.item()))
            .consistent_read(true)
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        let answer = Box::pin(get.send()).await.map_err(fault)?;
        meter::read(answer.consumed_capacity.as_slice());
        Ok(answer.item)
    }

    /// The items of `keys` that exist, as of now.
    pub(crate) async fn read_all(&self, keys: Vec<Key>) -> Result<Batch, Error> {
        if let [key] = keys.as_slice() {
            let item = self.read(key).await?;
            return Ok(item.map(|item| (key.clone(), item)).into_iter().collect());
        }
        let batches: Vec<Vec<Key>> = keys.chunks(BATCH).map(<[_]>::to_vec).collect();
        let read = batches.into_iter().map(|batch| self.read_batch(batch));
        let found: Vec<Vec<Item>> = stream::iter(read).buffer_unordered(FAN_OUT).try_collect().await?;
        found.into_iter().flatten().map(|item| Ok((Key::of(&item)?, item))).collect()
    }

    async fn read_batch(&self, keys: Vec<Key>) -> Result<Vec<Item>, Error> {
        let wanted = KeysAndAttributes::builder()
            .set_keys(Some(keys.iter().map(Key::item).collect()))
            .consistent_read(true)
            .build()
            .map_err(|e| Error::Unavailable(e.into()))?;
        let mut pending = Some(HashMap::from([(self.table.to_string(), wanted)]));
        let mut found = Vec::new();
        let mut attempts = Attempts::default();
        while let Some(wanted) = pending.take() {
            let get = self
                .client
                .batch_get_item()
                .set_request_items(Some(wanted.clone()))
                .return_consumed_capacity(ReturnConsumedCapacity::Total);
            match Box::pin(get.send()).await {
                Ok(answer) => {
                    meter::read(answer.consumed_capacity());
                    found.extend(answer.responses.unwrap_or_default().into_values().flatten());
                    pending = answer.unprocessed_keys.filter(|keys| !keys.is_empty());
                }
                // Not one of them fitted: as with those left over, later.
                Err(e) if is_throttled(&e) => pending = Some(wanted),
                Err(e) => return Err(fault(e)),
            }
            if pending.is_some() {
                attempts.again().await?;
            }
        }
        Ok(found)
    }

    /// The items of partition `pk` that `range` (a key condition on `SK`, such as
    /// `#sk > :after`) selects, in order, as of now.
    pub(crate) fn range(&self, pk: &str, range: Option<(&str, &[(&str, &str)])>) -> Pages {
        let query = self.query(name::PK, pk, name::SK, range).consistent_read(true);
        Pages { query, after: None, done: false }
    }

    /// The keys in `index` whose hash attribute is `hash` and, where given, whose range
    /// attribute satisfies `range`. An index may lag behind the table.
    pub(crate) fn index(
        &self,
        index: &str,
        hash: (&str, &str),
        sort: &str,
        range: Option<(&str, &[(&str, &str)])>,
    ) -> Pages {
        let query = self.query(hash.0, hash.1, sort, range).index_name(index);
        Pages { query, after: None, done: false }
    }

    fn query(
        &self,
        hash: &str,
        value: &str,
        sort: &str,
        range: Option<(&str, &[(&str, &str)])>,
    ) -> QueryFluentBuilder {
        let mut query = self
            .client
            .query()
            .table_name(&*self.table)
            .expression_attribute_names("#pk", hash)
            .expression_attribute_values(":pk", s(value))
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        let mut condition = "#pk = :pk".to_owned();
        if let Some((range, values)) = range {
            condition = format!("{condition} AND {range}");
            query = query.expression_attribute_names("#sk", sort);
            for (placeholder, value) in values {
                query = query.expression_attribute_values(*placeholder, s(*value));
            }
        }
        query.key_condition_expression(condition)
    }
}
