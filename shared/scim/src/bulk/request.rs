//! The body of a bulk request (RFC 7644 §3.7).

use std::collections::HashMap;

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use super::MAX_OPERATIONS;
use crate::error::{Error, Kind};
use crate::json::field;

/// The longest `bulkId`, in bytes. The response repeats all of them, a thousand at most.
pub const MAX_BULK_ID: usize = 256;
/// The longest `path`, in bytes.
pub const MAX_PATH: usize = 512;

/// A bulk request.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// The number of errors after which to stop; `None` is never.
    pub fail_on_errors: Option<usize>,
    /// The operations, in order.
    pub operations: Vec<Operation>,
}

/// One operation, as sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Operation {
    /// Its method as written, which the response repeats; `None` if it is not a method.
    pub named: Option<String>,
    /// The client's name for it, unless it is too long.
    pub bulk_id: Option<String>,
    /// The task, or why it cannot be read.
    pub task: Result<Task, Error>,
}

impl Operation {
    /// Whether it is a POST, even one that cannot be read.
    #[must_use]
    pub fn is_post(&self) -> bool {
        match (&self.task, &self.named) {
            (Ok(task), _) => task.method == Method::Post,
            (Err(_), Some(named)) => Method::named(named) == Some(Method::Post),
            (Err(_), None) => false,
        }
    }
}

/// The task of an operation.
#[derive(Debug, Clone, PartialEq)]
pub struct Task {
    /// The method.
    pub method: Method,
    /// The endpoint, such as `/Users`.
    pub endpoint: String,
    /// The id of the resource, decoded; `None` for a POST only.
    pub id: Option<String>,
    /// The version that the resource must have.
    pub version: Option<String>,
    /// The body; null for a DELETE.
    pub data: Value,
}

/// The method of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Creates a resource.
    Post,
    /// Replaces a resource.
    Put,
    /// Changes a resource.
    Patch,
    /// Deletes a resource.
    Delete,
}

impl Method {
    /// The method called `name`, in any letter case.
    fn named(name: &str) -> Option<Self> {
        let all =
            [("POST", Self::Post), ("PUT", Self::Put), ("PATCH", Self::Patch), ("DELETE", Self::Delete)];
        all.into_iter().find(|(word, _)| word.eq_ignore_ascii_case(name)).map(|(_, method)| method)
    }
}

/// Reads a body. Its `schemas` are not checked.
///
/// # Errors
/// `InvalidSyntax` if it is not an object with a list of operations, `InvalidValue` if
/// `failOnErrors` is not an integer of at least 1, `PayloadTooLarge` for more than
/// [`MAX_OPERATIONS`]. The error of one operation is stored with it.
pub fn parse(body: Value) -> Result<Request, Error> {
    let Value::Object(mut body) = body else {
        return Err(syntax("the body of a bulk request must be a JSON object"));
    };
    let fail_on_errors = match field(&body, "failOnErrors") {
        None | Some(Value::Null) => None,
        Some(sent) => Some(sent.as_u64().filter(|most| *most > 0).ok_or_else(|| {
            Error::new(
                Kind::InvalidValue,
                "`failOnErrors` must be an integer of at least 1: leave it out to try all operations",
            )
        })?),
    };
    let key = body.keys().find(|key| key.eq_ignore_ascii_case("operations")).cloned();
    let Some(Value::Array(operations)) = key.and_then(|key| body.shift_remove(&key)) else {
        return Err(syntax("`Operations` is missing: send a list of operations"));
    };
    if operations.len() > MAX_OPERATIONS {
        let detail = format!(
            "the request holds {} operations, more than maxOperations ({MAX_OPERATIONS}): send the others in \
             another request",
            operations.len()
        );
        return Err(Error::new(Kind::PayloadTooLarge, detail));
    }
    let mut operations: Vec<Operation> = operations.into_iter().map(operation).collect();
    refuse_shared_ids(&mut operations);
    Ok(Request {
        fail_on_errors: fail_on_errors.map(|most| usize::try_from(most).unwrap_or(usize::MAX)),
        operations,
    })
}

/// Refuses creates that share a `bulkId`: references to it are ambiguous.
fn refuse_shared_ids(operations: &mut [Operation]) {
    let mut owners: HashMap<String, Vec<usize>> = HashMap::new();
    for (index, operation) in operations.iter().enumerate() {
        if let (Some(id), Ok(Task { method: Method::Post, .. })) = (&operation.bulk_id, &operation.task) {
            owners.entry(id.clone()).or_default().push(index);
        }
    }
    for index in owners.into_values().filter(|owners| owners.len() > 1).flatten() {
        if let Some(operation) = operations.get_mut(index) {
            operation.task = Err(Error::new(
                Kind::InvalidValue,
                "another POST of this request has the same `bulkId`: send a different one for each",
            ));
        }
    }
}

