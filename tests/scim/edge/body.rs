//! Bodies: invalid JSON, other values than objects, and too large ones are refused; nothing is
//! stored.

use serde_json::json;
use tests::call::Call;
use tests::endpoint::Endpoint;
use tests::names::unique;

/// The maximum size of a body.
const LIMIT: usize = 4 * 1024 * 1024;

#[test]
fn what_is_no_json_object_is_invalid_syntax() {
    let scim = Endpoint::shared();
    let path = format!("/Users/{}", scim.create_user(&unique(), &json!({})));
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let deep_object =
        format!("{{\"userName\":\"x\",\"a\":{}1{}}}", "{\"a\":".repeat(5_000), "}".repeat(5_000));
    for text in [
        "",
        " ",
        "{",
        "}",
        "null",
        "true",
        "7",
        "\"x\"",
        "[]",
        "[{}]",
        "{\"userName\":}",
        "{\"userName\":\"x\"} trailing",
        "{'userName':'x'}",
        "{\"userName\":\"\\ud800\"}",
        "userName=x",
        "<xml/>",
        "{\"a\":1e999999}",
        "{\"userName\":\"x\ny\"}",
        &deep,
        &deep_object,
    ] {
        for (method, path) in [("POST", "/Users"), ("PUT", &path), ("PATCH", &path), ("POST", "/Groups")] {
            Call::new(scim, method, path).text(text).send().error(400, "invalidSyntax");
        }
    }
    for bytes in [vec![0xff, 0xfe, 0x00], vec![0xc3, 0x28], vec![0; 64], b"{\"userName\":\"\xff\"}".to_vec()]
    {
        Call::new(scim, "POST", "/Users").bytes(bytes).send().error(400, "invalidSyntax");
    }
}

#[test]
fn the_detail_says_where_the_json_breaks() {
    let answer = Call::new(Endpoint::shared(), "POST", "/Users").text("{\"userName\":\"x\",\n  oops}").send();
    answer.error(400, "invalidSyntax");
    assert!(answer.json()["detail"].as_str().unwrap().contains("line 2"), "{answer}");
}

#[test]
fn four_mebibytes_pass_and_one_byte_more_is_413() {
    let scim = Endpoint::shared();
    let sized = |name: &str, bytes: usize| {
        let head = format!("{{\"userName\":\"{name}\",\"padding\":\"");
        format!("{head}{}\"}}", "x".repeat(bytes - head.len() - 2))
    };
    let (fits, exceeds) = (unique(), unique());
    assert_eq!(sized(&fits, LIMIT).len(), LIMIT);
    Call::new(scim, "POST", "/Users").text(&sized(&fits, LIMIT)).send().expect(201);
    Call::new(scim, "POST", "/Users").text(&sized(&exceeds, LIMIT + 1)).send().error(413, "");
    assert!(scim.users_where(&format!("userName eq \"{exceeds}\"")).is_empty());
    let path = format!("/Users/{}", scim.create_user(&unique(), &json!({})));
    for method in ["PUT", "PATCH"] {
        Call::new(scim, method, &path).text(&sized(&exceeds, LIMIT + 1)).send().error(413, "");
    }
}

#[test]
fn a_body_where_none_belongs_is_ignored() {
    let scim = Endpoint::shared();
    let id = scim.create_user(&unique(), &json!({}));
    Call::new(scim, "GET", &format!("/Users/{id}")).json(&json!({ "a": 1 })).send().expect(200);
    Call::new(scim, "DELETE", &format!("/Users/{id}"))
        .header("content-type", "text/plain")
        .text("x")
        .send()
        .expect(204);
}

#[test]
fn numbers_and_texts_of_any_size_are_only_values() {
    let scim = Endpoint::shared();
    let huge = "x".repeat(100_000);
    let answer = scim.post("/Users", &tests::people::user(&unique(), &json!({ "nickName": huge }))).send();
    answer.expect(201).holds(&json!({ "nickName": huge }));
    let odd = json!({ huge.clone(): 1, "unknown": [[[[1]]]], "nickName": "\u{0}\u{1}\u{7f}\u{200f}" });
    scim.post("/Users", &tests::people::user(&unique(), &odd))
        .send()
        .expect(201)
        .holds(&json!({ "nickName": "\u{0}\u{1}\u{7f}\u{200f}" }));
}
