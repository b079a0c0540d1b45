//! GET /Groups: matching, checks of references, pages.

use serde_json::json;
use tests::endpoint::Endpoint;
use tests::names::{guid, unique};
use tests::runtime::within;

#[test]
fn a_group_is_matched_by_name_and_external_id_without_members() {
    let scim = Endpoint::shared();
    let name = format!("Team \"A\" & B+C {}", unique());
    let body = tests::people::group(&name, &json!({ "externalId": name, "members": [{ "value": "u" }] }));
    let id = scim.post("/Groups", &body).send().expect(201).id();
    for filter in [
        format!("displayName eq {}", json!(name.to_uppercase())),
        format!("externalId eq {}", json!(name)),
        format!("displayName EQ {}", json!(name)),
    ] {
        let answer = scim.get("/Groups?excludedAttributes=members").filter(&filter).send();
        answer.holds(&json!({ "totalResults": 1, "itemsPerPage": 1, "Resources": [{ "id": id, "displayName": name, "members": "<absent>" }] }));
    }
    let answer = scim.get("/Groups").filter(&format!("displayName eq {}", json!(name))).send();
    answer.holds(&json!({ "Resources": [{ "members": [{ "value": "u" }] }] }));
}

#[test]
fn no_match_is_an_empty_list() {
    let scim = Endpoint::shared();
    let answer = scim
        .get("/Groups?excludedAttributes=members")
        .filter(&format!("displayName eq \"{}\"", guid()))
        .send();
    answer.expect(200).holds(&json!({ "totalResults": 0, "itemsPerPage": 0, "Resources": [] }));
}

#[test]
fn a_membership_can_be_checked() {
    let scim = Endpoint::shared();
    let (member, other) = (unique(), unique());
    let id = scim.create_group(&unique(), std::slice::from_ref(&member));
    for (user, filter) in [
        (&member, "members eq"),
        (&member, "members.value eq"),
        (&other, "members eq"),
        (&other, "members.value eq"),
    ] {
        let expected: Vec<String> = (user == &member).then(|| id.clone()).into_iter().collect();
        assert_eq!(scim.groups_where(&format!("id eq \"{id}\" and {filter} \"{user}\"")), expected);
    }
    assert_eq!(
        scim.groups_where(&format!("id eq \"{id}\" and members[value eq \"{member}\"]")),
        [id.as_str()]
    );
    assert!(scim.groups_where(&format!("id eq \"{id}\" and members[value eq \"{other}\"]")).is_empty());
    assert_eq!(
        scim.groups_where(&format!("id eq \"{id}\" and not (members[value eq \"{other}\"])")),
        [id.as_str()]
    );
    scim.patch_group(&id, &json!([{ "op": "remove", "path": "members" }]));
    assert!(scim.groups_where(&format!("id eq \"{id}\" and members eq \"{member}\"")).is_empty());
}

#[test]
fn the_groups_of_a_member_are_found() {
    let (scim, member) = (Endpoint::shared(), unique());
    let mut expected: Vec<_> =
        (0..3).map(|_| scim.create_group(&unique(), std::slice::from_ref(&member))).collect();
    expected.sort();
    for filter in [
        format!("members eq \"{member}\""),
        format!("members[value eq \"{member}\"]"),
        format!("members.value eq \"{member}\""),
    ] {
        let mut found = Vec::new();
        let all = within(20, || {
            found = scim.groups_where(&filter);
            found.sort();
            found == expected
        });
        assert!(all, "{filter}: {found:?} is not {expected:?}");
    }
}

#[test]
fn groups_are_listed_in_pages() {
    let Some(scim) = Endpoint::empty_directory() else { return };
    let ids: Vec<_> = (0..7).map(|_| scim.create_group(&unique(), &["u".to_owned()])).collect();
    let mut seen = Vec::new();
    for (start, items) in [(1, 3), (4, 3), (7, 1), (8, 0)] {
        let page = scim.get(&format!("/Groups?startIndex={start}&count=3")).send();
        page.expect(200).holds(&json!({ "totalResults": 7, "startIndex": start, "itemsPerPage": items }));
        seen.extend(page.ids());
    }
    assert_eq!(seen, ids);
    assert_eq!(scim.get("/Groups?startIndex=1&count=100").send().ids(), ids);
    assert_eq!(scim.get("/Users").send().total(), 0);
}

#[test]
fn what_groups_do_not_have_is_invalid_filter() {
    let scim = Endpoint::shared();
    for filter in ["userName eq \"x\"", "emails pr", "members.colour eq \"x\"", "members[colour eq \"x\"]"] {
        scim.get("/Groups").filter(filter).send().error(400, "invalidFilter");
    }
}

#[test]
fn renamed_groups_are_found_by_their_new_name_only() {
    let (scim, old, new) = (Endpoint::shared(), unique(), unique());
    let id = scim.create_group(&old, &[]);
    scim.patch_group(&id, &json!([{ "op": "Replace", "path": "displayName", "value": new }]));
    assert!(scim.groups_where(&format!("displayName eq \"{old}\"")).is_empty());
    assert_eq!(scim.groups_where(&format!("displayName eq \"{new}\"")), [id]);
    scim.create_group(&old, &[]);
}
