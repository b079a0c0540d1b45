//! The way from the SDK to the embedded DynamoDB inside this process: no socket, no HTTP,
//! no signature.
//!
//! Over the loopback port each call costs two wake-ups of another thread, an HTTP message
//! on both sides, a signature, and three readings of its JSON. Here the SDK's request is
//! read once, carried out by the thread that has it, and its answer written once.
//!
//! Calls share an asynchronous lock: a call that waits for SQLite does not block its thread. Pages have
//! [`readers`](super::readers) of their own.
//! [`trim`](super::trim) takes the same lock, so that its connection never meets a lock of SQLite.

use std::sync::Arc;

use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use dynoxide::DynoxideError;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::activity::Activity;
use super::readers::Readers;
use super::turn::Turn;

/// A client for the SDK that uses the database in `turn`, and `readers` for pages, and notes each call in
/// `activity`.
pub(super) fn client(turn: &Turn, readers: &Readers, activity: &Activity) -> SharedHttpClient {
    let direct = Direct { turn: Arc::clone(turn), readers: readers.clone(), activity: activity.clone() };
    let connector = SharedHttpConnector::new(direct);
    http_client_fn(move |_, _| connector.clone())
}

struct Direct {
    turn: Turn,
    readers: Readers,
    activity: Activity,
}

impl std::fmt::Debug for Direct {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Direct").finish_non_exhaustive()
    }
}

impl HttpConnector for Direct {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (turn, readers) = (Arc::clone(&self.turn), self.readers.clone());
        let activity = self.activity.clone();
        HttpConnectorFuture::new(async move {
            // `DynamoDB_20120810.GetItem`, `DynamoDBStreams_20120810.GetRecords`
            let target = request.headers().get("x-amz-target").unwrap_or_default();
            let operation = target.rsplit('.').next().unwrap_or_default();
            let body = request.body().bytes().unwrap_or_default();
            let outcome = carry_out(&turn, &readers, operation, body).await;
            activity.note(operation);
            let (status, body) = match outcome {
                Ok(body) => (200, body),
                Err(Failed::Refused(error)) => (error.status_code(), error.to_json().into_bytes()),
                Err(Failed::Closed) => {
                    return Err(ConnectorError::io("the embedded DynamoDB is closed".into()));
                }
            };
            let status = status.try_into().map_err(|e| ConnectorError::other(Box::new(e), None))?;
            Ok(HttpResponse::new(status, SdkBody::from(body)))
        })
    }
}

enum Failed {
    Refused(DynoxideError),
    Closed,
}

impl From<DynoxideError> for Failed {
    fn from(error: DynoxideError) -> Self {
        Self::Refused(error)
    }
}

/// Reading and writing the JSON is done out of turn.
async fn carry_out(turn: &Turn, readers: &Readers, operation: &str, body: &[u8]) -> Result<Vec<u8>, Failed> {
    macro_rules! answered {
        ($call:ident) => {
            answered!($call, turn.lock())
        };
        ($call:ident, $database:expr) => {{
            let request = read(body)?;
            let answer = $database.await.as_ref().ok_or(Failed::Closed)?.$call(request)?;
            write(&answer)
        }};
    }
    match operation {
        "GetItem" => answered!(get_item),
        "Query" => answered!(query, readers.next()),
        "BatchGetItem" => answered!(batch_get_item),
        "PutItem" => answered!(put_item),
        "UpdateItem" => answered!(update_item),
        "DeleteItem" => answered!(delete_item),
        "BatchWriteItem" => answered!(batch_write_item),
        "TransactWriteItems" => {
            let mut request: dynoxide::actions::transact_write_items::TransactWriteItemsRequest = read(body)?;
            // dynoxide 3.2.0 remembers a token for ten minutes and looks through all that it
            // remembers at each transaction with one: 0.06 ms more for each thousand. It guards
            // a retry after a lost answer, and within one process none gets lost.
            request.client_request_token = None;
            let answer = turn.lock().await.as_ref().ok_or(Failed::Closed)?.transact_write_items(request)?;
            write(&answer)
        }
        "TransactGetItems" => answered!(transact_get_items),
        "Scan" => answered!(scan, readers.next()),
        "DescribeTable" => answered!(describe_table),
        "CreateTable" => answered!(create_table),
        "DeleteTable" => answered!(delete_table),
        "ListTables" => answered!(list_tables),
        "UpdateTable" => answered!(update_table),
        "UpdateTimeToLive" => answered!(update_time_to_live),
        "DescribeTimeToLive" => answered!(describe_time_to_live),
        "ListStreams" => answered!(list_streams),
        "DescribeStream" => answered!(describe_stream),
        "GetShardIterator" => answered!(get_shard_iterator),
        "GetRecords" => answered!(get_records),
        other => Err(DynoxideError::SerializationException(format!("{other} is not offered here")).into()),
    }
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Failed> {
    serde_json::from_slice(body).map_err(|e| DynoxideError::ValidationException(e.to_string()).into())
}

fn write(answer: &impl Serialize) -> Result<Vec<u8>, Failed> {
    serde_json::to_vec(answer).map_err(|e| DynoxideError::InternalServerError(e.to_string()).into())
}
