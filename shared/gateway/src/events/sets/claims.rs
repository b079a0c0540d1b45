//! The claims of a token: what an event of the log says, in the terms of RFC 9967. Pure.

use directory::clock;
use directory::events::Event;
use directory::subscription::TokenStream;
use scim::event::{
    ACTIVATE, CREATE_FULL, CREATE_NOTICE, Content, DEACTIVATE, DELETE, PATCH_FULL, PATCH_NOTICE, PUT_FULL,
    PUT_NOTICE,
};
use scim::model::resource_type::ResourceType;
use serde_json::{Map, Value, json};

use super::changed::{all, changed};

const PATCH_OP: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/// The claims of the token that reports `event`, issued at `now`, in seconds since 1970. `kind` is the
/// resource's type. `None` for an event that is not about a resource.
#[must_use]
pub fn claims(event: &Event, kind: &ResourceType, stream: &TokenStream, now: i64) -> Option<Value> {
    let resource = &event.resource;
    let events = payloads(event, kind, stream.content)?;
    let mut subject = json!({
        "format": "scim",
        "uri": format!("{}/{}", kind.endpoint, resource.id),
    });
    let attribute = |of: &Option<Value>| of.as_ref().and_then(|of| of.get("externalId")).cloned();
    let external = attribute(&event.data).or_else(|| attribute(&event.previous)).filter(Value::is_string);
    if let (Some(external), Some(subject)) = (external, subject.as_object_mut()) {
        subject.insert("externalId".to_owned(), external);
    }
    let mut claims = json!({
        "iss": stream.issuer,
        "iat": now,
        "jti": event.id,
        "aud": stream.audience,
        // Sorts as the log does.
        "txn": format!("{}:{:016}", event.directory, event.sequence),
        "sub_id": subject,
        "events": events,
    });
    if let (Some(time), Some(claims)) = (clock::read(&event.time), claims.as_object_mut()) {
        claims.insert("toe".to_owned(), time.into());
    }
    Some(claims)
}

/// The claim `events`: payloads by URI.
fn payloads(event: &Event, kind: &ResourceType, content: Content) -> Option<Map<String, Value>> {
    let (noun, what) = event.kind.split_once('.')?;
    if event.kind != "log.incomplete" && noun != event.resource.kind.to_lowercase() {
        return None;
    }
    let nothing = Map::new();
    let object = |of: &Option<Value>| of.as_ref().and_then(Value::as_object).cloned();
    let (data, previous) = (object(&event.data), object(&event.previous));
    // The content of an event about an erased person is gone: the receiver reads the resource, or finds none.
    let content = if data.is_some() { content } else { Content::Notice };
    let data = data.as_ref().unwrap_or(&nothing);
    let payload = match what {
        "created" => created(kind, data, content),
        "updated" => updated(event, kind, &previous.unwrap_or_default(), data, content),
        "enabled" | "disabled" => {
            let mut both = one(if what == "enabled" { ACTIVATE } else { DEACTIVATE }, json!({}));
            both.extend(updated(event, kind, &previous.unwrap_or_default(), data, content));
            both
        }
        "deleted" => one(DELETE, json!({})),
        "members_changed" => members_changed(data, content),
        // Too many to name: the receiver reads the group.
        "members_replaced" => one(PUT_NOTICE, json!({ "attributes": ["members"] })),
        // What changed is not known: the receiver reads the resource.
        "incomplete" => one(PUT_NOTICE, json!({ "attributes": [] })),
        _ => return None,
    };
    Some(payload)
}

fn one(uri: &str, payload: Value) -> Map<String, Value> {
    std::iter::once((uri.to_owned(), payload)).collect()
}

/// `resource` as SCIM shows it: an event of the log does not name the schemas.
fn with_schemas(kind: &ResourceType, resource: &Map<String, Value>) -> Map<String, Value> {
    let extensions = resource.keys().filter(|name| name.contains(':'));
    let schemas: Vec<&String> = std::iter::once(&kind.schema.id).chain(extensions).collect();
    let mut shown = resource.clone();
    shown.insert("schemas".to_owned(), json!(schemas));
    shown
}

fn created(kind: &ResourceType, data: &Map<String, Value>, content: Content) -> Map<String, Value> {
    match content {
        Content::Full => one(CREATE_FULL, json!({ "data": with_schemas(kind, data) })),
        Content::Notice => one(CREATE_NOTICE, json!({ "attributes": all(data) })),
    }
}

/// A change of attributes. A group is patched, because the event does not have its members, and a PUT
/// without members would say that it has none.
fn updated(
    event: &Event,
    kind: &ResourceType,
    previous: &Map<String, Value>,
    data: &Map<String, Value>,
    content: Content,
) -> Map<String, Value> {
    let is_group = event.resource.kind == "Group";
    let changes = changed(previous, data);
    let (uri, mut payload) = match (content, is_group) {
        (Content::Full, false) => (PUT_FULL, json!({ "data": with_schemas(kind, data) })),
        (Content::Full, true) => (PATCH_FULL, patch(changes.into_iter().map(operation).collect())),
        (Content::Notice, _) => {
            let paths: Vec<String> = changes.into_iter().map(|(path, _)| path).collect();
            (if is_group { PATCH_NOTICE } else { PUT_NOTICE }, json!({ "attributes": paths }))
        }
    };
    // The entity tag of a group also counts changes of members, which the event does not know.
    if let (false, Some(version), Some(payload)) = (is_group, event.resource.version, payload.as_object_mut())
    {
        payload.insert("version".to_owned(), format!("W/\"{version}\"").into());
    }
    one(uri, payload)
}

fn operation((path, value): (String, Option<&Value>)) -> Value {
    match value {
        Some(value) => json!({ "op": "replace", "path": path, "value": value }),
        None => json!({ "op": "remove", "path": path }),
    }
}

fn members_changed(data: &Map<String, Value>, content: Content) -> Map<String, Value> {
    if content == Content::Notice {
        return one(PATCH_NOTICE, json!({ "attributes": ["members"] }));
    }
    let ids = |of: &str| data.get(of).and_then(Value::as_array).cloned().unwrap_or_default();
    let removed = ids("removed")
        .into_iter()
        .map(|id| json!({ "op": "remove", "path": format!("members[value eq {id}]") }));
    let added: Vec<Value> = ids("added").into_iter().map(|id| json!({ "value": id })).collect();
    let added = (!added.is_empty()).then(|| json!({ "op": "add", "path": "members", "value": added }));
    one(PATCH_FULL, patch(removed.chain(added).collect()))
}

fn patch(operations: Vec<Value>) -> Value {
    json!({ "data": { "schemas": [PATCH_OP], "Operations": operations } })
}

#[cfg(test)]
mod tests;
