//! Unique values, one for each field that can hold a value.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use scim::model::attribute::{Attribute, Type};
use serde_json::{Map, Value, json};
use tests::runtime::block_on;

use crate::app::App;

/// Makes such values.
pub(super) struct Canary {
    mark: String,
    count: usize,
    /// Values without the mark, which must not be logged either.
    pub(super) made: Vec<String>,
}

impl Canary {
    pub(super) fn new(mark: String) -> Self {
        Self { mark, count: 0, made: Vec::new() }
    }

    /// A new value. Its text names the field, so that a failure shows where it came from.
    pub(super) fn text(&mut self, place: &str) -> String {
        self.count += 1;
        let place: String = place.chars().filter(char::is_ascii_alphanumeric).collect();
        format!("{}{}{}", self.mark, self.count, place.to_ascii_lowercase())
    }

    /// Remembers the secret part of a token, which comes last, after the ids.
    pub(super) fn token(&mut self, token: &str) -> String {
        let secret = token.rsplit('_').next().unwrap_or_default();
        assert!(secret.len() >= 16, "{token} has no secret");
        self.made.push(secret.to_owned());
        token.to_owned()
    }

    /// A value for each of these attributes.
    pub(super) fn resource(&mut self, rows: &[Attribute]) -> Map<String, Value> {
        rows.iter().map(|row| (row.name.clone(), self.value(row))).collect()
    }

    pub(super) fn value(&mut self, row: &Attribute) -> Value {
        let text = self.text(&row.name);
        let one = match row.kind {
            Type::String => json!(text),
            Type::Reference => json!(format!("https://{text}.example.com/")),
            Type::Binary => {
                let encoded = STANDARD.encode(text);
                self.made.push(encoded.clone());
                json!(encoded)
            }
            Type::Boolean => json!(true),
            Type::DateTime => json!("2020-02-02T02:02:02Z"),
            Type::Integer | Type::Decimal => json!(7),
            Type::Complex => self.resource(row.sub_attributes.as_slice()).into(),
        };
        if row.multi_valued { json!([one]) } else { one }
    }

    /// Remembers the secrets and hashes in the table.
    pub(super) fn kept(&mut self, app: &App) {
        let stack = app.endpoint.stack().unwrap();
        let scan = stack.client().scan().table_name(app.endpoint.table()).consistent_read(true);
        let items = block_on(scan.into_paginator().items().send().collect::<Result<Vec<_>, _>>()).unwrap();
        for item in &items {
            let of = |name: &str| item.get(name).and_then(|value| value.as_s().ok()).cloned();
            self.made.extend(["secret", "hash"].into_iter().filter_map(of));
        }
    }
}
