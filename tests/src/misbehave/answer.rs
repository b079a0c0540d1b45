//! Responses that do not come from the DynamoDB.

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use serde_json::{Value, json};

pub(super) type Outcome = Result<HttpResponse, ConnectorError>;

/// A response with this status and body.
pub(super) fn answer(status: u16, body: &Value) -> HttpResponse {
    let status = StatusCode::try_from(status).expect("a status");
    let mut response = HttpResponse::new(status, SdkBody::from(body.to_string()));
    response.headers_mut().insert("content-type", "application/x-amz-json-1.0");
    response
}

fn error(name: &str) -> Value {
    json!({ "__type": format!("com.amazonaws.dynamodb.v20120810#{name}"), "message": "it misbehaves" })
}

pub(super) fn throttled() -> Outcome {
    Ok(answer(400, &error("ProvisionedThroughputExceededException")))
}

/// As DynamoDB throttles a call of `operation`: a transaction is cancelled.
pub(super) fn throttled_as(operation: &str, body: &Value) -> Outcome {
    let Some(items) = body["TransactItems"].as_array().filter(|_| operation == "TransactWriteItems") else {
        return throttled();
    };
    let mut body = error("TransactionCanceledException");
    let reason = json!({ "Code": "ThrottlingError", "Message": "too much" });
    body["CancellationReasons"] = items.iter().map(|_| reason.clone()).collect();
    Ok(answer(400, &body))
}

pub(super) fn failed() -> Outcome {
    Ok(answer(500, &error("InternalServerError")))
}

pub(super) fn lost() -> Outcome {
    Err(ConnectorError::timeout("no answer in time".into()))
}

/// A conflict: with other calls on these keys of a transaction, or of a plain write with a transaction.
pub(super) fn conflict(transaction: bool, conflicts: &[bool]) -> Outcome {
    if !transaction {
        return Ok(answer(400, &error("TransactionConflictException")));
    }
    let reason = |conflict: &bool| match conflict {
        true => json!({ "Code": "TransactionConflict", "Message": "a call in flight has this item" }),
        false => json!({ "Code": "None" }),
    };
    let mut body = error("TransactionCanceledException");
    body["CancellationReasons"] = conflicts.iter().map(reason).collect();
    Ok(answer(400, &body))
}

pub(super) fn misused_token() -> Outcome {
    Ok(answer(400, &error("IdempotentParameterMismatchException")))
}
