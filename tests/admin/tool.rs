//! Verify, export, import, erase and receipts.

use serde_json::{Value, json};
use tests::endpoint::Endpoint;
use tests::names::unique;
use tests::people::user;

use tests::admin::admin as call;
use tests::answer::Answer;
use tests::call::Call;
use tests::runtime::block_on;

/// The endpoint's directory.
fn id(scim: &Endpoint) -> String {
    scim.directory().to_string()
}

/// Its path.
fn at(scim: &Endpoint) -> String {
    format!("/admin/directories/{}", id(scim))
}

/// Sends a request whose answer need not be a JSON document.
trait Bare {
    fn send_bare(self) -> Answer;
}

impl Bare for Call<'_> {
    fn send_bare(self) -> Answer {
        block_on(self.exchange())
    }
}

/// The lines of an answer.
fn lines(answer: &Answer) -> Vec<Value> {
    answer.expect(200);
    assert_eq!(answer.header("content-type"), Some("application/x-ndjson"), "{answer}");
    let text = String::from_utf8(answer.body.clone()).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn an_export_is_imported_and_verified() {
    let Some(scim) = Endpoint::empty_directory() else { return };
    let ids: Vec<String> = (0..30).map(|n| scim.create_user(&format!("u{n}"), &json!({}))).collect();
    scim.create_group("all", &ids);
    let exported = call(&scim, "GET", &format!("{}/export", at(&scim))).unwrap().send_bare();
    assert_eq!(lines(&exported).len(), 31);
    assert_eq!(exported.header("x-rollcall-next"), None);
    let other = Endpoint::empty_directory().unwrap();
    let text = String::from_utf8(exported.body).unwrap();
    for (dry, total) in [("?dryRun=true", 0), ("", 30)] {
        let path = format!("{}/import{dry}", at(&other));
        let import = call(&other, "POST", &path).unwrap().header("content-type", "application/x-ndjson");
        let outcomes = lines(&import.text(&text).send_bare());
        assert_eq!(outcomes.len(), 31);
        assert!(outcomes.iter().all(|outcome| outcome["outcome"] == "created"), "{outcomes:?}");
        assert_eq!(other.get("/Users?count=0").send().total(), total);
    }
    let path = format!("{}/verify", at(&other));
    let report = call(&other, "POST", &path).unwrap().json(&json!({})).send_bare().expect(200).json();
    assert_eq!((&report["checked"]["resources"]["User"], &report["findings"]), (&json!(30), &json!([])));
    assert_eq!((&report["keyRule"], &report["next"]), (&json!(1), &Value::Null));
    let wrong = call(&other, "POST", &path).unwrap().json(&json!({ "after": "x" }));
    wrong.send().error(400, "invalidValue");
    let wrong = call(&other, "POST", &path).unwrap().json(&json!({ "repiar": true }));
    wrong.send().error(400, "invalidValue");
    let many = "{}\n".repeat(501);
    call(&other, "POST", &format!("{}/import", at(&other))).unwrap().text(&many).send().error(413, "");
    let wrong = format!("{}/import?dryRun=maybe", at(&other));
    call(&other, "POST", &wrong).unwrap().text("{}").send().error(400, "invalidValue");
}

#[test]
fn what_is_not_there_is_a_404() {
    let scim = Endpoint::shared();
    for (method, path) in [
        ("POST", "/admin/directories/unknown/verify"),
        ("GET", "/admin/directories/unknown/export"),
        ("POST", "/admin/directories/unknown/import"),
        ("GET", "/admin/directories/No%23body/export"),
        ("DELETE", "/admin/directories/unknown"),
        ("GET", "/admin/receipts/unknown"),
        ("GET", "/admin/receipts/%FF"),
        ("DELETE", "/admin/directories/local/unverified/%FF"),
        ("DELETE", "/admin/directories/local/unverified/unknown"),
        ("GET", "/admin/receipts/unknown.0190b1a2-0000-7000-8000-000000000000"),
    ] {
        let Some(call) = call(scim, method, path) else { return };
        let call = if method == "POST" { call.json(&json!({})) } else { call };
        call.send().error(404, "");
    }
}

#[test]
fn if_match_of_who_is_verified_is_a_list() {
    let Some(scim) = Endpoint::empty_directory() else { return };
    let user = scim.post("/Users", &user(&unique(), &json!({}))).send().expect(201).json();
    let (id, etag) = (user["id"].as_str().unwrap(), user["meta"]["version"].as_str().unwrap());
    let path = format!("{}/unverified/{id}", at(&scim));
    for (header, value, status) in [
        ("if-match", "W/\"7\"".to_owned(), 412),
        ("if-match", "W/\"7\", W/\"8\"".to_owned(), 412),
        ("if-match", format!("W/\"7\", {etag}"), 204),
        ("if-match", "*".to_owned(), 204),
        ("if-none-match", etag.to_owned(), 412),
    ] {
        let answer = call(&scim, "DELETE", &path).unwrap().header(header, &value).send_bare();
        assert_eq!(answer.status, status, "{header}: {value}: {answer}");
    }
}

#[test]
fn an_erased_directory_has_a_receipt() {
    let Some(scim) = Endpoint::empty_directory() else { return };
    scim.create_user(&unique(), &json!({}));
    let receipt = call(&scim, "DELETE", &at(&scim)).unwrap().send_bare();
    let receipt = receipt.expect(202).json();
    assert_eq!((&receipt["directory"], &receipt["done"]), (&json!(id(&scim)), &Value::Null));
    let path = format!("/admin/receipts/{}", receipt["id"].as_str().unwrap());
    assert_eq!(call(&scim, "GET", &path).unwrap().send_bare().expect(200).json(), receipt);
    let listed = call(&scim, "GET", "/admin/receipts?count=2").unwrap().send_bare().expect(200).json();
    assert!(!listed["items"].as_array().unwrap().is_empty());
    // Writes and reads are refused from now on.
    for (method, path) in [("GET", "export"), ("POST", "import")] {
        let call = call(&scim, method, &format!("{}/{path}", at(&scim))).unwrap();
        let call = if method == "POST" { call.json(&user("x", &json!({}))) } else { call };
        call.send().error(404, "");
    }
}
