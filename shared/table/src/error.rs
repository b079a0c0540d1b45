//! What can go wrong with a call on the table.

use std::error::Error as StdError;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

/// Why a call on the table failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// DynamoDB asks for fewer calls.
    #[error("the table is throttled")]
    Throttled {
        /// How long the client should wait, in seconds.
        after_seconds: u64,
    },
    /// Other writes hold the item; no attempt succeeded in time.
    #[error("the item is busy")]
    Busy,
    /// The table cannot be reached, refuses a call that should succeed, or holds an item that
    /// cannot be read.
    #[error("the table cannot be used")]
    Unavailable(#[source] Box<dyn StdError + Send + Sync>),
}

impl Error {
    /// An item lacks a usable `attribute`: a defect, or another program wrote to the table.
    #[must_use]
    pub fn corrupt(attribute: &str) -> Self {
        Self::unavailable(format!("the table holds an item without a usable `{attribute}`"))
    }

    /// [`Unavailable`](Self::Unavailable) because of `source`.
    pub fn unavailable(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::Unavailable(source.into())
    }
}

/// Maps the failure of a call that has no refused condition to report.
pub(crate) fn fault<E, R>(error: SdkError<E, R>) -> Error
where
    E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    if is_throttled(&error) { Error::Throttled { after_seconds: 1 } } else { Error::unavailable(error) }
}

/// Whether a call failed only because a transaction holds its item, or because the same
/// transaction, sent before, has not ended yet.
pub(crate) fn is_conflict<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> bool {
    matches!(code(error), Some("TransactionConflictException" | "TransactionInProgressException"))
}

/// Whether a call failed because DynamoDB asks for fewer.
pub(crate) fn is_throttled<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> bool {
    code(error).is_some_and(is_throttling)
}

fn code<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> Option<&str> {
    error.as_service_error().and_then(ProvideErrorMetadata::code)
}

/// Whether `code`, of an error or of a cancellation reason, asks for fewer calls.
pub(crate) fn is_throttling(code: &str) -> bool {
    matches!(
        code,
        "ProvisionedThroughputExceededException"
            | "ProvisionedThroughputExceeded"
            | "ThrottlingException"
            | "ThrottlingError"
            | "RequestLimitExceeded"
            | "LimitExceededException"
    )
}
