//! What can go wrong in the store, in its own words: no status codes here.

use std::error::Error as StdError;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

/// Why a call on a directory failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The directory has no such resource.
    #[error("there is no such resource")]
    NotFound,
    /// The request itself cannot be carried out on this resource.
    #[error(transparent)]
    Scim(#[from] scim::error::Error),
    /// Another resource has the unique value.
    #[error("another resource has this `{attribute}`")]
    Taken {
        /// The unique attribute, such as `userName`.
        attribute: String,
    },
    /// The resource is not at a version that the client named.
    #[error("the resource has changed since the version in If-Match")]
    PreconditionFailed,
    /// The resource is at a version that the client excluded.
    #[error("the resource is at a version in If-None-Match")]
    Excluded,
    /// The answer would cost more than a request may.
    #[error("{0}")]
    TooMany(String),
    /// The resource would not fit.
    #[error("{0}")]
    TooLarge(String),
    /// A profile cannot be used, or not now.
    #[error("{0}")]
    Profile(String),
    /// DynamoDB asks for fewer calls.
    #[error("the table is throttled")]
    Throttled {
        /// How long a client should wait, in seconds.
        after_seconds: u64,
    },
    /// So many others change the same item that no attempt came through.
    #[error("the resource is busy")]
    Busy,
    /// The table cannot be reached, or refuses a call that should be good.
    #[error("the table cannot be used")]
    Unavailable(#[source] Box<dyn StdError + Send + Sync>),
}

impl Error {
    /// A fault that only a defect or foreign hands in the table explain.
    pub(crate) fn corrupt(what: &str) -> Self {
        Self::Unavailable(format!("the table holds an item without a usable `{what}`").into())
    }
}

/// What a failed call means when nothing about it was expected.
pub(crate) fn fault<E, R>(error: SdkError<E, R>) -> Error
where
    E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    if is_throttled(&error) {
        Error::Throttled { after_seconds: 1 }
    } else {
        Error::Unavailable(Box::new(error))
    }
}

/// Whether a call failed only because a transaction holds its item, or is our own that
/// has not ended yet.
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
