//! Steps shared by users and groups: find, create, read, change and delete.

use serde_json::Value;

use super::engine::Engine;
use super::failure::Failure;
use super::state::Entry;
use crate::mapping::path::member;
use crate::mapping::{Kind, Objects};
use crate::wire::compose;
use crate::wire::patch::{Change, operations};
use crate::wire::request::{Request, equals};

/// An object of the source, as a step sees it.
pub(crate) struct Object<'a> {
    pub(crate) kind: Kind,
    pub(crate) source: &'a str,
    pub(crate) rows: &'a Objects,
    pub(crate) lookup: &'a (dyn Fn(&str) -> Option<Value> + Sync),
}

/// How an object was linked.
pub(crate) enum Found {
    /// It already existed, with this content.
    Matched(Value),
    /// It was created.
    Created { active: bool },
}

/// The filter for one value of a matching attribute, always without members of groups.
pub(crate) fn question(kind: Kind, attribute: &str, value: &str) -> Request {
    let request = Request::get(kind.endpoint());
    let request = match kind {
        Kind::User => request,
        Kind::Group => request.with("excludedAttributes", "members"),
    };
    request.with("filter", &equals(attribute, value))
}

/// Reads one resource, always without members of groups.
pub(crate) fn read(kind: Kind, id: &str) -> Request {
    let request = Request::get(format!("{}/{id}", kind.endpoint()));
    match kind {
        Kind::User => request,
        Kind::Group => request.with("excludedAttributes", "members"),
    }
}

/// Whether a value of the source equals one of the target. Values are kept as they are sent; a
/// boolean may come back as a text.
pub(crate) fn same(wanted: &Value, there: Option<&Value>) -> bool {
    match (wanted, there) {
        (Value::Bool(flag), Some(Value::String(text))) => text.eq_ignore_ascii_case(&flag.to_string()),
        (wanted, Some(there)) => wanted == there,
        (_, None) => false,
    }
}

impl Object<'_> {
    /// The changes to send to the target. Entra sends no nulls: an attribute that is missing in
    /// the source is not changed.
    pub(crate) fn changes(&self, resource: &Value) -> Vec<Change> {
        let rows = self.rows.values().filter(|row| !row.create_only);
        rows.filter_map(|row| {
            let new = row.value(self.lookup)?;
            let old = row.target.read(resource);
            (!same(&new, old)).then(|| Change { path: row.target.clone(), old: old.cloned(), new })
        })
        .collect()
    }
}

impl Engine {
    /// Finds the object at the target by its matching attributes, one after another.
    pub(crate) async fn find(&self, object: &Object<'_>) -> Result<Option<Value>, Failure> {
        for row in object.rows.matching() {
            let Some(value) = row.value(object.lookup) else { continue };
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let request = question(object.kind, row.target.text(), &value);
            let answer = self.call(&request, &[200]).await?;
            let list = answer.json.as_ref().and_then(|body| member(body, "Resources"));
            let total = answer.json.as_ref().and_then(|body| member(body, "totalResults"));
            let hits = match (list.and_then(Value::as_array), total) {
                (Some(hits), Some(_)) => hits.as_slice(),
                (None, Some(total)) if total == 0 => &[],
                _ => {
                    return Err(Failure::incompatible(
                        "a filter was not answered with a list",
                        &request,
                        &answer,
                    ));
                }
            };
            match hits {
                [] => {}
                [one] => {
                    let there = row.target.read(one).and_then(Value::as_str).unwrap_or_default();
                    if there.to_lowercase() == value.to_lowercase() {
                        return Ok(Some(one.clone()));
                    }
                    let message = format!("the filter for `{value}` was answered with `{there}`");
                    return Err(Failure::incompatible(message, &request, &answer));
                }
                several => {
                    let message = format!("{} objects have the {} `{value}`", several.len(), row.target);
                    return Err(Failure::of("DuplicateTargetEntries", message, &request, Some(&answer)));
                }
            }
        }
        Ok(None)
    }

    /// Links an object that has no id yet: finds it, or creates it. After a lost response it is
    /// searched again, because it may have been created.
    pub(crate) async fn provision(&self, object: &Object<'_>) -> Result<Found, Failure> {
        let mut attempt = 0;
        loop {
            if let Some(resource) = self.find(object).await? {
                let id = id_of(&resource).ok_or_else(|| {
                    let request = Request::get(object.kind.endpoint());
                    Failure::of(
                        super::failure::INCOMPATIBLE,
                        "a resource without `id`".to_owned(),
                        &request,
                        None,
                    )
                })?;
                self.link(object, id);
                return Ok(Found::Matched(resource));
            }
            match self.create(object).await {
                Err(failure) if failure.transient && attempt < self.options.retries => {
                    self.pause(attempt).await;
                    attempt += 1;
                }
                result => return result,
            }
        }
    }

    async fn create(&self, object: &Object<'_>) -> Result<Found, Failure> {
        let values: Vec<_> =
            object.rows.values().filter_map(|row| Some((&row.target, row.value(object.lookup)?))).collect();
        let active =
            !values.iter().any(|(path, value)| path.text() == "active" && *value == Value::Bool(false));
        let body = compose::body(object.kind, object.rows, values);
        let request = Request::post(object.kind.endpoint(), body);
        let answer = self.once(&request, &[201, 200]).await?;
        match answer.json.as_ref().and_then(id_of) {
            Some(id) => {
                self.link(object, id);
                Ok(Found::Created { active })
            }
            None => Err(Failure::incompatible("the answer to a POST has no `id`", &request, &answer)),
        }
    }

    fn link(&self, object: &Object<'_>, id: &str) {
        let (kind, source, target) = (object.kind, object.source.to_owned(), id.to_owned());
        self.store.record(Entry::Link { kind, source, target });
    }

    /// Reads an object by its id.
    pub(crate) async fn get(&self, kind: Kind, id: &str) -> Result<Value, Failure> {
        let request = read(kind, id);
        let answer = self.call(&request, &[200]).await?;
        match answer.json.as_ref().filter(|body| id_of(body) == Some(id)) {
            Some(body) => Ok(body.clone()),
            None => Err(Failure::incompatible(
                "the answer is not the resource that was asked for",
                &request,
                &answer,
            )),
        }
    }

    /// Sends changes, if there are any.
    pub(crate) async fn update(&self, kind: Kind, id: &str, changes: &[Change]) -> Result<(), Failure> {
        if changes.is_empty() {
            return Ok(());
        }
        self.patch(kind, id, operations(self.dialect, changes)).await
    }

    /// Sends operations.
    pub(crate) async fn patch(&self, kind: Kind, id: &str, operations: Vec<Value>) -> Result<(), Failure> {
        let request = Request::patch(format!("{}/{id}", kind.endpoint()), operations);
        let answer = self.call(&request, &[200, 204]).await?;
        if answer.status == 200 && answer.json.is_none() {
            return Err(Failure::incompatible(
                "200 without a resource; without a body it must be 204",
                &request,
                &answer,
            ));
        }
        Ok(())
    }

    /// Deletes an object; a 404 counts as success.
    pub(crate) async fn delete(&self, kind: Kind, source: &str, id: &str) -> Result<(), Failure> {
        let request = Request::delete(format!("{}/{id}", kind.endpoint()));
        self.call(&request, &[204, 200, 202, 404]).await?;
        self.store.record(Entry::Unlink { kind, source: source.to_owned() });
        Ok(())
    }
}

/// The id of a resource.
pub(crate) fn id_of(resource: &Value) -> Option<&str> {
    resource.get("id").and_then(Value::as_str).filter(|id| !id.is_empty())
}
