//! The stream that is read.

use crate::engine::activity::Activity;
use crate::engine::trim;

/// Where the records come from.
#[derive(Debug)]
pub struct Source {
    /// The table whose stream is read.
    pub table: String,
    /// Finds the stream of the table.
    pub dynamodb: aws_sdk_dynamodb::Client,
    /// Reads it.
    pub streams: aws_sdk_dynamodbstreams::Client,
    /// Forgets what was read; only the embedded engine can.
    pub trim: Option<trim::Handle>,
    /// What the callers of the table do; known of the embedded engine.
    pub activity: Option<Activity>,
}
