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

#[test]
fn if_none_match_refuses_a_write_to_the_version_that_it_names() {
    let (scim, name) = (Endpoint::shared(), unique());
    let path = format!("/Users/{}", scim.create_user(&name, &json!({})));
    let retitle = json!([{ "op": "replace", "path": "title", "value": "Chief" }]);
    let before = scim.get(&path).send();
    let strong = before.etag().replace("W/", "");
    for tags in [before.etag(), strong, format!("W/\"other\", {}", before.etag()), "*".to_owned()] {
        scim.patch(&path, &retitle).header("if-none-match", &tags).send().error(412, "");
        scim.put(&path, &user(&name, &json!({}))).header("if-none-match", &tags).send().error(412, "");
        scim.delete(&path).header("if-none-match", &tags).send().error(412, "");
    }
    assert_eq!(scim.get(&path).send().json(), before.json());
    for tags in ["W/\"other\"", "\"1.1\", W/\"0\"", ""] {
        scim.patch(&path, &retitle).header("if-none-match", tags).send().expect(200);
    }
    scim.put(&path, &user(&name, &json!({}))).header("if-none-match", "W/\"other\"").send().expect(200);
    scim.delete(&path).header("if-none-match", "W/\"other\"").send().expect(204);
}

/// RFC 9110 §13.2.2: `If-Match` comes first; §13.2.1: both are ignored when the request would fail
/// anyway.
#[test]
fn both_headers_in_their_order() {
    let scim = Endpoint::shared();
    let path = format!("/Users/{}", scim.create_user(&unique(), &json!({})));
    let etag = scim.get(&path).send().etag();
    let with = |method: &str, path: &str, matched: &str, none: &str| {
        let call = tests::call::Call::new(scim, method, path);
        let call = if method == "PATCH" {
            call.json(&tests::people::patch(&json!([{ "op": "remove", "path": "title" }])))
        } else {
            call
        };
        call.header("if-match", matched).header("if-none-match", none).send().status
    };
    for method in ["GET", "HEAD"] {
        assert_eq!(with(method, &path, "W/\"other\"", &etag), 412, "{method}");
        assert_eq!(with(method, &path, &etag, &etag), 304, "{method}");
        assert_eq!(with(method, &path, "*", "*"), 304, "{method}");
        assert_eq!(with(method, &path, &etag, "W/\"other\""), 200, "{method}");
    }
    assert_eq!(with("PATCH", &path, "W/\"other\"", "W/\"other\""), 412);
    assert_eq!(with("PATCH", &path, &etag, &etag), 412);
    assert_eq!(with("PATCH", &path, &etag, "W/\"other\""), 200);
    let unknown = format!("/Users/{}", tests::names::guid());
    for method in ["GET", "PATCH", "DELETE"] {
        assert_eq!(with(method, &unknown, "*", "*"), 404, "{method}");
    }
}

#[test]
fn if_match_guards_a_get_too() {
    let scim = Endpoint::shared();
    let path = format!("/Users/{}", scim.create_user(&unique(), &json!({})));
    let etag = scim.get(&path).send().etag();
    for tags in [etag.clone(), format!("W/\"other\", {etag}"), "*".to_owned()] {
        scim.get(&path).header("if-match", &tags).send().expect(200);
    }
    scim.get(&path).header("if-match", "W/\"other\"").send().error(412, "");
}

#[test]
fn the_version_is_wherever_the_resource_is() {
    let (scim, name) = (Endpoint::shared(), unique());
    let body = user(&name, &json!({}));
    let created = scim.post("/Users", &body).send();
    let path = format!("/Users/{}", created.expect(201).id());
    let mut title = 0;
    let mut retitle = || {
        title += 1;
        scim.patch(&path, &json!([{ "op": "replace", "path": "title", "value": title.to_string() }])).send()
    };
    for answer in [created, retitle(), scim.put(&path, &body).send(), scim.get(&path).send(), retitle()] {
        let place = format!("{}{path}", scim.base());
        assert_eq!(answer.json()["meta"]["version"], json!(answer.etag()), "{answer}");
        assert_eq!(answer.header("location"), Some(&*place), "{answer}");
    }
    let list = scim.get("/Users").filter(&format!("userName eq \"{name}\"")).send().json();
    assert_eq!(list["Resources"][0]["meta"]["version"], json!(scim.get(&path).send().etag()));
}

/// A precondition is about an existing resource; before a POST none exists.
#[test]
fn a_create_has_no_precondition() {
    let (scim, name) = (Endpoint::shared(), unique());
    let body = user(&name, &json!({}));
    scim.post("/Users", &body).header("if-none-match", "*").send().expect(201);
    scim.post("/Users", &body).header("if-none-match", "*").send().error(409, "uniqueness");
}