fn operation(sent: Value) -> Operation {
    let Value::Object(mut sent) = sent else {
        let task = Err(syntax("an operation must be an object with `method`, `path` and `data`"));
        return Operation { named: None, bulk_id: None, task };
    };
    let text = |name| field(&sent, name).and_then(Value::as_str).map(str::to_owned);
    let (named, bulk_id) = (text("method"), text("bulkId"));
    let task = task(&mut sent, named.as_deref(), bulk_id.as_deref());
    Operation {
        named: named.filter(|name| Method::named(name).is_some()),
        bulk_id: bulk_id.filter(|id| id.len() <= MAX_BULK_ID),
        task,
    }
}

fn task(sent: &mut Map<String, Value>, named: Option<&str>, bulk_id: Option<&str>) -> Result<Task, Error> {
    let method =
        named.ok_or_else(|| syntax("`method` is missing: send `POST`, `PUT`, `PATCH` or `DELETE`"))?;
    let method = Method::named(method).ok_or_else(|| {
        Error::new(Kind::InvalidValue, "`method` must be `POST`, `PUT`, `PATCH` or `DELETE`")
    })?;
    if method == Method::Post && bulk_id.is_none_or(str::is_empty) {
        return Err(syntax("`bulkId` is missing: send a name that is unique within the request"));
    }
    if bulk_id.is_some_and(|id| id.len() > MAX_BULK_ID) {
        let detail = format!("a `bulkId` may have {MAX_BULK_ID} bytes: send a shorter one");
        return Err(Error::new(Kind::InvalidValue, detail));
    }
    let version = match field(sent, "version") {
        None | Some(Value::Null) => None,
        Some(Value::String(version)) => Some(version.clone()).filter(|_| method != Method::Post),
        Some(_) => return Err(syntax("`version` must be a string, such as `W/\"3\"`")),
    };
    let Some(Value::String(path)) = field(sent, "path") else {
        return Err(syntax("`path` is missing: send `/Users` or `/Users/<id>`, for example"));
    };
    if path.len() > MAX_PATH {
        return Err(Error::new(
            Kind::InvalidValue,
            format!("a `path` may have {MAX_PATH} bytes: send an endpoint and an id only"),
        ));
    }
    let (endpoint, id) = endpoint_and_id(path)?;
    match (method, &id) {
        (Method::Post, Some(_)) => {
            let detail = format!("a POST goes to an endpoint: `path` must be `{endpoint}`");
            return Err(Error::new(Kind::MethodNotAllowed, detail));
        }
        (Method::Put | Method::Patch | Method::Delete, None) => {
            let detail = format!("only a POST goes to an endpoint: `path` must be `{endpoint}/<id>`");
            return Err(Error::new(Kind::MethodNotAllowed, detail));
        }
        _ => {}
    }
    let key = sent.keys().find(|key| key.eq_ignore_ascii_case("data")).cloned();
    let data = match (method, key.and_then(|key| sent.shift_remove(&key))) {
        (Method::Delete, _) => Value::Null,
        (_, None | Some(Value::Null)) => {
            return Err(syntax("`data` is missing: send the body of the POST, PUT or PATCH"));
        }
        // A bare list, as printed in RFC 7644 §3.7.3.
        (Method::Patch, Some(Value::Array(list))) => {
            Value::Object(Map::from_iter([("Operations".to_owned(), Value::Array(list))]))
        }
        (_, Some(data)) => data,
    };
    Ok(Task { method, endpoint, id, version, data })
}

/// The endpoint and the id in `path`, which may be a complete URL.
fn endpoint_and_id(path: &str) -> Result<(String, Option<String>), Error> {
    let relative = path.split_once("/scim/v2/").map_or(path, |(_, relative)| relative);
    if relative.contains(['?', '#']) {
        return Err(Error::new(
            Kind::InvalidValue,
            "`path` must not have a query: send an endpoint and an id only",
        ));
    }
    let mut segments = relative.split('/').filter(|segment| !segment.is_empty());
    let Some(endpoint) = segments.next() else {
        return Err(Error::new(Kind::InvalidValue, "`path` must begin with an endpoint, such as `/Users`"));
    };
    let id = segments.next().map(|id| percent_decode_str(id).decode_utf8_lossy().into_owned());
    if segments.next().is_some() {
        return Err(Error::new(Kind::NotFound, "`path` must end after the endpoint and the id"));
    }
    Ok((format!("/{endpoint}"), id))
}

fn syntax(detail: impl Into<String>) -> Error {
    Error::new(Kind::InvalidSyntax, detail)
}
