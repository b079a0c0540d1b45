//! Directories: made, listed, changed, closed and opened.

use serde_json::json;
use tests::admin::{admin, make_credential, make_directory};
use tests::endpoint::Endpoint;
use tests::names::unique;
use tests::runtime::within;

fn new_id() -> String {
    format!("adm-{}", unique()).chars().take(36).collect()
}

#[test]
fn a_directory_is_made_once_and_found_again() {
    let (scim, id) = (Endpoint::shared(), new_id());
    let body = json!({ "name": "Acme", "profile": "kintone", "region": "eu", "stage": "prod", "settings": { "x": [1] } });
    let Some(made) = make_directory(scim, &id, &body) else { return };
    let path = format!("/admin/directories/{id}");
    let found = admin(scim, "GET", &path).unwrap().send().expect(200).json();
    assert_eq!(found, made);
    let expected = json!({ "id": id, "name": "Acme", "profile": "kintone", "state": "enabled", "region": "eu",
        "stage": "prod", "settings": { "x": [1] }, "created": made["created"] });
    assert_eq!(made, expected);
    assert!(made["created"].as_str().unwrap().starts_with("20"));
    admin(scim, "POST", "/admin/directories")
        .unwrap()
        .json(&json!({ "id": id }))
        .send()
        .error(409, "uniqueness");
    assert_eq!(admin(scim, "GET", &path).unwrap().send().json(), made, "the second one changed nothing");
    admin(scim, "GET", &format!("{path}x")).unwrap().send().error(404, "");
}

#[test]
fn paging_through_the_list_returns_every_directory_once() {
    let scim = Endpoint::shared();
    let ids: Vec<String> = (0..5).map(|_| new_id()).collect();
    for id in &ids {
        if make_directory(scim, id, &json!({})).is_none() {
            return;
        }
    }
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let path = format!("/admin/directories?count=3&after={after}");
        let path = if after.is_empty() { "/admin/directories?count=3".to_owned() } else { path };
        let page = admin(scim, "GET", &path).unwrap().send().expect(200).json();
        let items = page["items"].as_array().unwrap();
        assert!(items.len() <= 3);
        seen.extend(items.iter().map(|item| item["id"].as_str().unwrap().to_owned()));
        match page["next"].as_str() {
            Some(next) => after = next.to_owned(),
            None => break,
        }
    }
    let mut sorted = seen.clone();
    sorted.sort();
    sorted.dedup();
    assert_eq!(seen, sorted, "in order, and none twice");
    assert!(ids.iter().all(|id| seen.contains(id)) && seen.contains(&"local".to_owned()), "{seen:?}");
}

#[test]
fn what_cannot_be_taken_is_refused_and_named() {
    let scim = Endpoint::shared();
    for (body, named) in [
        (json!({}), "id"),
        (json!({ "id": "A" }), "id"),
        (json!({ "id": "a#b" }), "id"),
        (json!({ "id": new_id(), "profile": "nothing" }), "nothing"),
        (json!({ "id": new_id(), "state": "erasing" }), "state"),
        (json!({ "id": new_id(), "name": " " }), "name"),
        (json!({ "id": new_id(), "region": "a b" }), "region"),
        (json!({ "id": new_id(), "secret": "x" }), "secret"),
        (json!({ "id": new_id(), "settings": "x" }), ""),
        (json!({ "id": new_id(), "settings": { "x": "y".repeat(40_000) } }), "settings"),
        (json!({ "id": new_id(), "settings": { "adopt": true } }), "adopt"),
        (json!({ "id": new_id(), "settings": { "requestsPerSecond": "20" } }), "requestsPerSecond"),
        (json!({ "id": new_id(), "settings": { "requestsPerSecond": -1 } }), "requestsPerSecond"),
        (json!({ "id": new_id(), "settings": { "requestsPerSecond": 0.5 } }), "requestsPerSecond"),
        (
            json!({ "id": new_id(), "settings": { "requestsPerSecond": 5_000_000_000_u64 } }),
            "requestsPerSecond",
        ),
    ] {
        let Some(call) = admin(scim, "POST", "/admin/directories") else { return };
        let answer = call.json(&body).send();
        answer.error(400, "invalidValue");
        assert!(answer.json()["detail"].as_str().unwrap().contains(named), "{answer}");
        if let Some(id) = body["id"].as_str().filter(|id| id.starts_with("adm-")) {
            admin(scim, "GET", &format!("/admin/directories/{id}")).unwrap().send().error(404, "");
        }
    }
    admin(scim, "PATCH", "/admin/directories/none")
        .unwrap()
        .json(&json!({ "name": "x" }))
        .send()
        .error(404, "");
    admin(scim, "GET", "/admin/directories?count=0").unwrap().send().error(400, "invalidValue");
}

