//! How clients write bodies: each quirk is one pure function.
//!
//! The twin of [`value::dialect`](crate::value::dialect), about values, and of
//! [`patch::dialect`](crate::patch::dialect), about operations.

use serde_json::{Map, Value};

use crate::error::Error;
use crate::model::doc::Doc;
use crate::model::resource_type::ResourceType;
use crate::value::dialect::only_element;
use crate::value::{is_empty, wrong};

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
    sent.as_object().map(Some).ok_or_else(|| wrong(urn, "an object", sent))
}
