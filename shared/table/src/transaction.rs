//! Several writes, together or not at all.

use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{CancellationReason, ReturnConsumedCapacity};

use crate::Table;
use crate::error::{Error, Hindered, hindered, is_throttling};
use crate::item::Item;
use crate::meter;
use crate::retry::carried_out;
use crate::write::{Write, Written};

/// Writes that one transaction may hold: DynamoDB's limit.
pub const MOST_WRITES: usize = 100;
/// Bytes that one transaction may send: below DynamoDB's limit of 4 MB, because the size is estimated.
pub const MOST_BYTES: usize = 3 * 1024 * 1024;

/// Writes of different items, to be committed together.
#[derive(Debug, Clone)]
pub struct Transaction {
    token: String,
    writes: Vec<Write>,
}

/// What became of a transaction.
#[derive(Debug)]
pub enum Committed {
    /// All of it is done. After a single update: the item as it is now.
    Done(Option<Item>),
    /// Nothing was done: these conditions did not hold.
    Refused(Vec<Refusal>),
}

/// A write whose condition did not hold.
#[derive(Debug)]
pub struct Refusal {
    /// Which write, as [`Transaction::push`] numbered it.
    pub index: usize,
    /// The item as it is; `None` when there is none.
    pub item: Option<Item>,
}

impl Transaction {
    /// An empty transaction. `token` names its content: DynamoDB carries out a repeated one once.
    pub fn new(token: impl Into<String>) -> Self {
        Self { token: token.into(), writes: Vec::new() }
    }

    /// Adds a write. Returns its number, from 0.
    pub fn push(&mut self, write: impl Into<Write>) -> usize {
        self.writes.push(write.into());
        self.writes.len() - 1
    }

    /// How many writes it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.writes.len()
    }

    /// Whether it holds no write.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.writes.is_empty()
    }
}

impl Table {
    /// Carries out `transaction`: everything or nothing. A single write is sent by itself, which
    /// costs half; then the token has no effect.
    ///
    /// # Errors
    /// [`Error::Busy`] when other transactions hold an item for too long; [`Error::Throttled`];
    /// [`Error::Unavailable`].
    pub async fn commit(&self, transaction: &Transaction) -> Result<Committed, Error> {
        match transaction.writes.as_slice() {
            [] => return Ok(Committed::Done(None)),
            [write] if !write.is_check() => {
                return Ok(match self.write(write.clone()).await? {
                    Written::Done(item) => Committed::Done(item),
                    Written::Refused(item) => Committed::Refused(vec![Refusal { index: 0, item }]),
                });
            }
            _ => {}
        }
        carried_out(|| self.commit_once(transaction)).await
    }

    async fn commit_once(&self, transaction: &Transaction) -> Result<Committed, Hindered> {
        let items = transaction.writes.iter().map(|write| write.transacted(self.name()));
        let token = (!transaction.token.is_empty()).then(|| transaction.token.clone());
        let write = self
            .client()
            .transact_write_items()
            .set_transact_items(Some(items.collect::<Result<Vec<_>, _>>()?))
            .set_client_request_token(token)
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        let error = match Box::pin(write.send()).await {
            Ok(answer) => {
                meter::wrote(answer.consumed_capacity());
                return Ok(Committed::Done(None));
            }
            Err(error) => error,
        };
        match error.as_service_error().and_then(reasons) {
            Some(reasons) => cancelled(reasons).unwrap_or_else(|| Err(hindered(error))),
            None => Err(hindered(error)),
        }
    }
}

/// Why a transaction was cancelled, write by write; `None` when it failed otherwise.
fn reasons(error: &TransactWriteItemsError) -> Option<Vec<CancellationReason>> {
    match error {
        TransactWriteItemsError::TransactionCanceledException(e) => Some(e.cancellation_reasons().to_vec()),
        _ => None,
    }
}

/// What a cancelled transaction's reasons mean: refused conditions, contention or throttling; `None`
/// for a fault.
fn cancelled(reasons: Vec<CancellationReason>) -> Option<Result<Committed, Hindered>> {
    let is = |reason: &CancellationReason, code: &str| reason.code() == Some(code);
    if reasons.iter().any(|reason| is(reason, "ConditionalCheckFailed")) {
        let refused = reasons.into_iter().enumerate().filter(|(_, r)| is(r, "ConditionalCheckFailed"));
        let refused = refused.map(|(index, reason)| Refusal { index, item: reason.item });
        return Some(Ok(Committed::Refused(refused.collect())));
    }
    if reasons.iter().any(|reason| is(reason, "TransactionConflict")) {
        return Some(Err(Hindered::Contended));
    }
    reasons.iter().any(|reason| reason.code().is_some_and(is_throttling)).then_some(Err(Hindered::Throttled))
}
