//! Stream records as Lambda hands them to a function.

use std::collections::HashMap;
use std::time::SystemTime;

use aws_lambda_events::event::dynamodb::{Event, EventRecord, StreamRecord, StreamViewType, UserIdentity};
use aws_sdk_dynamodbstreams::types::{
    AttributeValue, Identity, Record, StreamRecord as Change, StreamViewType as View,
};
use serde_dynamo::{AttributeValue as Value, Item};

/// The event of one batch.
pub(super) fn event(records: Vec<Record>, stream: &str) -> Event {
    let mut event = Event::default();
    event.records = records.into_iter().map(|record| one(record, stream)).collect();
    event
}

fn one(record: Record, stream: &str) -> EventRecord {
    let mut out = EventRecord::default();
    out.aws_region = record.aws_region.unwrap_or_default();
    out.event_id = record.event_id.unwrap_or_default();
    out.event_name = record.event_name.map(|name| name.as_str().to_owned()).unwrap_or_default();
    out.event_source = record.event_source;
    out.event_version = record.event_version;
    out.event_source_arn = Some(stream.to_owned());
    out.user_identity = record.user_identity.map(identity);
    out.change = record.dynamodb.map(change).unwrap_or_default();
    out
}

fn identity(identity: Identity) -> UserIdentity {
    let mut out = UserIdentity::default();
    out.type_ = identity.r#type.unwrap_or_default();
    out.principal_id = identity.principal_id.unwrap_or_default();
    out
}

fn change(change: Change) -> StreamRecord {
    let mut out = StreamRecord::default();
    if let Some(Ok(time)) = change.approximate_creation_date_time.map(SystemTime::try_from) {
        out.approximate_creation_date_time = time.into();
    }
    out.keys = item(change.keys);
    out.new_image = item(change.new_image);
    out.old_image = item(change.old_image);
    out.sequence_number = change.sequence_number;
    out.size_bytes = change.size_bytes.unwrap_or_default();
    out.stream_view_type = change.stream_view_type.map(|view| match view {
        View::NewAndOldImages => StreamViewType::NewAndOldImages,
        View::NewImage => StreamViewType::NewImage,
        View::OldImage => StreamViewType::OldImage,
        _ => StreamViewType::KeysOnly,
    });
    out
}

fn item(attributes: Option<HashMap<String, AttributeValue>>) -> Item {
    attributes.map(map).unwrap_or_default().into()
}

fn map(attributes: HashMap<String, AttributeValue>) -> HashMap<String, Value> {
    attributes.into_iter().map(|(name, attribute)| (name, value(attribute))).collect()
}

fn value(attribute: AttributeValue) -> Value {
    match attribute {
        AttributeValue::S(text) => Value::S(text),
        AttributeValue::N(number) => Value::N(number),
        AttributeValue::Bool(bool) => Value::Bool(bool),
        AttributeValue::B(bytes) => Value::B(bytes.into_inner()),
        AttributeValue::M(attributes) => Value::M(map(attributes)),
        AttributeValue::L(values) => Value::L(values.into_iter().map(value).collect()),
        AttributeValue::Ss(texts) => Value::Ss(texts),
        AttributeValue::Ns(numbers) => Value::Ns(numbers),
        AttributeValue::Bs(many) => Value::Bs(many.into_iter().map(|bytes| bytes.into_inner()).collect()),
        // A type that DynamoDB does not have yet reads as null, as Lambda's
        // own reader has no better answer either.
        _ => Value::Null(true),
    }
}
