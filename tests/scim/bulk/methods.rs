//! POST, PUT, PATCH and DELETE in one request (RFC 7644 §3.7).

use serde_json::json;
use tests::bulk::{change, delete, post_group, post_user};
use tests::endpoint::Endpoint;
use tests::names::unique;
use tests::people::user;

#[test]
fn the_four_methods_on_users_and_groups() {
    let (scim, name) = (Endpoint::shared(), unique());
    let [put, patched, deleted] =
        [(); 3].map(|()| format!("/Users/{}", scim.create_user(&unique(), &json!({}))));
    let group = format!("/Groups/{}", scim.create_group(&unique(), &["a".to_owned()]));
    let add = json!([{ "op": "add", "path": "members", "value": [{ "value": "b" }] }]);
    let replaced = unique();
    let answer = scim.bulk(&[
        post_user("u", &name, &json!({ "title": "Guide" })),
        post_group("g", &name, &["x"]),
        json!({ "method": "PUT", "path": put, "data": user(&replaced, &json!({ "title": "Chief" })) }),
        change(&patched, &json!([{ "op": "replace", "path": "title", "value": "Pilot" }])),
        change(&group, &add),
        delete(&deleted),
    ]);
    assert_eq!(answer.statuses(), [201, 201, 200, 200, 200, 204]);
    let operations = answer.operations();
    let results: Vec<_> =
        operations.iter().map(|one| (one["method"].clone(), one.get("bulkId").cloned())).collect();
    assert_eq!(
        results,
        [
            (json!("POST"), Some(json!("u"))),
            (json!("POST"), Some(json!("g"))),
            (json!("PUT"), None),
            (json!("PATCH"), None),
            (json!("PATCH"), None),
            (json!("DELETE"), None),
        ]
    );
    for (number, path) in [(2, &put), (3, &patched), (4, &group), (5, &deleted)] {
        assert_eq!(operations[number]["location"], json!(format!("{}{path}", scim.base())));
    }
    for (number, operation) in operations.iter().enumerate().take(5) {
        let now = scim.get(&answer.place(number)).send();
        assert_eq!(operation["version"], json!(now.expect(200).etag()), "{now}");
    }
    let title = |place: &str| scim.get(place).send().json()["title"].clone();
    assert_eq!(title(&answer.place(0)), json!("Guide"));
    assert_eq!(title(&put), json!("Chief"));
    assert_eq!(title(&patched), json!("Pilot"));
    assert_eq!(scim.get(&answer.place(1)).send().members(), ["x"]);
    assert_eq!(scim.get(&group).send().members(), ["a", "b"]);
    scim.get(&deleted).send().error(404, "");
    assert_eq!(scim.users_where(&format!("userName eq \"{name}\"")), [answer.made(0)]);
}

#[test]
fn nothing_asked_nothing_done() {
    assert!(Endpoint::shared().bulk(&[]).operations().is_empty());
}

#[test]
fn a_change_of_nothing_is_a_success_at_the_same_version() {
    let scim = Endpoint::shared();
    let path = format!("/Users/{}", scim.create_user(&unique(), &json!({ "title": "Guide" })));
    let before = scim.get(&path).send().etag();
    let same = change(&path, &json!([{ "op": "replace", "path": "title", "value": "Guide" }]));
    let answer = scim.bulk(&[same]);
    assert_eq!(answer.statuses(), [200]);
    assert_eq!(answer.operations()[0]["version"], json!(before));
}
