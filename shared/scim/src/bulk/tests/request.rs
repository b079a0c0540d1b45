use serde_json::{Value, json};

use crate::bulk::request::{Method, Operation, parse};
use crate::error::Kind;

fn one(operation: Value) -> Operation {
    parse(json!({ "Operations": [operation] })).unwrap().operations.remove(0)
}

#[track_caller]
fn refused(operation: Value, kind: Kind) {
    assert_eq!(one(operation).task.unwrap_err().kind, kind);
}

#[test]
fn the_four_methods() {
    for (operation, method, endpoint, id) in [
        (
            json!({ "method": "POST", "bulkId": "q", "path": "/Users", "data": {} }),
            Method::Post,
            "/Users",
            None,
        ),
        (json!({ "method": "put", "path": "Users/7", "data": {} }), Method::Put, "/Users", Some("7")),
        (json!({ "Method": "PATCH", "Path": "/Users/7/", "Data": {} }), Method::Patch, "/Users", Some("7")),
        (json!({ "method": "DELETE", "path": "/Users/a%20b" }), Method::Delete, "/Users", Some("a b")),
        (
            json!({ "method": "DELETE", "path": "https://ex.io/scim/v2/Groups/bulkId:g" }),
            Method::Delete,
            "/Groups",
            Some("bulkId:g"),
        ),
    ] {
        let task = one(operation).task.unwrap();
        assert_eq!((task.method, task.endpoint.as_str(), task.id.as_deref()), (method, endpoint, id));
    }
}

#[test]
fn a_patch_may_be_the_list_alone() {
    let list = json!([{ "op": "remove", "path": "nickName" }]);
    let task = one(json!({ "method": "PATCH", "path": "/Users/7", "data": list })).task.unwrap();
    assert_eq!(task.data, json!({ "Operations": list }));
}

#[test]
fn what_is_wrong_with_one_is_kept_with_it() {
    refused(json!("POST"), Kind::InvalidSyntax);
    refused(json!({}), Kind::InvalidSyntax);
    refused(json!({ "method": "GET", "path": "/Users" }), Kind::InvalidValue);
    refused(json!({ "method": "POST", "path": "/Users", "data": {} }), Kind::InvalidSyntax);
    refused(json!({ "method": "POST", "bulkId": "", "path": "/Users", "data": {} }), Kind::InvalidSyntax);
    refused(json!({ "method": "POST", "bulkId": 1, "path": "/Users", "data": {} }), Kind::InvalidSyntax);
    refused(json!({ "method": "POST", "bulkId": "q", "path": "/Users" }), Kind::InvalidSyntax);
    refused(
        json!({ "method": "POST", "bulkId": "q", "path": "/Users/7", "data": {} }),
        Kind::MethodNotAllowed,
    );
    refused(json!({ "method": "PUT", "path": "/Users", "data": {} }), Kind::MethodNotAllowed);
    refused(json!({ "method": "PUT", "path": "/Users/7" }), Kind::InvalidSyntax);
    refused(json!({ "method": "DELETE", "path": "/Users/7/8" }), Kind::NotFound);
    refused(json!({ "method": "DELETE", "path": "" }), Kind::InvalidValue);
    refused(json!({ "method": "DELETE", "path": "/Users?filter=id pr" }), Kind::InvalidValue);
    refused(json!({ "method": "DELETE" }), Kind::InvalidSyntax);
    refused(json!({ "method": "DELETE", "path": "/Users/7", "version": 3 }), Kind::InvalidSyntax);
    let kept = one(json!({ "method": "patch", "bulkId": "q" }));
    assert_eq!((kept.named.as_deref(), kept.bulk_id.as_deref()), (Some("patch"), Some("q")));
}

/// One response repeats up to a thousand of them.
#[test]
fn what_is_repeated_is_short() {
    let delete = |path: String| json!({ "method": "DELETE", "path": path });
    assert!(one(delete(format!("/Users/{}", "x".repeat(505)))).task.is_ok());
    refused(delete(format!("/Users/{}", "x".repeat(506))), Kind::InvalidValue);
    let post = |length: usize| json!({ "method": "POST", "bulkId": "x".repeat(length), "path": "/Users", "data": {} });
    assert!(one(post(256)).task.is_ok());
    let long = one(post(257));
    assert_eq!((long.bulk_id, long.task.unwrap_err().kind), (None, Kind::InvalidValue));
    assert_eq!(one(json!({ "method": "x".repeat(1000) })).named, None);
}

#[test]
fn a_name_for_two_creates_is_a_name_for_none() {
    let post = |id: &str| json!({ "method": "POST", "bulkId": id, "path": "/Users", "data": {} });
    let put = json!({ "method": "PUT", "bulkId": "a", "path": "/Users/7", "data": {} });
    let request = parse(json!({ "Operations": [post("a"), post("b"), post("a"), put] })).unwrap();
    let fine: Vec<bool> = request.operations.iter().map(|operation| operation.task.is_ok()).collect();
    assert_eq!(fine, [false, true, false, true]);
}

#[test]
fn only_who_says_so_is_a_post() {
    let is_post = |sent: Value| one(sent).is_post();
    assert!(is_post(json!({ "method": "POST", "bulkId": "q", "path": "/Users", "data": {} })));
    assert!(is_post(json!({ "method": "post", "bulkId": "q", "path": "/Users" })));
    assert!(!is_post(json!({ "method": "DELETE", "path": "/Users/7" })));
    for wrong in
        [json!({ "method": "PATCH", "bulkId": "q" }), json!({ "method": "GET" }), json!({}), json!(7)]
    {
        assert!(!is_post(wrong));
    }
}

#[test]
fn the_request_as_a_whole() {
    let kind = |body: Value| parse(body).unwrap_err().kind;
    assert_eq!(kind(json!([])), Kind::InvalidSyntax);
    assert_eq!(kind(json!({})), Kind::InvalidSyntax);
    assert_eq!(kind(json!({ "Operations": {} })), Kind::InvalidSyntax);
    for wrong in [json!(0), json!(-1), json!("1"), json!(1.5)] {
        assert_eq!(kind(json!({ "failOnErrors": wrong, "Operations": [] })), Kind::InvalidValue);
    }
    let many = |count: usize| json!({ "Operations": vec![Value::Null; count] });
    let error = parse(many(1001)).unwrap_err();
    assert_eq!(error.kind, Kind::PayloadTooLarge);
    assert!(error.detail.contains("maxOperations (1000)"), "{}", error.detail);
    assert_eq!(parse(many(1000)).unwrap().operations.len(), 1000);
    let request = parse(json!({ "failonerrors": 3, "operations": [] })).unwrap();
    assert_eq!((request.fail_on_errors, request.operations.len()), (Some(3), 0));
}
