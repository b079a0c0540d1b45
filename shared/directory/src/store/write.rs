//! Writing: one item under a condition, several together, many without.

use std::collections::HashMap;

use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    AttributeValue, CancellationReason, ConditionCheck, Delete, DeleteRequest, Put, PutRequest,
    ReturnConsumedCapacity, ReturnValue, ReturnValuesOnConditionCheckFailure as OnFailure, TransactWriteItem,
    Update, WriteRequest,
};
use futures_util::{FutureExt, StreamExt, TryStreamExt, stream};

use super::Store;
use crate::error::Error;
use crate::keys::{Item, Key};
use table::error::{fault, is_conflict, is_throttled, is_throttling};
use table::meter;
use table::retry::Attempts;

/// Items that one BatchWriteItem may name.
const BATCH: usize = 25;
/// Batches of one request in flight at once.
const FAN_OUT: usize = 4;

/// One item's change: an update expression, a put or a delete, each under a condition.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    key: Key,
    what: What,
    condition: Option<String>,
    names: HashMap<String, String>,
    values: HashMap<String, AttributeValue>,
}

#[derive(Debug, Clone)]
enum What {
    Update(String),
    Put(Item),
    Delete,
    Check,
}

impl Change {
    pub(crate) fn update(key: Key, expression: impl Into<String>) -> Self {
        Self::new(key, What::Update(expression.into()))
    }

    /// Writes `item`, whose keys are added, over whatever is there.
    pub(crate) fn put(key: Key, mut item: Item) -> Self {
        item.extend(key.item());
        Self::new(key, What::Put(item))
    }

    pub(crate) fn delete(key: Key) -> Self {
        Self::new(key, What::Delete)
    }

    /// Changes nothing: only its condition counts, beside other changes.
    pub(crate) fn check(key: Key) -> Self {
        Self::new(key, What::Check)
    }

    fn new(key: Key, what: What) -> Self {
        Self { key, what, condition: None, names: HashMap::new(), values: HashMap::new() }
    }

    /// Only when `condition` holds of the item now; each further one as well.
    pub(crate) fn only_if(mut self, condition: &str) -> Self {
        self.condition = Some(match self.condition {
            Some(so_far) => format!("{so_far} AND {condition}"),
            None => condition.to_owned(),
        });
        self
    }

    /// What `placeholder` (`#x`) stands for.
    pub(crate) fn name(mut self, placeholder: &str, attribute: &str) -> Self {
        self.names.insert(placeholder.to_owned(), attribute.to_owned());
        self
    }

    /// What `placeholder` (`:x`) stands for.
    pub(crate) fn value(mut self, placeholder: &str, value: AttributeValue) -> Self {
        self.values.insert(placeholder.to_owned(), value);
        self
    }

    fn names(&self) -> Option<HashMap<String, String>> {
        (!self.names.is_empty()).then(|| self.names.clone())
    }

    fn values(&self) -> Option<HashMap<String, AttributeValue>> {
        (!self.values.is_empty()).then(|| self.values.clone())
    }
}

/// What became of a conditional write.
#[derive(Debug)]
pub(crate) enum Written {
    /// It is done. A single update tells the item as it is now.
    Done(Option<Item>),
    /// Conditions did not hold: per change, whether its own failed and the item as it is.
    /// `(index of the change, the item or `None` when there is none)`.
    Refused(Vec<(usize, Option<Item>)>),
}

impl Store {
    /// Carries out one change, or several together or not at all.
    ///
    /// `token` names this content: with it a repeated transaction is done once.
    pub(crate) async fn write(&self, changes: &[Change], token: &str) -> Result<Written, Error> {
        let mut attempts = Attempts::default();
        loop {
            let outcome = match changes {
                [change] => self.write_one(change, token).await?,
                _ => self.write_together(changes, token).await?,
            };
            match outcome {
                Some(written) => return Ok(written),
                // Another transaction holds an item: nothing was done.
                None => attempts.again().await?,
            }
        }
    }

    async fn write_one(&self, change: &Change, token: &str) -> Result<Option<Written>, Error> {
        let (key, condition) = (change.key.item(), change.condition.clone());
        let (names, values) = (change.names(), change.values());
        macro_rules! carry_out {
            ($request:expr) => {{
                let request = $request
                    .table_name(&*self.table)
                    .set_condition_expression(condition)
                    .set_expression_attribute_names(names)
                    .set_expression_attribute_values(values)
                    .return_values_on_condition_check_failure(OnFailure::AllOld)
                    .return_consumed_capacity(ReturnConsumedCapacity::Total);
                match Box::pin(request.send()).await {
                    Ok(answer) => {
                        meter::wrote(answer.consumed_capacity.as_slice());
                        Ok(Some(Written::Done(answer.attributes)))
                    }
                    Err(e) if is_conflict(&e) => Ok(None),
                    Err(e) => match e.as_service_error() {
                        Some(refusal) if refusal.is_conditional_check_failed_exception() => {
                            Ok(Some(Written::Refused(vec![(0, condition_item(e.into_service_error()))])))
                        }
                        _ => Err(fault(e).into()),
                    },
                }
            }};
        }
        match &change.what {
            What::Update(expression) => {
                let update = self.client.update_item().set_key(Some(key)).update_expression(expression);
                carry_out!(update.return_values(ReturnValue::AllNew))
            }
            What::Put(item) => carry_out!(self.client.put_item().set_item(Some(item.clone()))),
            What::Delete => carry_out!(self.client.delete_item().set_key(Some(key))),
            // Alone it would be a read.
            What::Check => self.write_together(std::slice::from_ref(change), token).await,
        }
    }

