//! The body of a bulk request (RFC 7644 §3.7).

use std::collections::HashMap;

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use super::MAX_OPERATIONS;
use crate::error::{Error, Kind};
use crate::json::field;

/// As long as a `bulkId` may be, in bytes. All are given back, and a thousand of them must
/// fit an answer.
pub const MAX_BULK_ID: usize = 256;
/// As long as a `path` may be, in bytes.
pub const MAX_PATH: usize = 512;

/// A bulk request.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// After how many errors to stop; `None` is never.
    pub fail_on_errors: Option<usize>,
    /// What to do.
    pub operations: Vec<Operation>,
}

/// One operation as it was sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Operation {
    /// Its method as it was written, to be repeated in the answer, unless it is none.
    pub named: Option<String>,
    /// The client's name for it, unless it is too long.
    pub bulk_id: Option<String>,
    /// What it asks for, or why nobody can tell.
    pub task: Result<Task, Error>,
}

impl Operation {
    /// Whether it is a POST, or would be one if nothing else were wrong with it.
    #[must_use]
    pub fn is_post(&self) -> bool {
        match (&self.task, &self.named) {
            (Ok(task), _) => task.method == Method::Post,
            (Err(_), Some(named)) => Method::named(named) == Some(Method::Post),
            (Err(_), None) => false,
        }
    }
}

/// What an operation asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct Task {
    /// How.
    pub method: Method,
    /// The endpoint, such as `/Users`.
    pub endpoint: String,
    /// The resource there, decoded; `None` exactly for a POST.
    pub id: Option<String>,
    /// The version that the resource must be at.
    pub version: Option<String>,
    /// The body; null for a DELETE.
    pub data: Value,
}

/// What an operation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Creates a resource.
    Post,
    /// Replaces one.
    Put,
    /// Changes one.
    Patch,
    /// Deletes one.
    Delete,
}

impl Method {
    /// The one spelled `name`, in any letter case.
    fn named(name: &str) -> Option<Self> {
        let all =
            [("POST", Self::Post), ("PUT", Self::Put), ("PATCH", Self::Patch), ("DELETE", Self::Delete)];
        all.into_iter().find(|(word, _)| word.eq_ignore_ascii_case(name)).map(|(_, method)| method)
    }
}

/// Reads a body. Its `schemas` are not looked at.
///
/// # Errors
/// `InvalidSyntax` when it is not an object with a list of operations, `InvalidValue` for a
/// `failOnErrors` that is no number from 1 on, `PayloadTooLarge` for more than
/// [`MAX_OPERATIONS`]. What is wrong with one operation is kept with it.
pub fn parse(body: Value) -> Result<Request, Error> {
    let Value::Object(mut body) = body else {
        return Err(syntax("the body of a bulk request must be a JSON object"));
    };
    let fail_on_errors = match field(&body, "failOnErrors") {
        None | Some(Value::Null) => None,
        Some(sent) => Some(sent.as_u64().filter(|most| *most > 0).ok_or_else(|| {
            Error::new(Kind::InvalidValue, "`failOnErrors` must be a whole number from 1 on")
        })?),
    };
    let key = body.keys().find(|key| key.eq_ignore_ascii_case("operations")).cloned();
    let Some(Value::Array(operations)) = key.and_then(|key| body.shift_remove(&key)) else {
        return Err(syntax("the body of a bulk request needs `Operations`, a list of operations"));
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

/// A `bulkId` that several creates have names none of them.
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
                "another POST of this request has the same `bulkId`: each needs its own",
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
        named.ok_or_else(|| syntax("an operation needs `method`: `POST`, `PUT`, `PATCH` or `DELETE`"))?;
    let method = Method::named(method).ok_or_else(|| {
        Error::new(Kind::InvalidValue, "`method` must be `POST`, `PUT`, `PATCH` or `DELETE`")
    })?;
    if method == Method::Post && bulk_id.is_none_or(str::is_empty) {
        return Err(syntax("a POST needs `bulkId`, a name of its own within the request"));
    }
    if bulk_id.is_some_and(|id| id.len() > MAX_BULK_ID) {
        let detail = format!("a `bulkId` has at most {MAX_BULK_ID} bytes");
        return Err(Error::new(Kind::InvalidValue, detail));
    }
    let version = match field(sent, "version") {
        None | Some(Value::Null) => None,
        Some(Value::String(version)) => Some(version.clone()).filter(|_| method != Method::Post),
        Some(_) => return Err(syntax("`version` must be a string, such as `W/\"3\"`")),
    };
    let Some(Value::String(path)) = field(sent, "path") else {
        return Err(syntax("an operation needs `path`, such as `/Users` or `/Users/<id>`"));
    };
    if path.len() > MAX_PATH {
        return Err(Error::new(Kind::InvalidValue, format!("a `path` has at most {MAX_PATH} bytes")));
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
            return Err(syntax(
                "a POST, PUT or PATCH needs `data`: what would be the body of a single request",
            ));
        }
        // The list alone, as RFC 7644 §3.7.3 prints it.
        (Method::Patch, Some(Value::Array(list))) => {
            Value::Object(Map::from_iter([("Operations".to_owned(), Value::Array(list))]))
        }
        (_, Some(data)) => data,
    };
    Ok(Task { method, endpoint, id, version, data })
}

/// The endpoint and the id in `path`, which may also be a whole URL.
fn endpoint_and_id(path: &str) -> Result<(String, Option<String>), Error> {
    let relative = path.split_once("/scim/v2/").map_or(path, |(_, relative)| relative);
    if relative.contains(['?', '#']) {
        return Err(Error::new(Kind::InvalidValue, "`path` takes no query: only an endpoint and an id"));
    }
    let mut segments = relative.split('/').filter(|segment| !segment.is_empty());
    let Some(endpoint) = segments.next() else {
        return Err(Error::new(Kind::InvalidValue, "`path` must begin with an endpoint, such as `/Users`"));
    };
    let id = segments.next().map(|id| percent_decode_str(id).decode_utf8_lossy().into_owned());
    if segments.next().is_some() {
        return Err(Error::new(Kind::NotFound, "`path` has nothing behind an endpoint and an id"));
    }
    Ok((format!("/{endpoint}"), id))
}

fn syntax(detail: impl Into<String>) -> Error {
    Error::new(Kind::InvalidSyntax, detail)
}
