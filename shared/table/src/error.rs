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

/// Why a call was not carried out.
#[derive(Debug)]
pub(crate) enum Hindered {
    /// A transaction holds its item, or the same transaction, sent before, has not ended yet.
    Contended,
    /// DynamoDB asks for fewer calls.
    Throttled,
    /// DynamoDB failed or did not answer: it may have been carried out.
    Fault(Error),
    /// It fails as often as it is sent.
    Failed(Error),
}

impl From<Error> for Hindered {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// What the failure of a call means that has no refused condition to report.
pub(crate) fn hindered<E>(error: SdkError<E>) -> Hindered
where
    E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
{
    match error.as_service_error().and_then(ProvideErrorMetadata::code) {
        Some("TransactionConflictException" | "TransactionInProgressException") => Hindered::Contended,
        Some(code) if is_throttling(code) => Hindered::Throttled,
        _ if is_fault(&error) => Hindered::Fault(Error::unavailable(error)),
        _ => Hindered::Failed(Error::unavailable(error)),
    }
}

fn is_fault<E>(error: &SdkError<E>) -> bool {
    match error {
        SdkError::TimeoutError(_) | SdkError::ResponseError(_) => true,
        SdkError::DispatchFailure(failure) => failure.is_io() || failure.is_timeout(),
        SdkError::ServiceError(error) => error.raw().status().is_server_error(),
        _ => false,
    }
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