    async fn write_together(&self, changes: &[Change], token: &str) -> Result<Option<Written>, Error> {
        let items = changes.iter().map(|c| self.transacted(c)).collect::<Result<Vec<_>, _>>()?;
        let write = self
            .client
            .transact_write_items()
            .set_transact_items(Some(items))
            .client_request_token(token)
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        let error = match Box::pin(write.send()).await {
            Ok(answer) => {
                meter::wrote(answer.consumed_capacity());
                return Ok(Some(Written::Done(None)));
            }
            Err(error) => error,
        };
        let reasons = error.as_service_error().and_then(reasons);
        match reasons {
            Some(reasons) => cancelled(reasons).unwrap_or_else(|| Err(fault(error).into())),
            None if is_conflict(&error) => Ok(None),
            None => Err(fault(error).into()),
        }
    }

    fn transacted(&self, change: &Change) -> Result<TransactWriteItem, Error> {
        let item = TransactWriteItem::builder();
        macro_rules! part {
            ($part:expr) => {
                $part
                    .table_name(&*self.table)
                    .set_condition_expression(change.condition.clone())
                    .set_expression_attribute_names(change.names())
                    .set_expression_attribute_values(change.values())
                    .return_values_on_condition_check_failure(OnFailure::AllOld)
                    .build()
                    .map_err(|e| Error::Unavailable(e.into()))?
            };
        }
        let key = Some(change.key.item());
        Ok(match &change.what {
            What::Update(expression) => {
                item.update(part!(Update::builder().set_key(key).update_expression(expression)))
            }
            What::Put(content) => item.put(part!(Put::builder().set_item(Some(content.clone())))),
            What::Delete => item.delete(part!(Delete::builder().set_key(key))),
            What::Check => item.condition_check(part!(ConditionCheck::builder().set_key(key))),
        }
        .build())
    }

    /// Writes `puts` and removes `deletes`, in no order, each once it is possible.
    pub(crate) async fn write_many(&self, puts: Vec<Item>, deletes: Vec<Key>) -> Result<(), Error> {
        let unusable = |e: aws_sdk_dynamodb::error::BuildError| Error::Unavailable(e.into());
        let mut requests = Vec::with_capacity(puts.len() + deletes.len());
        for item in puts {
            let put = PutRequest::builder().set_item(Some(item)).build().map_err(unusable)?;
            requests.push(WriteRequest::builder().put_request(put).build());
        }
        for key in deletes {
            let delete = DeleteRequest::builder().set_key(Some(key.item())).build().map_err(unusable)?;
            requests.push(WriteRequest::builder().delete_request(delete).build());
        }
        let mut requests = requests.into_iter();
        let batches = std::iter::from_fn(|| {
            let batch: Vec<_> = requests.by_ref().take(BATCH).collect();
            (!batch.is_empty()).then_some(batch)
        });
        stream::iter(batches.map(|batch| self.write_batch(batch).boxed()))
            .buffer_unordered(FAN_OUT)
            .try_collect()
            .await
    }

    async fn write_batch(&self, requests: Vec<WriteRequest>) -> Result<(), Error> {
        let mut pending = Some(HashMap::from([(self.table.to_string(), requests)]));
        let mut attempts = Attempts::default();
        while let Some(requests) = pending.take() {
            let write = self
                .client
                .batch_write_item()
                .set_request_items(Some(requests.clone()))
                .return_consumed_capacity(ReturnConsumedCapacity::Total);
            match Box::pin(write.send()).await {
                Ok(answer) => {
                    meter::wrote(answer.consumed_capacity());
                    pending = answer.unprocessed_items.filter(|items| !items.is_empty());
                }
                // Not one of them fitted: as with those left over, later.
                Err(e) if is_conflict(&e) || is_throttled(&e) => pending = Some(requests),
                Err(e) => return Err(fault(e).into()),
            }
            if pending.is_some() {
                attempts.again().await?;
            }
        }
        Ok(())
    }
}

/// The refused item in a failed condition's error.
fn condition_item(error: impl Into<aws_sdk_dynamodb::Error>) -> Option<Item> {
    match error.into() {
        aws_sdk_dynamodb::Error::ConditionalCheckFailedException(refusal) => refusal.item,
        _ => None,
    }
}

/// Why a transaction was cancelled, change by change; `None` when it failed otherwise.
fn reasons(error: &TransactWriteItemsError) -> Option<Vec<CancellationReason>> {
    match error {
        TransactWriteItemsError::TransactionCanceledException(e) => Some(e.cancellation_reasons().to_vec()),
        _ => None,
    }
}

/// What a cancelled transaction's reasons say: refused conditions, a rival (`Ok(None)`),
/// throttling, or (`None`) a fault.
fn cancelled(reasons: Vec<CancellationReason>) -> Option<Result<Option<Written>, Error>> {
    let code = |reason: &CancellationReason| reason.code().unwrap_or("None").to_owned();
    if reasons.iter().any(|r| code(r) == "ConditionalCheckFailed") {
        let refused = reasons.into_iter().enumerate().filter(|(_, r)| code(r) == "ConditionalCheckFailed");
        return Some(Ok(Some(Written::Refused(refused.map(|(i, r)| (i, r.item)).collect()))));
    }
    if reasons.iter().any(|r| code(r) == "TransactionConflict") {
        return Some(Ok(None));
    }
    if reasons.iter().any(|r| is_throttling(&code(r))) {
        return Some(Err(Error::Throttled { after_seconds: 1 }));
    }
    None
}
