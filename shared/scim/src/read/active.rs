//! `active` of a user: nothing but an explicit `true` enables one who is disabled.
//!
//! A new user is active unless the body says otherwise. After that, a PUT without `active`,
//! a null, an empty text and a remove leave it as it is: Okta's and OneLogin's bodies may
//! lack it (`active-replace-null.json`, `active-removed.json`).

use serde_json::Value;

use crate::model::attribute::{Attribute, Type};
use crate::model::doc::Doc;
use crate::model::resource_type::ResourceType;
use crate::model::schema::{Schema, USER};

/// Whether `row` of `extension` is the `active` of `kind`.
#[must_use]
pub fn is(kind: &ResourceType, extension: Option<&Schema>, row: &Attribute) -> bool {
    extension.is_none() && switch(kind).is_some_and(|active| active.name == row.name)
}

/// Makes a new user active whose body does not say otherwise.
pub fn default(kind: &ResourceType, doc: &mut Doc) {
    if let Some(row) = switch(kind).filter(|_| kind.schema.is(USER)) {
        doc.entry(row.name.clone()).or_insert(Value::Bool(true));
    }
}

/// Carries over the `active` of `current` to `next`, the body of a PUT that lacks it.
pub fn keep(kind: &ResourceType, current: &Doc, next: &mut Doc) {
    if let Some(row) = switch(kind)
        && !next.contains_key(&row.name)
        && let Some(active) = current.get(&row.name)
    {
        next.insert(row.name.clone(), active.clone());
    }
    default(kind, next);
}

fn switch(kind: &ResourceType) -> Option<&Attribute> {
    kind.schema.attribute("active").filter(|row| row.kind == Type::Boolean && !row.multi_valued)
}
