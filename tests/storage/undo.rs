//! Undo: what is written, and what is left alone.

use serde_json::{Value, json};
use tests::people::member_values;
use tests::replay::Replay;
use tests::runtime::within;

use crate::guard::Guarded;

/// A directory without a guard.
fn directory() -> Option<Guarded> {
    Guarded::new(&json!({}))
}

fn replace(attribute: &str, value: &str) -> Value {
    json!([{ "op": "replace", "path": attribute, "value": value }])
}

fn count(guarded: &Guarded, count: usize) {
    assert!(within(300, || guarded.events().len() >= count), "{:#?}", guarded.events());
    guarded.types(count);
}

#[test]
fn what_a_range_of_events_changed_is_as_before() {
    let Some(guarded) = directory() else { return };
    let scim = &guarded.scim;
    let manager =
        json!({ "title": "Cook", "nickName": "A", "emails": [{ "value": "a@ex.io", "type": "work" }] });
    let users: Vec<String> =
        ["ann", "bob", "eve"].iter().map(|name| scim.create_user(name, &manager)).collect();
    let group = scim.create_group("cooks", &users[1..]);
    count(&guarded, 5);
    let before = Replay::expected(scim);
    scim.patch_user(&users[0], &replace("title", "Chef"));
    let rename = json!([
        { "op": "remove", "path": "nickName" },
        { "op": "add", "path": "displayName", "value": "Ann" },
        { "op": "remove", "path": "emails" },
        { "op": "replace", "path": "active", "value": false },
    ]);
    scim.patch_user(&users[0], &rename);
    scim.delete(&format!("/Users/{}", users[1])).send().expect(204);
    let add = json!([
        { "op": "add", "path": "members", "value": member_values(&users[..1]) },
        { "op": "replace", "path": "displayName", "value": "chefs" },
    ]);
    scim.patch_group(&group, &add);
    let remove = format!("members[value eq \"{}\"]", users[2]);
    scim.patch_group(&group, &json!([{ "op": "remove", "path": remove }]));
    // The order of the groups' events is not fixed, their number is not either: wait until all are there.
    guarded.describes();
    let changed = Replay::expected(scim);
    let last = guarded.events().len();
    let range = |apply: bool| json!({ "from": 6, "to": last, "apply": apply });
    let plan = guarded.undo(&range(false));
    let of = |id: &str| plan.iter().find(|item| item["id"] == id).unwrap_or_else(|| panic!("{plan:#?}"));
    assert_eq!(of(&users[0])["attributes"], json!(["active", "displayName", "emails", "nickName", "title"]));
    assert_eq!(of(&users[1])["outcome"], "created");
    assert_eq!((&of(&group)["added"], &of(&group)["removed"]), (&json!(2), &json!(1)));
    assert_eq!(Replay::expected(scim), changed, "only a plan");
    guarded.undo(&range(true));
    assert_eq!(Replay::expected(scim).differences(&before), [""; 0]);
    guarded.describes();
    let again = guarded.undo(&range(true));
    assert!(again.iter().all(|item| item["id"] == *group || item["outcome"] == "unchanged"), "{again:#?}");
    assert_eq!(Replay::expected(scim).differences(&before), [""; 0]);
}

#[test]
fn what_was_changed_since_is_a_conflict() {
    let Some(guarded) = directory() else { return };
    let scim = &guarded.scim;
    let ids: Vec<String> =
        ["ann", "bob", "eve"].iter().map(|name| scim.create_user(name, &json!({ "title": "A" }))).collect();
    scim.patch_user(&ids[0], &replace("title", "B"));
    scim.patch_user(&ids[1], &replace("title", "B"));
    scim.delete(&format!("/Users/{}", ids[2])).send().expect(204);
    count(&guarded, 6);
    scim.patch_user(&ids[0], &replace("title", "C"));
    scim.patch_user(&ids[1], &replace("nickName", "C"));
    scim.create_user("EVE", &json!({}));
    let range = json!({ "from": 1, "to": 6, "apply": true });
    let title = |id: &str| scim.get(&format!("/Users/{id}")).send().json()["title"].clone();
    let items = guarded.undo(&range);
    let of = |items: &[Value], id: &str| items.iter().find(|item| item["id"] == id).unwrap().clone();
    // The range has the creations, too: what was created in it is left.
    assert!(items.iter().all(|item| item["outcome"] == "impossible"), "{items:#?}");
    let range = json!({ "from": 4, "to": 6, "apply": true });
    let items = guarded.undo(&range);
    assert_eq!(of(&items, &ids[0])["outcome"], "conflict");
    assert_eq!(of(&items, &ids[0])["detail"], "`title` was changed since");
    assert_eq!(of(&items, &ids[1])["outcome"], "restored");
    assert_eq!(of(&items, &ids[2])["outcome"], "conflict", "another user has the name: {items:#?}");
    assert_eq!((title(&ids[0]), title(&ids[1])), (json!("C"), json!("A")));
    let forced = guarded.undo(&json!({ "from": 4, "to": 4, "apply": true, "force": true }));
    assert_eq!((&forced[0]["outcome"], title(&ids[0])), (&json!("restored"), json!("A")));
    for wrong in [
        json!({}),
        json!({ "from": 1 }),
        json!({ "from": 2, "to": 1 }),
        json!({ "held": true, "from": 1, "to": 2 }),
    ] {
        guarded.admin("POST", "/undo").json(&wrong).send().error(400, "invalidValue");
    }
}

#[test]
fn a_long_range_is_undone_in_parts() {
    let Some(guarded) = directory() else { return };
    let scim = &guarded.scim;
    let id = scim.create_user("ann", &json!({ "title": "0" }));
    for n in 1..=250 {
        scim.patch(&format!("/Users/{id}"), &replace("title", &n.to_string())).send().expect(200);
    }
    count(&guarded, 251);
    let items = guarded.undo(&json!({ "from": 2, "to": 251, "apply": true }));
    assert!(items.len() == 2 && items.iter().all(|item| item["outcome"] == "restored"), "{items:#?}");
    assert_eq!(scim.get(&format!("/Users/{id}")).send().json()["title"], "0");
}
