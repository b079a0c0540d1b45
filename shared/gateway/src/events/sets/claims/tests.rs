#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on has failed")]

use super::*;

const ISSUER: &str = "https://scim.example.com";
const RECEIVER: &str = "https://receiver.example.com/sets";
const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// An event of the log: `more` replaces or adds attributes.
fn event(kind: &str, resource: Value, more: Value) -> Event {
    let mut event = json!({
        "id": "evt_1", "sequence": 4711, "type": kind, "time": "2026-11-29T09:30:12.345Z",
        "directory": "acme", "resource": resource,
    });
    event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    serde_json::from_value(event).unwrap()
}

fn user() -> Value {
    json!({ "type": "User", "id": "u1", "version": 7 })
}

fn group() -> Value {
    json!({ "type": "Group", "id": "g1", "version": 2 })
}

fn token(event: &Event, content: Content) -> Option<Value> {
    let stream = TokenStream { issuer: ISSUER.to_owned(), audience: RECEIVER.to_owned(), content };
    let kind = if event.resource.kind == "Group" { ResourceType::group() } else { ResourceType::user() };
    claims(event, &kind, &stream, 1_796_000_000)
}

/// `resource` as it is in a token.
fn with(schemas: &[&str], resource: &Value) -> Value {
    let mut shown = resource.clone();
    shown["schemas"] = json!(schemas);
    shown
}

/// The claim `events` of both forms.
fn both(event: &Event) -> (Value, Value) {
    let events = |content| token(event, content).unwrap()["events"].clone();
    (events(Content::Full), events(Content::Notice))
}

#[test]
fn a_token_names_its_issuer_its_receiver_its_subject_and_its_event() {
    let data = json!({ "id": "u1", "externalId": "jdoe", "userName": "ann" });
    let created = event("user.created", user(), json!({ "data": data }));
    assert_eq!(
        token(&created, Content::Full).unwrap(),
        json!({
            "iss": ISSUER,
            "iat": 1_796_000_000,
            "jti": "evt_1",
            "aud": RECEIVER,
            "txn": "acme:0000000000004711",
            "sub_id": { "format": "scim", "uri": "/Users/u1", "externalId": "jdoe" },
            "events": { "urn:ietf:params:scim:event:prov:create:full": { "data": with(&[USER], &data) } },
            "toe": 1_795_944_612,
        })
    );
}

/// Figures 4 and 5 of RFC 9967.
#[test]
fn a_creation_has_the_resource_or_the_names_of_its_attributes() {
    let data = json!({
        "id": "u1", "meta": { "resourceType": "User" }, "userName": "jdoe", "name": { "givenName": "John" },
        ENTERPRISE: { "department": "Tours" },
    });
    let (full, notice) = both(&event("user.created", user(), json!({ "data": data })));
    assert_eq!(full, json!({ CREATE_FULL: { "data": with(&[USER, ENTERPRISE], &data) } }));
    let attributes = json!(["id", "userName", "name", format!("{ENTERPRISE}:department")]);
    assert_eq!(notice, json!({ CREATE_NOTICE: { "attributes": attributes } }));
}

/// Figures 8 and 9 of RFC 9967.
#[test]
fn a_changed_user_is_put() {
    let data = json!({ "id": "u1", "userName": "jdoe", "title": "Cook" });
    let previous = json!({ "title": null, "nickName": "J" });
    let (full, notice) = both(&event("user.updated", user(), json!({ "data": data, "previous": previous })));
    assert_eq!(full, json!({ PUT_FULL: { "data": with(&[USER], &data), "version": "W/\"7\"" } }));
    assert_eq!(notice, json!({ PUT_NOTICE: { "attributes": ["title", "nickName"], "version": "W/\"7\"" } }));
}