#[test]
fn a_change_changes_what_it_names() {
    let (scim, id) = (Endpoint::shared(), new_id());
    let body = json!({ "region": "eu", "stage": "prod", "settings": { "a": 1 } });
    let Some(made) = make_directory(scim, &id, &body) else { return };
    let path = format!("/admin/directories/{id}");
    let patch = json!({ "name": "New", "region": null, "settings": { "b": 2 } });
    let changed = admin(scim, "PATCH", &path).unwrap().json(&patch).send().expect(200).json();
    let expected = json!({ "id": id, "name": "New", "profile": "standard", "state": "enabled", "stage": "prod",
        "settings": { "a": 1, "b": 2 }, "created": made["created"] });
    assert_eq!(changed, expected);
    let same = admin(scim, "PATCH", &path).unwrap().json(&json!({})).send().expect(200).json();
    assert_eq!(same, expected);
    let set = |settings| admin(scim, "PATCH", &path).unwrap().json(&json!({ "settings": settings })).send();
    let changed = set(json!({ "a": null, "b": { "c": 3 }, "requestsPerSecond": 0 })).expect(200).json();
    assert_eq!(changed["settings"], json!({ "b": { "c": 3 }, "requestsPerSecond": 0 }));
    set(json!({ "b": 4, "requestsPerSecond": "20" })).error(400, "invalidValue");
    let same = admin(scim, "GET", &path).unwrap().send().expect(200).json();
    assert_eq!(same, changed, "all or nothing");
}

#[test]
fn another_profile_is_followed() {
    let (scim, id) = (Endpoint::shared(), new_id());
    if make_directory(scim, &id, &json!({ "profile": "standard" })).is_none() {
        return;
    }
    let path = format!("/admin/directories/{id}");
    let patch = json!({ "profile": "okta" });
    let changing = admin(scim, "PATCH", &path).unwrap().json(&patch).send().expect(200).json();
    assert_eq!(changing["changing"]["otherProfile"], "okta", "{changing}");
    admin(scim, "PATCH", &path)
        .unwrap()
        .json(&json!({ "profile": "none" }))
        .send()
        .error(400, "invalidValue");
    // Every instance has read the change after a minute; the tick that follows completes it.
    let followed = || {
        let directory = admin(scim, "GET", &path).unwrap().send().expect(200).json();
        directory["profile"] == "okta"
    };
    assert!(within(150, followed), "{}", admin(scim, "GET", &path).unwrap().send());
}

#[test]
fn a_closed_directory_says_why_and_opens_again() {
    let (scim, id) = (Endpoint::shared(), new_id());
    if make_directory(scim, &id, &json!({ "state": "disabled" })).is_none() {
        return;
    }
    let token =
        make_credential(scim, &id, &json!({ "label": "x" })).unwrap()["token"].as_str().unwrap().to_owned();
    let own = scim.with_token(&token);
    let set = |state: &str| {
        let body = json!({ "state": state });
        admin(scim, "PATCH", &format!("/admin/directories/{id}")).unwrap().json(&body).send().expect(200);
    };
    let closed = |word: &str| {
        let answer = own.get("/Users").send();
        answer.error(403, "");
        assert!(answer.header("www-authenticate").unwrap_or_default().starts_with("Bearer"), "{answer}");
        let detail = answer.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains(word) && detail.contains(&id), "{detail}");
    };
    closed("not enabled");
    set("paused");
    closed("paused");
    set("enabled");
    own.get("/Users").send().expect(200);
    set("paused");
    // Instances cache the record for 30 seconds.
    assert!(within(40, || own.get("/Users").send().status == 403), "it is closed within 30 seconds");
}
