//! The body of a PATCH (RFC 7644 §3.5.2).

use serde_json::Value;

use super::operation::Operation;
use crate::dialect::patch as dialect;
use crate::error::{Error, Kind, quoted};
use crate::json::field;

/// The most operations in one request.
pub const MAX_OPERATIONS: usize = 1_000;

/// How many characters of an unknown `op` an error quotes.
const SHOWN: usize = 40;

/// The operations of a request, in order. The body's `schemas` are not checked.
///
/// # Errors
/// `InvalidSyntax` if the body is not an object with a list of at least one operation
/// (RFC 7644 §3.5.2 requires "one or more"), or an operation has no `op`; `InvalidValue` if
/// an `op` is unknown or there are more than [`MAX_OPERATIONS`]; `InvalidPath` if a path is
/// not a string.
pub fn parse(body: Value) -> Result<Vec<Operation>, Error> {
    let mut body = match body {
        Value::Object(body) => body,
        Value::Array(_) => {
            return Err(syntax("`Operations` is missing: send the list as `{\"Operations\": […]}`"));
        }
        _ => return Err(syntax("the body of a PATCH must be a JSON object with `Operations`")),
    };
    let key = body.keys().find(|key| key.eq_ignore_ascii_case("operations")).cloned();
    if key.is_none() && field(&body, "op").is_some() {
        return Err(syntax("`Operations` is missing: send the operation as `{\"Operations\": [{…}]}`"));
    }
    let Some(Value::Array(operations)) = key.and_then(|key| body.shift_remove(&key)) else {
        return Err(syntax("`Operations` is missing: send a list of operations"));
    };
    match operations.len() {
        0 => Err(syntax("`Operations` must hold at least one operation")),
        1..=MAX_OPERATIONS => {
            let numbered = operations.into_iter().enumerate();
            numbered.map(|(index, sent)| operation(index + 1, sent)).collect()
        }
        length => Err(Error::new(
            Kind::InvalidValue,
            format!(
                "a PATCH may hold {MAX_OPERATIONS} operations, but holds {length}: send the rest in another one"
            ),
        )),
    }
}

fn operation(number: usize, sent: Value) -> Result<Operation, Error> {
    let Value::Object(sent) = sent else {
        return Err(syntax(format!("operation {number} must be an object with `op`, `path` and `value`")));
    };
    let op = match field(&sent, "op") {
        Some(Value::String(name)) => dialect::op(name).ok_or_else(|| {
            let name = quoted(name, SHOWN);
            let detail =
                format!("operation {number}: `op` must be `add`, `remove` or `replace`, not `{name}`");
            Error::new(Kind::InvalidValue, detail)
        })?,
        _ => return Err(syntax(format!("operation {number} needs `op`: `add`, `remove` or `replace`"))),
    };
    let path = match field(&sent, "path") {
        None | Some(Value::Null) => None,
        Some(Value::String(path)) => Some(path.trim().to_owned()).filter(|path| !path.is_empty()),
        Some(_) => {
            return Err(Error::new(
                Kind::InvalidPath,
                format!("operation {number}: `path` must be a string, such as `name.givenName`"),
            ));
        }
    };
    Ok(Operation { op, path, value: field(&sent, "value").cloned() })
}

fn syntax(detail: impl Into<String>) -> Error {
    Error::new(Kind::InvalidSyntax, detail)
}
