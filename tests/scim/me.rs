//! `/Me` (RFC 7644 §3.11).

use serde_json::json;
use tests::call::Call;
use tests::endpoint::Endpoint;
use tests::people::{ENTERPRISE, patch, user};

#[test]
fn a_token_of_a_system_has_no_user() {
    let scim = Endpoint::shared();
    let body = json!({ "userName": "x" });
    for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
        let call = Call::new(scim, method, "/Me");
        let call = if method == "GET" || method == "DELETE" { call } else { call.json(&body) };
        let answer = call.send();
        assert_eq!(answer.error(501, "").header("location"), None, "{method}");
    }
}

#[test]
fn a_user_reads_and_changes_themselves() {
    let Some((system, own, id)) = Endpoint::with_subject() else { return };
    let place = format!("{}/Users/{id}", own.base());
    let read = own.get("/Me").send();
    assert_eq!(read.expect(200).header("location"), Some(&*place));
    assert_eq!(read.json(), system.get(&format!("/Users/{id}")).send().json());
    assert_eq!(read.json()["meta"]["location"], json!(place));
    assert_eq!(read.json()["meta"]["version"], json!(read.etag()));

    let operations = json!([{ "op": "replace", "path": "title", "value": "Chief" }]);
    let patched = own.patch("/Me", &operations).send();
    assert_eq!(patched.expect(200).header("location"), Some(&*place));
    assert_eq!(patched.json()["title"], json!("Chief"));
    assert_ne!(patched.etag(), read.etag());

    let name = read.json()["userName"].as_str().unwrap().to_owned();
    let replaced = own.put("/Me", &user(&name, &json!({ "nickName": "Ana" }))).send();
    assert_eq!(replaced.expect(200).header("location"), Some(&*place));
    assert_eq!(replaced.json()["nickName"], json!("Ana"));
    assert_eq!(system.get(&format!("/Users/{id}")).send().json(), replaced.json());
}

#[test]
fn with_all_that_a_users_place_takes() {
    let Some((_, own, id)) = Endpoint::with_subject() else { return };
    let names = own.get("/Me").query("attributes", "userName").send().expect(200).json();
    assert_eq!((names["id"].as_str(), names.get("meta")), (Some(id.as_str()), None));
    let etag = own.get("/Me").send().etag();
    let known = own.get("/Me").header("if-none-match", &etag).send();
    assert_eq!(known.expect(304).header("location"), Some(&*format!("{}/Users/{id}", own.base())));
    let body = patch(&json!([{ "op": "replace", "path": "title", "value": "Chief" }]));
    let stale = Call::new(&own, "PATCH", "/Me").json(&body).header("if-match", "W/\"77\"").send();
    assert!(stale.error(412, "").header("location").is_some(), "in any response");
    let wrong = json!([{ "op": "replace", "path": format!("{ENTERPRISE}:nothing"), "value": 1 }]);
    assert!(own.patch("/Me", &wrong).send().error(400, "invalidPath").header("location").is_some());
    Call::new(&own, "HEAD", "/Me").send().expect(200);
}

#[test]
fn a_user_cannot_create_themselves() {
    let Some((_, own, _)) = Endpoint::with_subject() else { return };
    own.post("/Me", &json!({ "userName": "x" })).send().error(403, "");
}

#[test]
fn a_deleted_user_is_not_found() {
    let Some((system, own, id)) = Endpoint::with_subject() else { return };
    let gone = own.delete("/Me").send();
    assert_eq!(gone.expect(204).header("location"), Some(&*format!("{}/Users/{id}", own.base())));
    system.get(&format!("/Users/{id}")).send().error(404, "");
    own.get("/Me").send().error(404, "");
}
