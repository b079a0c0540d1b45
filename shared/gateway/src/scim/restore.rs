//! A POST for an inactive user who exists.
//!
//! When a deactivated user comes back, Okta creates the user again; a 409 would lock that person
//! out forever. The user keeps the id, and with it all memberships.

use std::sync::Arc;

use directory::Wants;
use directory::error::Error as StoreError;
use directory::query::{MAX_CANDIDATES, PageStart, Part, Query};
use directory::resource::existing::Existing;
use directory::resource::stored::Resource;
use scim::filter::compile::compile;
use scim::model::doc::Doc;
use serde_json::Value;

use super::call::Call;
use crate::http::error::Failure;

/// Restores the inactive user who has the same `attribute` as `doc`, a body in its normal form.
/// `None` if no user has it, or several: which one is meant is not known then.
///
/// The user gets the attributes of the body, as by PUT, and is active unless the body says
/// otherwise. A bulk request restores no user: its references to the new user are resolved to
/// another id already.
///
/// # Errors
/// As a PUT's.
pub async fn restore(call: &Call, doc: &Doc, attribute: &str) -> Result<Option<Resource>, Failure> {
    let Some(value) = doc.get(attribute).and_then(Value::as_str) else { return Ok(None) };
    let Some(user) = inactive(call, attribute, value).await? else { return Ok(None) };
    // Only the version that was inactive: another request may have restored the user meanwhile.
    let restored = call.scope.take_over(&call.kind, &user, doc, &Existing::Restore, call.wants(true)).await;
    match restored {
        Ok(restored) => Ok(Some(restored)),
        Err(StoreError::PreconditionFailed | StoreError::NotFound) => Ok(None),
        Err(error) => Err(call.failure(Some(&user.id), error)),
    }
}

async fn inactive(call: &Call, attribute: &str, value: &str) -> Result<Option<Resource>, Failure> {
    let Ok([user]) = <[Resource; 1]>::try_from(having(call, attribute, value).await?) else {
        return Ok(None);
    };
    Ok(Some(user).filter(|user| user.doc.get("active") == Some(&Value::Bool(false))))
}

/// The users who have this value of `attribute`, at most ten.
pub(super) async fn having(call: &Call, attribute: &str, value: &str) -> Result<Vec<Resource>, Failure> {
    let filter = compile(&format!("{attribute} eq {}", Value::from(value)), &call.kind).ok();
    if filter.is_none() {
        return Ok(Vec::new());
    }
    let (kind, wants) = (Arc::clone(&call.kind), Wants::default());
    let part = Part { kind, filter, sort: None, wants, projection: None };
    let query = Query {
        parts: vec![part],
        order: None,
        start: PageStart::Index(1),
        count: 10,
        base: call.base.to_string(),
        max_candidates: MAX_CANDIDATES,
    };
    let page = call.scope.list(&query).await.map_err(|e| call.failure(None, e))?;
    Ok(page.resources.into_iter().map(|(_, user)| user).collect())
}
