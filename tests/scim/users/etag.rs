//! Versions of users (RFC 7644 §3.14).

use serde_json::json;
use tests::endpoint::Endpoint;
use tests::names::unique;
use tests::people::user;

#[test]
fn a_change_moves_the_version_and_a_no_op_does_not() {
    let scim = Endpoint::shared();
    let path = format!("/Users/{}", scim.create_user(&unique(), &json!({ "title": "Guide" })));
    let before = scim.get(&path).send();
    for value in [json!("Guide"), json!(["Guide"])] {
        let same = scim.patch(&path, &json!([{ "op": "Replace", "path": "title", "value": value }])).send();
        assert_eq!(same.expect(200).etag(), before.etag(), "{same}");
        assert_eq!(same.modified(), before.modified(), "{same}");
    }
    let changed = scim.patch(&path, &json!([{ "op": "replace", "path": "title", "value": "Chief" }])).send();
    assert_ne!(changed.expect(200).etag(), before.etag());
    assert!(changed.modified() >= before.modified());
    assert_eq!(changed.json()["meta"]["created"], before.json()["meta"]["created"]);
    assert_eq!(changed.etag(), scim.get(&path).send().etag());
}

#[test]
fn if_none_match_answers_304_until_it_changes() {
    let scim = Endpoint::shared();
    let path = format!("/Users/{}", scim.create_user(&unique(), &json!({})));
    let etag = scim.get(&path).send().etag();
    for tags in [etag.clone(), format!("W/\"other\", {etag}"), "*".to_owned()] {
        let answer = scim.get(&path).header("if-none-match", &tags).send();
        assert_eq!(answer.expect(304).etag(), etag, "{tags}");
    }
    scim.get(&path).header("if-none-match", "W/\"other\"").send().expect(200);
    scim.patch(&path, &json!([{ "op": "replace", "path": "title", "value": "Chief" }])).send().expect(200);
    scim.get(&path).header("if-none-match", &etag).send().expect(200);
}

#[test]
fn a_stale_if_match_is_412_and_changes_nothing() {
    let (scim, name) = (Endpoint::shared(), unique());
    let path = format!("/Users/{}", scim.create_user(&name, &json!({})));
    let stale = scim.get(&path).send().etag();
    let retitle = json!([{ "op": "replace", "path": "title", "value": "Chief" }]);
    scim.patch(&path, &retitle).header("if-match", &stale).send().expect(200);
    let before = scim.get(&path).send().json();
    let other = json!([{ "op": "replace", "path": "title", "value": "Other" }]);
    scim.patch(&path, &other).header("if-match", &stale).send().error(412, "");
    scim.put(&path, &user(&name, &json!({}))).header("if-match", &stale).send().error(412, "");
    scim.delete(&path).header("if-match", &stale).send().error(412, "");
    assert_eq!(before, scim.get(&path).send().json());
}

#[test]
fn a_fresh_if_match_passes_alone_in_a_list_and_as_a_star() {
    let (scim, name) = (Endpoint::shared(), unique());
    let path = format!("/Users/{}", scim.create_user(&name, &json!({})));
    let etag = || scim.get(&path).send().etag();
    let retitle = |title: &str| json!([{ "op": "replace", "path": "title", "value": title }]);
    scim.patch(&path, &retitle("a")).header("if-match", &etag()).send().expect(200);
    scim.patch(&path, &retitle("b"))
        .header("if-match", &format!("W/\"other\", {}", etag()))
        .send()
        .expect(200);
    scim.patch(&path, &retitle("c")).header("if-match", "*").send().expect(200);
    scim.put(&path, &user(&name, &json!({}))).header("if-match", &etag()).send().expect(200);
    scim.delete(&path).header("if-match", &etag()).send().expect(204);
    scim.delete(&path).header("if-match", "*").send();
}

#[test]
fn a_no_op_under_a_stale_if_match_is_412_too() {
    let scim = Endpoint::shared();
    let path = format!("/Users/{}", scim.create_user(&unique(), &json!({ "title": "Guide" })));
    let stale = scim.get(&path).send().etag();
    scim.patch(&path, &json!([{ "op": "replace", "path": "title", "value": "Chief" }])).send().expect(200);
    let same = json!([{ "op": "replace", "path": "title", "value": "Chief" }]);
    scim.patch(&path, &same).header("if-match", &stale).send().error(412, "");
}
