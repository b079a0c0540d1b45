//! Each operation of the benchmark (`tests/bench`), on its data: a user of one KB with three index
//! entries, pages of a hundred, groups of ten. docs/performance.md has the same figures; the
//! operations of one user and of one member are in the module above.

use serde_json::{Value, json};
use tests::people::{group, member_values, user};

use super::{ana, at_most, scim, secretive, transaction, units};

/// Ids of members that are not users.
fn ids(prefix: &str, count: usize) -> Vec<String> {
    (0..count).map(|number| format!("{prefix}{number}")).collect()
}

fn members(op: &str, ids: &[String]) -> Value {
    json!([{ "op": op, "path": "members", "value": member_values(ids) }])
}

#[test]
fn by_external_id() {
    let Some(scim) = scim() else { return };
    let body = ana();
    scim.post("/Users", &body).send().expect(201);
    let filter = format!("externalId eq {}", body["externalId"]);
    assert_eq!(at_most(scim.get("/Users").filter(&filter), 200, 2.0, 0.0).total(), 1);
}

#[test]
fn first_last_and_cursors_page() {
    let Some(scim) = scim() else { return };
    for number in 0..250 {
        scim.post("/Users", &user(&format!("u{number:03}"), &json!({ "title": "x".repeat(300) })))
            .send()
            .expect(201);
    }
    let Some(scim) = secretive(&scim) else { return };
    let page = |query: &str| scim.get(&format!("/Users?count=100&{query}"));
    let first = at_most(page("startIndex=1"), 200, 17.0, 1.0);
    assert_eq!(first.ids().len(), 100);
    at_most(page("startIndex=101"), 200, 18.0, 1.0);
    // No page follows the last one, but the anchor is still updated.
    let last = at_most(page("startIndex=201"), 200, 18.0, 1.0);
    assert_eq!(last.ids().len(), 50);
    let next = at_most(page("cursor="), 200, 17.0, 0.0).json();
    let second = page("").query("cursor", next["nextCursor"].as_str().unwrap());
    assert_eq!(at_most(second, 200, 17.0, 0.0).ids().len(), 100);
}

#[test]
fn small_groups() {
    let Some(scim) = scim() else { return };
    let body = |name: &str| group(name, &json!({ "members": member_values(&ids("m", 10)) }));
    // Ten memberships and their entries in the index, the intent to write them, the group,
    // its index entry and the counter.
    let created = at_most(scim.post("/Groups", &body("a")), 201, 2.0, transaction(28.0));
    let path = format!("/Groups/{}", created.id());
    at_most(scim.get(&path), 200, 3.0, 0.0);
    at_most(scim.get(&format!("{path}?excludedAttributes=members")), 200, 1.0, 0.0);
    // Its members are swept later. A tombstone costs two units.
    at_most(scim.delete(&path), 204, 1.0, transaction(8.0));
}

#[test]
fn many_members() {
    let Some(scim) = scim() else { return };
    let path = format!("/Groups/{}?excludedAttributes=members", scim.create_group("many", &ids("m", 10)));
    // Reads whether each is already a member; two units to write each new one.
    at_most(scim.patch(&path, &members("add", &ids("n", 1_000))), 200, 1_001.0, 2_001.0);
    at_most(scim.patch(&path, &members("add", &ids("n", 1_000))), 200, 1_001.0, 0.0);
    // The members, the planned write of them, and the group.
    let replaced = scim.patch(&path, &members("replace", &ids("o", 1_000))).send();
    let (read, write) = units(replaced.expect(200));
    assert!(read <= 70.0 && write <= 2_003.0, "{replaced}\n{read} R and {write} W");
}

#[test]
fn a_whole_list_costs_what_changes_in_it() {
    let Some(scim) = scim() else { return };
    for (size, read) in [(100, 20.0), (1_000, 60.0), (10_000, 560.0)] {
        let mut list = ids("m", size);
        let name = format!("g{size}");
        let path = format!("/Groups/{}?excludedAttributes=members", scim.create_group(&name, &list));
        let put =
            |list: &[String]| scim.put(&path, &group(&name, &json!({ "members": member_values(list) })));
        // The same list is read and compared.
        at_most(put(&list), 200, read, 0.0);
        // One membership in place of another, with their entries in the index, and the group.
        list[size / 2] = "other".to_owned();
        at_most(put(&list), 200, read, transaction(8.0));
    }
}

#[test]
fn a_whole_list_with_another_display_writes_that_member() {
    let Some(scim) = scim() else { return };
    let path = format!("/Groups/{}?excludedAttributes=members", scim.create_group("a", &ids("m", 50)));
    let add = |display: &str| json!([{ "op": "add", "path": "members", "value": [{ "value": "m7", "display": display }] }]);
    // The member and the group. Its entry in the index stays.
    at_most(scim.patch(&path, &add("One")), 200, 2.0, 2.0);
    at_most(scim.patch(&path, &add("One")), 200, 2.0, 0.0);
    at_most(scim.patch(&path, &members("add", &["m7".to_owned()])), 200, 2.0, 0.0);
    at_most(scim.patch(&path, &members("replace", &ids("m", 50))), 200, 10.0, transaction(4.0));
}

#[test]
fn a_user_who_leaves_five_groups() {
    let Some(scim) = scim() else { return };
    let id = scim.post("/Users", &ana()).send().expect(201).id();
    for number in 0..5 {
        scim.create_group(&format!("g{number}"), std::slice::from_ref(&id));
    }
    // Two for each membership, the user, and its tombstone.
    at_most(scim.delete(&format!("/Users/{id}")), 204, 2.0, transaction(23.0));
}
