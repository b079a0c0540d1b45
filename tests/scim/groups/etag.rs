//! Versions of groups: they move with attributes and with members (RFC 7644 §3.14).

use serde_json::json;
use tests::endpoint::Endpoint;
use tests::names::unique;
use tests::people::group;

#[test]
fn members_and_attributes_move_the_version_and_no_ops_do_not() {
    let scim = Endpoint::shared();
    let path = format!("/Groups/{}", scim.create_group(&unique(), &["a".to_owned()]));
    let mut last = scim.get(&path).send();
    let change = |operation: serde_json::Value| {
        let answer = scim.patch(&path, &json!([operation])).send();
        assert_eq!(answer.expect(200).etag(), scim.get(&path).send().etag());
        answer
    };
    for operation in [
        json!({ "op": "add", "path": "members", "value": [{ "value": "b" }] }),
        json!({ "op": "replace", "path": "displayName", "value": unique() }),
        json!({ "op": "remove", "path": "members[value eq \"b\"]" }),
        json!({ "op": "replace", "path": "members", "value": [{ "value": "c" }] }),
        json!({ "op": "remove", "path": "members" }),
    ] {
        let moved = change(operation.clone());
        assert_ne!(moved.etag(), last.etag(), "{operation}");
        assert!(moved.modified() >= last.modified(), "{operation}");
        assert_eq!(moved.json()["meta"]["version"], json!(moved.etag()));
        last = moved;
    }
    for operation in [
        json!({ "op": "remove", "path": "members[value eq \"stranger\"]" }),
        json!({ "op": "remove", "path": "members", "value": [{ "value": "stranger" }] }),
        json!({ "op": "add", "path": "members", "value": [] }),
    ] {
        let same = change(operation.clone());
        assert_eq!((same.etag(), same.modified()), (last.etag(), last.modified()), "{operation}");
    }
}

#[test]
fn an_add_of_a_member_who_is_there_changes_nothing() {
    let scim = Endpoint::shared();
    let path = format!("/Groups/{}", scim.create_group(&unique(), &["a".to_owned()]));
    let before = scim.get(&path).send();
    let again =
        scim.patch(&path, &json!([{ "op": "add", "path": "members", "value": [{ "value": "a" }] }])).send();
    assert_eq!(again.expect(200).json(), before.json());
}

#[test]
fn if_match_covers_members_and_attributes() {
    let (scim, name) = (Endpoint::shared(), unique());
    let path = format!("/Groups/{}", scim.create_group(&name, &["a".to_owned()]));
    let stale = scim.get(&path).send().etag();
    let add = json!([{ "op": "add", "path": "members", "value": [{ "value": "b" }] }]);
    scim.patch(&path, &add).header("if-match", &stale).send().expect(200);
    let rename = json!([{ "op": "replace", "path": "displayName", "value": unique() }]);
    let more = json!([{ "op": "add", "path": "members", "value": [{ "value": "c" }] }]);
    for operations in [&rename, &more, &add] {
        scim.patch(&path, operations).header("if-match", &stale).send().error(412, "");
    }
    scim.put(&path, &group(&name, &json!({}))).header("if-match", &stale).send().error(412, "");
    scim.delete(&path).header("if-match", &stale).send().error(412, "");
    assert_eq!(scim.get(&path).send().members(), ["a", "b"]);
    scim.get(&path).header("if-none-match", &stale).send().expect(200);
    let fresh = scim.get(&path).send().etag();
    scim.get(&path).header("if-none-match", &fresh).send().expect(304);
    scim.patch(&path, &more).header("if-match", &fresh).send().expect(200);
    let fresh = scim.get(&path).send().etag();
    scim.delete(&path).header("if-match", &fresh).send().expect(204);
}

#[test]
fn if_none_match_covers_members_and_attributes() {
    let (scim, name) = (Endpoint::shared(), unique());
    let path = format!("/Groups/{}", scim.create_group(&name, &["a".to_owned()]));
    let etag = scim.get(&path).send().etag();
    let add = json!([{ "op": "add", "path": "members", "value": [{ "value": "b" }] }]);
    let rename = json!([{ "op": "replace", "path": "displayName", "value": unique() }]);
    for tags in [etag.as_str(), "*"] {
        scim.patch(&path, &add).header("if-none-match", tags).send().error(412, "");
        scim.patch(&path, &rename).header("if-none-match", tags).send().error(412, "");
        scim.put(&path, &group(&name, &json!({}))).header("if-none-match", tags).send().error(412, "");
        scim.delete(&path).header("if-none-match", tags).send().error(412, "");
    }
    assert_eq!(scim.get(&path).send().etag(), etag);
    scim.patch(&path, &add).header("if-none-match", "W/\"9.9\"").send().expect(200);
    scim.patch(&path, &rename).header("if-none-match", &etag).send().expect(200);
    assert_eq!(scim.get(&path).send().members(), ["a", "b"]);
}

#[test]
fn an_answer_without_a_body_has_the_version() {
    let scim = Endpoint::shared();
    let members: Vec<String> = (0..150).map(|n| n.to_string()).collect();
    let path = format!("/Groups/{}", scim.create_group(&unique(), &members));
    let add = json!([{ "op": "add", "path": "members", "value": [{ "value": "x" }] }]);
    let answer = scim.patch(&path, &add).send();
    assert_eq!(answer.expect(204).etag(), scim.get(&path).send().etag());
    assert_eq!(answer.header("location"), Some(&*format!("{}{path}", scim.base())));
}
