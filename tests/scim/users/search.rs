//! POST /Users/.search and /Groups/.search (RFC 7644 §3.4.3, RFC 9865 §3).

use serde_json::{Value, json};
use tests::call::Call;
use tests::endpoint::Endpoint;
use tests::names::unique;
use tests::pages::cursor;

const SEARCH: &str = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";

fn body(parameters: &Value) -> Value {
    let mut body = json!({ "schemas": [SEARCH] });
    body.as_object_mut().unwrap().extend(parameters.as_object().unwrap().clone());
    body
}

#[test]
fn it_answers_what_get_answers() {
    let Some(scim) = Endpoint::empty_directory() else { return };
    for number in 0..5 {
        scim.create_user(
            &format!("smith{number}"),
            &json!({ "displayName": format!("Smith {}", 9 - number) }),
        );
    }
    for (query, parameters) in [
        ("", json!({})),
        ("attributes=userName,displayName", json!({ "attributes": ["userName", "displayName"] })),
        ("excludedAttributes=userName", json!({ "excludedAttributes": ["userName"] })),
        (
            "filter=displayName+sw+%22smith%22&count=2",
            json!({ "filter": "displayName sw \"smith\"", "count": 2 }),
        ),
        (
            "sortBy=displayName&startIndex=2&count=2",
            json!({ "sortBy": "displayName", "startIndex": 2, "count": 2 }),
        ),
        ("sortBy=userName&sortOrder=descending", json!({ "SORTBY": "userName", "sortorder": "Descending" })),
        ("count=0", json!({ "count": 0, "filter": null })),
        ("startIndex=-4&count=9", json!({ "startIndex": -4, "count": 9 })),
    ] {
        let got = scim.get(&format!("/Users?{query}")).send();
        let found = scim.post("/Users/.search", &body(&parameters)).send();
        assert_eq!(found.expect(200).json(), got.json(), "{query}");
        let place = format!("{}/Users/.search", scim.base());
        assert_eq!(found.header("location"), Some(place.as_str()));
    }
}

#[test]
fn pages_by_cursor() {
    let Some(scim) = Endpoint::empty_directory() else { return };
    let ids: Vec<_> = (0..5).map(|_| scim.create_user(&unique(), &json!({}))).collect();
    let page =
        |cursor: &str| scim.post("/Users/.search", &body(&json!({ "cursor": cursor, "count": 2 }))).send();
    let first = page("");
    first.holds(&json!({ "totalResults": 5, "startIndex": "<absent>", "previousCursor": "<absent>" }));
    let next = cursor(&first, "nextCursor").unwrap();
    assert_eq!(page(&next).ids(), ids[2..4]);
    // Both methods return the same list.
    assert_eq!(scim.get("/Users?count=2").query("cursor", &next).send().ids(), ids[2..4]);
    page("x").error(400, "invalidCursor");
}

#[test]
fn groups_can_be_searched_too() {
    let scim = Endpoint::shared();
    let (name, member) = (unique(), unique());
    let id = scim.create_group(&name, std::slice::from_ref(&member));
    let asked = json!({ "filter": format!("displayName eq \"{name}\""), "excludedAttributes": "members" });
    let found = scim.post("/Groups/.search", &body(&asked)).send();
    found.holds(&json!({ "totalResults": 1, "Resources": [{ "id": id, "members": "<absent>" }] }));
    let asked = json!({ "filter": format!("displayName eq \"{name}\"") });
    let found = scim.post("/Groups/.search", &body(&asked)).send();
    found.holds(&json!({ "Resources": [{ "members": [{ "value": member }] }] }));
}

#[test]
fn what_is_no_search_is_refused() {
    let scim = Endpoint::shared();
    for (sent, scim_type) in [
        (json!({}), "invalidSyntax"),
        (json!([]), "invalidSyntax"),
        (
            json!({ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "x" }),
            "invalidSyntax",
        ),
        (body(&json!({ "filter": 7 })), "invalidValue"),
        (body(&json!({ "filter": "userName" })), "invalidFilter"),
        (body(&json!({ "filter": "" })), "invalidFilter"),
        (body(&json!({ "attributes": "a", "excludedAttributes": ["b"] })), "invalidValue"),
        (body(&json!({ "count": 1.5 })), "invalidValue"),
        (body(&json!({ "count": "ten" })), "invalidValue"),
        (body(&json!({ "startIndex": true })), "invalidValue"),
        (body(&json!({ "cursor": "", "count": "ten" })), "invalidCount"),
        (body(&json!({ "cursor": "", "startIndex": 3 })), "invalidValue"),
        (body(&json!({ "sortBy": "colour" })), "invalidPath"),
        (body(&json!({ "sortBy": "userName", "sortOrder": "up" })), "invalidValue"),
    ] {
        scim.post("/Users/.search", &sent).send().error(400, scim_type);
    }
    scim.post("/Users/.search?filter=userName+pr", &body(&json!({}))).send().error(400, "invalidFilter");
    Call::new(scim, "POST", "/Users/.search").text("{").send().error(400, "invalidSyntax");
    Call::new(scim, "POST", "/Users/.search").send().error(400, "invalidSyntax");
    scim.post("/Nope/.search", &body(&json!({}))).send().error(404, "");
}

#[test]
fn it_is_asked_by_post_only() {
    let scim = Endpoint::shared();
    for path in ["/Users/.search", "/Groups/.search", "/.search"] {
        for method in ["GET", "PUT", "PATCH", "DELETE"] {
            let answer = Call::new(scim, method, path).json(&body(&json!({}))).send();
            answer.error(405, "");
            assert_eq!(answer.header("allow"), Some("POST"), "{answer}");
        }
    }
}