#[test]
fn disabling_and_enabling_come_with_the_change() {
    for (kind, uri, active) in [("user.disabled", DEACTIVATE, false), ("user.enabled", ACTIVATE, true)] {
        let data = json!({ "id": "u1", "active": active });
        let previous = json!({ "active": !active });
        let (full, notice) = both(&event(kind, user(), json!({ "data": data, "previous": previous })));
        assert_eq!(
            full,
            json!({ uri: {}, PUT_FULL: { "data": with(&[USER], &data), "version": "W/\"7\"" } })
        );
        let attributes = json!({ "attributes": ["active"], "version": "W/\"7\"" });
        assert_eq!(notice, json!({ uri: {}, PUT_NOTICE: attributes }));
    }
}

/// Figure 10 of RFC 9967.
#[test]
fn a_deletion_has_no_content_and_names_the_external_id() {
    let deleted = event("user.deleted", user(), json!({ "previous": { "id": "u1", "externalId": "jdoe" } }));
    let (full, notice) = both(&deleted);
    assert_eq!(full, json!({ DELETE: {} }));
    assert_eq!(notice, full);
    assert_eq!(token(&deleted, Content::Notice).unwrap()["sub_id"]["externalId"], "jdoe");
}

#[test]
fn a_changed_group_is_patched() {
    let data = json!({ "id": "g1", "displayName": "Cooks" });
    let previous = json!({ "displayName": "Kitchen", "externalId": "k" });
    let (full, notice) =
        both(&event("group.updated", group(), json!({ "data": data, "previous": previous })));
    let operations = json!([
        { "op": "replace", "path": "displayName", "value": "Cooks" },
        { "op": "remove", "path": "externalId" },
    ]);
    let data = json!({ "schemas": [PATCH_OP], "Operations": operations });
    assert_eq!(full, json!({ PATCH_FULL: { "data": data } }));
    assert_eq!(notice, json!({ PATCH_NOTICE: { "attributes": ["displayName", "externalId"] } }));
}

/// Figures 6 and 7 of RFC 9967.
#[test]
fn members_are_added_and_removed() {
    let resource = json!({ "type": "Group", "id": "g1" });
    let data = json!({ "added": ["u1", "u2"], "removed": ["u3", "u4"] });
    let changed = event("group.members_changed", resource.clone(), json!({ "data": data }));
    let (full, notice) = both(&changed);
    let operations = json!([
        { "op": "remove", "path": "members[value eq \"u3\"]" },
        { "op": "remove", "path": "members[value eq \"u4\"]" },
        { "op": "add", "path": "members", "value": [{ "value": "u1" }, { "value": "u2" }] },
    ]);
    assert_eq!(full, json!({ PATCH_FULL: { "data": { "schemas": [PATCH_OP], "Operations": operations } } }));
    assert_eq!(notice, json!({ PATCH_NOTICE: { "attributes": ["members"] } }));
    assert_eq!(
        token(&changed, Content::Full).unwrap()["sub_id"],
        json!({ "format": "scim", "uri": "/Groups/g1" })
    );
    let (full, notice) = both(&event("group.members_replaced", resource, json!({})));
    assert_eq!(full, json!({ PUT_NOTICE: { "attributes": ["members"] } }));
    assert_eq!(notice, full);
}

#[test]
fn an_event_without_its_content_has_a_notice() {
    for (kind, uri) in [("user.created", CREATE_NOTICE), ("user.updated", PUT_NOTICE)] {
        let (full, _) = both(&event(kind, user(), json!({})));
        assert_eq!(full[uri]["attributes"], json!([]), "{full}");
    }
}

#[test]
fn a_change_that_is_not_known_names_no_attribute() {
    let (full, notice) = both(&event("log.incomplete", user(), json!({})));
    assert_eq!(full, json!({ PUT_NOTICE: { "attributes": [] } }));
    assert_eq!(notice, full);
}

#[test]
fn what_is_not_about_a_resource_has_no_token() {
    for kind in ["credential.created", "directory.erased", "user.snapshot", "other"] {
        assert_eq!(token(&event(kind, user(), json!({})), Content::Full), None, "{kind}");
    }
}
