//! Quirks of the bodies of POST and PUT.

use serde_json::{Map, Value};

use super::value::only_element;
use crate::error::Error;
use crate::model::doc::Doc;
use crate::model::resource_type::ResourceType;
use crate::value::shape::{is_empty, mismatch};

/// A PUT without `active` leaves it as it is: Okta's and OneLogin's bodies may lack it,
/// and a user must not be enabled or disabled by what was not said.
pub fn keep_active(kind: &ResourceType, current: &Doc, doc: &mut Doc) {
    let Some(row) = kind.schema.attribute("active") else {
        return;
    };
    if !doc.contains_key(&row.name)
        && let Some(active) = current.get(&row.name)
    {
        doc.insert(row.name.clone(), active.clone());
    }
}

/// The object of the extension `urn`, whether or not `schemas` names it (Entra does not
/// name the custom ones); `None` when it is empty.
///
/// # Errors
/// `InvalidValue` when there is something else than an object.
pub fn extension_object<'v>(urn: &str, sent: &'v Value) -> Result<Option<&'v Map<String, Value>>, Error> {
    let sent = only_element(sent);
    if is_empty(sent) {
        return Ok(None);
    }
    sent.as_object().map(Some).ok_or_else(|| mismatch(urn, "an object", sent))
}
