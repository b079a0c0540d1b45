//! The largest bodies, in and out, in base64 as API Gateway makes it.

use serde_json::{Value, json};
use tests::corpus::{read, root};
use tests::endpoint::Endpoint;
use tests::names::unique;
use tests::subset::Captures;

use crate::invoke::{body, invoke, put_body};

/// The maximum size of a body.
const LIMIT: usize = 4 * 1024 * 1024;
/// The maximum size of a Lambda payload, in and out.
const LAMBDA: usize = 6 * 1024 * 1024;

fn event(file: &str) -> Value {
    let case: Value = read(&root().join("events").join(file).with_extension("json"));
    let mut captures = Captures::default();
    captures.set("<token>", Endpoint::shared().token());
    captures.fill_json(&case["event"])
}

/// A create of exactly this many bytes.
fn create(name: &str, bytes: usize) -> Value {
    let head = format!("{{\"userName\":\"{name}\",\"padding\":\"");
    let mut event = event("v2-default-create-base64");
    put_body(&mut event, &format!("{head}{}\"}}", "x".repeat(bytes - head.len() - 2)), true);
    assert!(event.to_string().len() < LAMBDA, "what Lambda would not take proves nothing");
    event
}

#[test]
fn four_mebibytes_pass_and_one_byte_more_is_413() {
    let Some(fits) = invoke(&create(&unique(), LIMIT)) else { return };
    assert_eq!(fits["statusCode"], 201, "{}", body(&fits));
    let name = unique();
    let exceeds = invoke(&create(&name, LIMIT + 1)).unwrap();
    assert_eq!(exceeds["statusCode"], 413);
    assert_eq!(serde_json::from_str::<Value>(&body(&exceeds)).unwrap()["status"], "413");
    assert!(Endpoint::shared().users_where(&format!("userName eq \"{name}\"")).is_empty());
}

fn get(path: &str, query: &str, gzip: bool) -> Option<Value> {
    let mut event = event("v2-filter");
    event["rawPath"] = json!(format!("/scim/v2{path}"));
    event["requestContext"]["http"]["path"] = event["rawPath"].clone();
    event["rawQueryString"] = json!(query);
    if gzip {
        event["headers"]["accept-encoding"] = json!("gzip, deflate");
    }
    invoke(&event)
}

#[test]
fn a_page_shrinks_rather_than_outgrow_lambdas_response() {
    let scim = Endpoint::shared();
    if scim.stack().is_none() {
        return;
    }
    let prefix = unique();
    for number in 0..30 {
        scim.create_user(&format!("{prefix}-{number}"), &json!({ "title": "x".repeat(330 * 1024) }));
    }
    for gzip in [false, true] {
        let (mut seen, mut start) = (0, 1);
        while seen < 30 {
            let query = format!("startIndex={start}&count=30&filter=userName+sw+%22{prefix}%22");
            let response = get("/Users", &query, gzip).unwrap();
            assert_eq!(response["statusCode"], 200, "{}", body(&response));
            assert!(response.to_string().len() < LAMBDA, "{} bytes", response.to_string().len());
            if gzip {
                break;
            }
            let list: Value = serde_json::from_str(&body(&response)).unwrap();
            let items = list["Resources"].as_array().unwrap().len();
            assert_eq!(
                (list["totalResults"].clone(), list["itemsPerPage"].clone()),
                (json!(30), json!(items))
            );
            assert!(items > 0, "a page that is never empty before the end");
            seen += items;
            start += items;
        }
    }
}

#[test]
fn a_group_that_cannot_be_answered_is_too_many_and_says_how_to_ask() {
    let scim = Endpoint::shared();
    if scim.stack().is_none() {
        return;
    }
    let id = scim.create_group(&unique(), &[]);
    for batch in 0..8 {
        let members: Vec<_> = (0..2_000)
            .map(|number| json!({ "value": format!("{batch}-{number}-{}", "m".repeat(450)), "display": "d".repeat(50) }))
            .collect();
        let add = json!([{ "op": "add", "path": "members", "value": members }]);
        scim.patch(&format!("/Groups/{id}?excludedAttributes=members"), &add).send().expect(200);
    }
    let response = get(&format!("/Groups/{id}"), "", false).unwrap();
    assert!(response.to_string().len() < LAMBDA, "{} bytes", response.to_string().len());
    assert_eq!(response["statusCode"], 400, "{}", body(&response).chars().take(300).collect::<String>());
    let error: Value = serde_json::from_str(&body(&response)).unwrap();
    assert_eq!(error["scimType"], "tooMany", "{error}");
    assert!(error["detail"].as_str().unwrap().contains("excludedAttributes"), "{error}");
    let compressed = get(&format!("/Groups/{id}"), "", true).unwrap();
    assert_eq!(compressed["statusCode"], 200, "compressed it fits");
    assert!(compressed.to_string().len() < LAMBDA);
    let without = get(&format!("/Groups/{id}"), "excludedAttributes=members", false).unwrap();
    assert_eq!(without["statusCode"], 200);
}
