//! Writing and removing many items without conditions.

use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::types::{DeleteRequest, PutRequest, ReturnConsumedCapacity, WriteRequest};
use futures_util::{FutureExt, StreamExt, TryStreamExt, stream};

use crate::Table;
use crate::error::{Error, Hindered, hindered};
use crate::item::Key;
use crate::meter;
use crate::retry::{Attempts, in_time};
use crate::write::Put;

/// Items that one BatchWriteItem may name.
const BATCH: usize = 25;
/// Batches of one request in flight at once.
pub(crate) const FAN_OUT: usize = 4;

impl Table {
    /// Writes `puts`, in no order and each by itself. Their conditions do not count.
    ///
    /// # Errors
    /// [`Error::Throttled`], [`Error::Busy`], [`Error::Unavailable`]: some are written then.
    pub async fn put_many(&self, puts: impl IntoIterator<Item = Put>) -> Result<(), Error> {
        self.write_many(puts, []).await
    }

    /// Removes the items at `keys`, in no order and each by itself.
    ///
    /// # Errors
    /// [`Error::Throttled`], [`Error::Busy`], [`Error::Unavailable`]: some are removed then.
    pub async fn delete_many(&self, keys: impl IntoIterator<Item = Key>) -> Result<(), Error> {
        self.write_many([], keys).await
    }

    /// Writes `puts` and removes the items at `deletes`, in no order and each by itself. Conditions
    /// of the puts do not count. No item is in both.
    ///
    /// # Errors
    /// [`Error::Throttled`], [`Error::Busy`], [`Error::Unavailable`]: a part is done then.
    pub async fn write_many(
        &self,
        puts: impl IntoIterator<Item = Put>,
        deletes: impl IntoIterator<Item = Key>,
    ) -> Result<(), Error> {
        let puts = puts.into_iter().map(|put| {
            let put = PutRequest::builder().set_item(Some(put.into_item())).build()?;
            Ok(WriteRequest::builder().put_request(put).build())
        });
        let deletes = deletes.into_iter().map(|key| {
            let delete = DeleteRequest::builder().set_key(Some(key.item())).build()?;
            Ok(WriteRequest::builder().delete_request(delete).build())
        });
        let requests: Result<Vec<WriteRequest>, BuildError> = puts.chain(deletes).collect();
        let requests = requests.map_err(Error::unavailable)?;
        let batches: Vec<Vec<WriteRequest>> = requests.chunks(BATCH).map(<[_]>::to_vec).collect();
        stream::iter(batches.into_iter().map(|batch| self.write_batch(batch).boxed()))
            .buffer_unordered(FAN_OUT)
            .try_collect()
            .await
    }

    async fn write_batch(&self, requests: Vec<WriteRequest>) -> Result<(), Error> {
        let (mut pending, mut attempts) = (requests, Attempts::default());
        while !pending.is_empty() {
            match in_time(self.write_batch_once(pending.clone())).await {
                Ok(unprocessed) => (pending, attempts) = (unprocessed, Attempts::default()),
                Err(hindered) => attempts.after(hindered).await?,
            }
        }
        Ok(())
    }

    /// Returns the requests that were not carried out; not all of them.
    async fn write_batch_once(&self, requests: Vec<WriteRequest>) -> Result<Vec<WriteRequest>, Hindered> {
        let sent = requests.len();
        let write = self
            .client()
            .batch_write_item()
            .request_items(self.name(), requests)
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        let answer = Box::pin(write.send()).await.map_err(hindered)?;
        meter::wrote(answer.consumed_capacity());
        let unprocessed = answer.unprocessed_items.unwrap_or_default();
        let unprocessed: Vec<WriteRequest> = unprocessed.into_values().flatten().collect();
        // A batch of which nothing is carried out is throttled.
        if unprocessed.len() < sent { Ok(unprocessed) } else { Err(Hindered::Throttled) }
    }
}
