//! Why an operation on a directory fails. No status codes here: the gateway chooses them.

use std::error::Error as StdError;

/// Why an operation on a directory failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The directory has no such resource, credential or client; or there is no such directory.
    #[error("there is no such resource")]
    NotFound,
    /// The request is not valid for this resource.
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
    /// The response would cost more than a request may.
    #[error("{0}")]
    TooMany(String),
    /// The response would cost more than the directory has left now.
    #[error("{detail}")]
    Costly {
        /// Why, and what else the client can do. Its subject is what the client asked for.
        detail: String,
        /// How long the client should wait, in seconds.
        after_seconds: u64,
    },
    /// What is to be stored would be too large.
    #[error("{0}")]
    TooLarge(String),
    /// A profile cannot be used, or not now.
    #[error("{0}")]
    Profile(String),
    /// DynamoDB asks for fewer calls.
    #[error("the table is throttled")]
    Throttled {
        /// How long the client should wait, in seconds.
        after_seconds: u64,
    },
    /// Other requests change the same item, and no attempt succeeded in time.
    #[error("the resource is busy")]
    Busy,
    /// The table cannot be reached, refuses a call that should succeed, or holds an item that cannot
    /// be read.
    #[error("the table cannot be used")]
    Unavailable(#[source] Box<dyn StdError + Send + Sync>),
}

impl Error {
    /// An item lacks a usable attribute: a defect, or another program wrote to the table.
    pub(crate) fn corrupt(what: &str) -> Self {
        table::error::Error::corrupt(what).into()
    }
}

impl From<table::error::Error> for Error {
    fn from(error: table::error::Error) -> Self {
        match error {
            table::error::Error::Throttled { after_seconds } => Self::Throttled { after_seconds },
            table::error::Error::Busy => Self::Busy,
            table::error::Error::Unavailable(source) => Self::Unavailable(source),
        }
    }
}
