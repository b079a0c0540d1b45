//! Bulk and a directory's rate: each operation counts.

use serde_json::json;
use tests::admin::{make_credential, make_directory};
use tests::bulk::delete;
use tests::endpoint::Endpoint;
use tests::names::unique;
use tests::runtime::within;

#[test]
fn operations_are_paid_for_before_the_next_bulk_and_single_requests_go_on() {
    let (shared, id) =
        (Endpoint::shared(), format!("bulk-{}", unique()).chars().take(36).collect::<String>());
    let settings = json!({ "settings": { "requestsPerSecond": 4 } });
    if make_directory(shared, &id, &settings).is_none() {
        return;
    }
    let made = make_credential(shared, &id, &json!({ "label": "x" })).unwrap();
    let scim = shared.with_token(made["token"].as_str().unwrap());
    let operations: Vec<_> =
        (0..40).map(|n| delete(&format!("/Users/0190b1a2-0000-7000-8000-{n:012}"))).collect();
    scim.bulk(&operations);
    let refused = scim.post("/Bulk", &json!({})).send();
    refused.error(429, "");
    let seconds: u64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((2..=9).contains(&seconds), "36 more than there was left, at 4 a second: {refused}");
    assert!(within(5, || scim.get("/Users?count=0").send().status == 200), "of what is left to them");
}
