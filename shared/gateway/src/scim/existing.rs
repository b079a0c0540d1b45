//! A POST for a user who exists: an imported one, who is adopted, or an inactive one, who is restored
//! ([`directory::resource::existing`]).
//!
//! When a deactivated user comes back, Okta creates the user again; a 409 would lock that person
//! out forever. The user keeps the id, and with it all memberships.
//!
//! A bulk request does neither: its references to the new user are resolved to another id already.

use std::sync::Arc;

use directory::Wants;
use directory::error::Error as StoreError;
use directory::query::{MAX_CANDIDATES, PageStart, Part, Query};
use directory::resource::existing::{Existing, texts};
use directory::resource::stored::Resource;
use scim::filter::compile::compile;
use scim::model::doc::Doc;
use serde_json::Value;

use super::call::Call;
use crate::http::error::Failure;

/// Links the imported user that `doc`, a body in its normal form, describes. `None` if there is none,
/// or if the directory's settings do not ask for it.
///
/// The attributes of the setting are tried in their order. The first one that finds imported users
/// without a client decides: a single user is linked; of several, none is.
///
/// # Errors
/// As a PATCH's.
pub async fn adopt(call: &Call, doc: &Doc) -> Result<Option<Resource>, Failure> {
    if call.kind.name != "User" {
        return Ok(None);
    }
    for attribute in call.adopt.by() {
        let mut found: Vec<Resource> = Vec::new();
        for value in texts(attribute, doc) {
            for user in having(call, attribute, value).await? {
                let adoptable = call.scope.adoptable(&call.kind, &user.id).await;
                let adoptable = adoptable.map_err(|e| call.failure(Some(&user.id), e))?;
                found.extend(adoptable.filter(|user| !found.iter().any(|known| known.id == user.id)));
            }
        }
        match found.as_slice() {
            [] => {}
            [user] => return take_over(call, user, doc, &Existing::Adopt(call.adopt.clone())).await,
            _ => return Ok(None),
        }
    }
    Ok(None)
}

/// Restores the inactive user who has the same `attribute` as `doc`, a body in its normal form.
/// `None` if no user has it, or several: which one is meant is not known then.
///
/// The user gets the attributes of the body, as by PUT, and is active unless the body says
/// otherwise.
///
/// # Errors
/// As a PUT's.
pub async fn restore(call: &Call, doc: &Doc, attribute: &str) -> Result<Option<Resource>, Failure> {
    let Some(value) = doc.get(attribute).and_then(Value::as_str) else { return Ok(None) };
    match having(call, attribute, value).await?.as_slice() {
        [user] if user.doc.get("active") == Some(&Value::Bool(false)) => {
            take_over(call, user, doc, &Existing::Restore).await
        }
        _ => Ok(None),
    }
}

/// Takes `user` over as `existing` says. `None` if another request changed the user meanwhile: that
/// request was faster.
async fn take_over(
    call: &Call,
    user: &Resource,
    doc: &Doc,
    existing: &Existing,
) -> Result<Option<Resource>, Failure> {
    match call.scope.take_over(&call.kind, user, doc, existing, call.wants(true)).await {
        Ok(user) => Ok(Some(user)),
        Err(StoreError::PreconditionFailed | StoreError::NotFound) => Ok(None),
        Err(error) => Err(call.failure(Some(&user.id), error)),
    }
}

/// The users who have this value of `attribute`, at most ten.
async fn having(call: &Call, attribute: &str, value: &str) -> Result<Vec<Resource>, Failure> {
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
        allowance: call.allowance,
    };
    let page = call.scope.list(&query).await.map_err(|e| call.failure(None, e))?;
    Ok(page.resources.into_iter().map(|(_, user)| user).collect())
}
