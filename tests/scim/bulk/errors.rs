//! Errors of operations and of whole requests (RFC 7644 §3.7.3, §3.12).

use serde_json::{Value, json};
use tests::bulk::{bulk, delete, post_user};
use tests::call::Call;
use tests::endpoint::Endpoint;
use tests::names::{guid, unique};
use tests::people::{group, user};

/// Sends each operation alone: its status and `scimType`, and whether it has a location.
#[track_caller]
fn fails(operation: Value, status: u16, scim_type: &str, located: bool) {
    let answer = Endpoint::shared().bulk(&[operation]);
    assert_eq!(answer.statuses(), [status], "{answer}");
    let result = &answer.operations()[0];
    assert_eq!(result["response"]["scimType"].as_str().unwrap_or_default(), scim_type, "{answer}");
    assert_eq!(result["location"].is_string(), located, "{answer}");
}

#[test]
fn what_a_single_request_would_be_answered() {
    let (name, id) = (unique(), guid());
    let post =
        |path: &str, data: Value| json!({ "method": "POST", "bulkId": "q", "path": path, "data": data });
    let put = |path: &str, data: Value| json!({ "method": "PUT", "path": path, "data": data });
    let patch = |path: &str, data: Value| json!({ "method": "PATCH", "path": path, "data": data });
    fails(post("/Users", json!({ "userName": "" })), 400, "invalidValue", false);
    fails(post("/Users", json!({})), 400, "invalidValue", false);
    fails(post("/Users", json!("x")), 400, "invalidSyntax", false);
    fails(post("/Users", json!({ "userName": name, "active": "maybe" })), 400, "invalidValue", false);
    fails(post("/Nobodies", json!({})), 404, "", false);
    fails(post("/Users/7", json!({})), 405, "", false);
    fails(put(&format!("/Users/{id}"), user(&name, &json!({}))), 404, "", true);
    fails(put("/Groups/7", group(&name, &json!({}))), 404, "", true);
    fails(put("/Users", json!({})), 405, "", false);
    fails(patch(&format!("/Users/{id}"), json!({ "Operations": [] })), 400, "invalidSyntax", true);
    fails(
        patch(&format!("/Users/{id}"), json!({ "Operations": [{ "op": "remove", "path": "title" }] })),
        404,
        "",
        true,
    );
    fails(delete(&format!("/Users/{id}")), 404, "", true);
    fails(delete("/Nobodies/7"), 404, "", true);
}

#[test]
fn what_is_no_operation() {
    let wrong = [
        json!(7),
        json!({}),
        json!({ "method": "GET", "path": "/Users" }),
        json!({ "method": "POST", "path": "/Users", "data": { "userName": "x" } }),
        json!({ "method": "POST", "path": "/Users", "bulkId": "q" }),
        json!({ "method": "POST", "path": "/Bulk", "bulkId": "q2", "data": bulk(&[]) }),
        json!({ "method": "DELETE", "path": "/Users?filter=userName pr" }),
        json!({ "method": "PATCH", "path": 7, "data": {} }),
    ];
    let (scim, name) = (Endpoint::shared(), unique());
    let mut operations = wrong.to_vec();
    operations.push(post_user("good", &name, &json!({})));
    let answer = scim.bulk(&operations);
    assert_eq!(answer.statuses(), [400, 400, 400, 400, 400, 400, 400, 400, 201], "{answer}");
    assert_eq!(answer.operations()[4]["method"], json!("POST"));
    assert_eq!(scim.users_where(&format!("userName eq \"{name}\"")).len(), 1, "others are not hindered");
}

#[test]
fn what_is_no_bulk_request() {
    let scim = Endpoint::shared();
    for body in [
        json!([]),
        json!({}),
        json!({ "Operations": "x" }),
        json!({ "Operations": null }),
        json!({ "Operations": [], "failOnErrors": 0 }),
        json!({ "Operations": [], "failOnErrors": "many" }),
    ] {
        scim.post("/Bulk", &body).send().refused(&["invalidSyntax", "invalidValue"]);
    }
    Call::new(scim, "POST", "/Bulk").text("{").send().error(400, "invalidSyntax");
    Call::new(scim, "POST", "/Bulk").text("").send().error(400, "invalidSyntax");
    Call::new(scim, "POST", "/Bulk").text("{}").header("content-type", "text/plain").send().error(415, "");
}

#[test]
fn only_post_and_only_with_a_token() {
    let scim = Endpoint::shared();
    for method in ["GET", "PUT", "PATCH", "DELETE"] {
        let answer = Call::new(scim, method, "/Bulk").send();
        assert_eq!(answer.error(405, "").header("allow"), Some("POST"), "{method}");
    }
    Call::new(scim, "POST", "/Bulk").json(&bulk(&[])).authorization(None).send().error(401, "");
}
