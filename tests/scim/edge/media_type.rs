//! Media types of requests and answers (RFC 7644 §3.8).

use serde_json::json;
use tests::endpoint::Endpoint;
use tests::names::unique;
use tests::people::user;

#[test]
fn both_json_types_are_accepted_with_and_without_charset() {
    let scim = Endpoint::shared();
    for media in [
        "application/scim+json",
        "application/json",
        "application/scim+json; charset=utf-8",
        "application/json;charset=UTF-8",
        "APPLICATION/SCIM+JSON; Charset=\"utf-8\"",
        "application/json; odata=minimal",
    ] {
        scim.post("/Users", &user(&unique(), &json!({}))).header("content-type", media).send().expect(201);
    }
}

#[test]
fn other_types_are_415_and_nothing_is_stored() {
    let (scim, name) = (Endpoint::shared(), unique());
    let body = user(&name, &json!({}));
    let path = format!("/Users/{}", scim.create_user(&unique(), &json!({})));
    for media in [
        "text/plain",
        "application/xml",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/scim",
        "nonsense",
        "application/jsonx",
        "text/json",
    ] {
        scim.post("/Users", &body).header("content-type", media).send().error(415, "");
        scim.put(&path, &body).header("content-type", media).send().error(415, "");
        scim.patch(&path, &json!([])).header("content-type", media).send().error(415, "");
    }
    assert!(scim.users_where(&format!("userName eq \"{name}\"")).is_empty());
}

#[test]
fn answers_are_scim_json_exactly() {
    let scim = Endpoint::shared();
    for accept in
        ["application/scim+json", "*/*", "application/scim+json, application/json;q=0.5", "text/html", ""]
    {
        let answer = scim.get("/Users?count=1").header("accept", accept).send();
        answer.expect(200);
        assert_eq!(answer.header("content-type"), Some("application/scim+json"), "Accept: {accept}");
    }
    scim.get("/Users?count=1").header("accept", "application/json").send().expect(200);
    let id = scim.create_user(&unique(), &json!({}));
    let deleted = scim.delete(&format!("/Users/{id}")).send();
    assert_eq!(deleted.expect(204).header("content-type"), None);
}

#[test]
fn a_client_that_accepts_gzip_can_read_a_large_answer() {
    use std::io::Read;

    let scim = Endpoint::shared();
    let ids: Vec<_> = (0..2_000).map(|n| format!("member-{n:06}")).collect();
    let id = scim.create_group(&unique(), &ids);
    let answer = tests::runtime::block_on(
        scim.get(&format!("/Groups/{id}")).header("accept-encoding", "gzip").exchange(),
    );
    answer.expect(200);
    let body = match answer.header("content-encoding") {
        Some("gzip") => {
            let mut text = String::new();
            flate2::read::GzDecoder::new(answer.body.as_slice()).read_to_string(&mut text).unwrap();
            text
        }
        None => String::from_utf8(answer.body.clone()).unwrap(),
        Some(other) => panic!("{other}"),
    };
    let group: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!(group["members"].as_array().unwrap().len(), 2_000);
}
