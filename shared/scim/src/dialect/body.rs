//! Quirks of the bodies of POST and PUT.

use serde_json::{Map, Value};

use super::value::only_element;
use crate::error::Error;
use crate::value::shape::{is_empty, mismatch};

/// The object of the extension `urn`, even if `schemas` does not list it (Entra does not list
/// custom extensions); `None` if it is empty.
///
/// # Errors
/// `InvalidValue` if `sent` is not an object.
pub fn extension_object<'v>(urn: &str, sent: &'v Value) -> Result<Option<&'v Map<String, Value>>, Error> {
    let sent = only_element(sent);
    if is_empty(sent) {
        return Ok(None);
    }
    sent.as_object().map(Some).ok_or_else(|| mismatch(urn, "an object", sent))
}
