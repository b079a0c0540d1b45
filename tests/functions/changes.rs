//! The functions `changes` and `deliver`, which no client calls.

use serde_json::json;

use crate::deployed::Deployed;

#[test]
fn changes_answers_the_schedule_and_the_stream() {
    let Some(deployed) = Deployed::shared() else { return };
    let tick =
        deployed.invoke("changes", &json!({ "source": "aws.events", "detail-type": "Scheduled Event" }));
    assert!(tick.unwrap()["ended"].is_u64());
    let removed = json!({ "Records": [{
        "eventID": "1", "eventName": "REMOVE", "eventVersion": "1.1", "eventSource": "aws:dynamodb",
        "awsRegion": "eu-central-1",
        "dynamodb": {
            "ApproximateCreationDateTime": 1_773_342_238,
            "Keys": { "PK": { "S": "D#local#User" }, "SK": { "S": "0190c0de-0000-7000-8000-000000000000" } },
            "OldImage": { "PK": { "S": "D#local#User" }, "doc": { "S": "{}" } },
            "SequenceNumber": "100", "SizeBytes": 10, "StreamViewType": "NEW_AND_OLD_IMAGES",
        },
        "eventSourceARN": "arn:aws:dynamodb:eu-central-1:123456789012:table/t/stream/2026-03-12T00:00:00.000",
    }] });
    let answer = deployed.invoke("changes", &removed).unwrap();
    assert_eq!(answer, json!({ "batchItemFailures": [] }));
}

#[test]
fn deliver_answers_the_schedule_and_the_queue() {
    let Some(deployed) = Deployed::shared() else { return };
    let tick =
        deployed.invoke("deliver", &json!({ "source": "aws.events", "detail-type": "Scheduled Event" }));
    assert_eq!(tick.unwrap()["paused"], 0);
    let body = json!({ "directory": "local", "subscription": "sub_0190c0de000070008000000000000000" });
    let messages = json!({ "Records": [{
        "messageId": "1", "receiptHandle": "1", "body": body.to_string(), "eventSource": "aws:sqs",
        "attributes": { "MessageGroupId": "sub_0190c0de000070008000000000000000" },
        "eventSourceARN": "arn:aws:sqs:eu-central-1:123456789012:notifications.fifo", "awsRegion": "eu-central-1",
    }] });
    assert_eq!(deployed.invoke("deliver", &messages).unwrap(), json!(null));
}
