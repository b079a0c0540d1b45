//! A table with a stream, and a look at what the engine keeps of it.

use std::collections::HashMap;
use std::path::Path;

use dynoxide::actions::put_item::PutItemRequest;
use dynoxide::{AttributeValue, Database};
use rusqlite::Connection;
use serde_json::json;

/// Its name.
pub(crate) const NAME: &str = "table";

/// Creates it.
pub(crate) fn create(database: &Database) {
    let request = json!({
        "TableName": NAME,
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": [
            { "AttributeName": "PK", "KeyType": "HASH" },
            { "AttributeName": "SK", "KeyType": "RANGE" },
        ],
        "AttributeDefinitions": [
            { "AttributeName": "PK", "AttributeType": "S" },
            { "AttributeName": "SK", "AttributeType": "S" },
        ],
        "StreamSpecification": { "StreamEnabled": true, "StreamViewType": "NEW_AND_OLD_IMAGES" },
    });
    database.create_table(serde_json::from_value(request).unwrap()).unwrap();
}

/// The sort key of the `n`th item.
pub(crate) fn key(n: usize) -> String {
    format!("{n:08}")
}

/// Writes the `n`th item, of about one KB.
pub(crate) fn put(database: &Database, n: usize) {
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let item = HashMap::from([
        ("PK".to_owned(), text("D#local#User")),
        ("SK".to_owned(), text(&key(n))),
        ("doc".to_owned(), text(&"x".repeat(900))),
    ]);
    let request = PutItemRequest { table_name: NAME.to_owned(), item, ..PutItemRequest::default() };
    database.put_item(request).unwrap();
}

/// How many stream records the file at `path` holds.
pub(crate) fn records(path: &Path) -> i64 {
    let connection = Connection::open(path).unwrap();
    connection.query_row("SELECT COUNT(*) FROM _stream_records", [], |row| row.get(0)).unwrap()
}
