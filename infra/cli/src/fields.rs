//! Parts of the bodies that commands send.

use serde_json::{Map, Value};

use crate::error::ToolError;

/// A JSON object of the fields that have a value.
pub(crate) fn object(fields: impl IntoIterator<Item = (&'static str, Option<Value>)>) -> Value {
    let given = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(given.collect::<Map<_, _>>())
}

/// A text, if there is one.
pub(crate) fn text(given: Option<String>) -> Option<Value> {
    given.map(Value::from)
}

/// A list of texts, if there are any.
pub(crate) fn list(given: Vec<String>) -> Option<Value> {
    (!given.is_empty()).then(|| Value::from(given))
}

/// The JSON object that `--settings` holds.
///
/// # Errors
/// [`ToolError::Wrong`] when it is not a JSON object.
pub(crate) fn given_object(given: &str) -> Result<Value, ToolError> {
    let value: Value = serde_json::from_str(given)
        .map_err(|error| ToolError::Wrong(format!("`--settings` is invalid JSON: {error}")))?;
    if value.is_object() {
        Ok(value)
    } else {
        Err(ToolError::Wrong("`--settings` must be a JSON object".to_owned()))
    }
}
