//! GET /Users sorted (RFC 7644 §3.4.2.3).

use serde_json::{Value, json};
use tests::endpoint::Endpoint;
use tests::names::unique;
use tests::pages::List;
use tests::people::ENTERPRISE;

/// Creates users with these attributes; returns their ids in the same order.
fn people(each: &[Value]) -> Option<(Endpoint, Vec<String>)> {
    let scim = Endpoint::empty_directory()?;
    let ids = each.iter().map(|more| scim.create_user(&unique(), more)).collect();
    Some((scim, ids))
}

/// Reads the list in both orders and with every kind of page; `expected` numbers the people.
#[track_caller]
fn sorted(scim: &Endpoint, ids: &[String], sort_by: &str, filter: Option<&str>, expected: &[usize]) {
    let mut expected: Vec<_> = expected.iter().map(|number| ids[*number].clone()).collect();
    for order in ["ascending", "descending"] {
        for count in [2, 100] {
            let mut list = List::new(scim, "/Users", count).with("sortBy", sort_by).with("sortOrder", order);
            if let Some(filter) = filter {
                list = list.with("filter", filter);
            }
            assert_eq!(list.walked(), expected, "{sort_by} {order} {filter:?}");
        }
        expected.reverse();
    }
    let default = List::new(scim, "/Users", 100).with("sortBy", sort_by);
    if filter.is_none() {
        assert_eq!(default.walked(), expected, "ascending is the default");
    }
}

#[test]
fn by_user_name_in_any_letter_case() {
    let Some(scim) = Endpoint::empty_directory() else { return };
    let names = ["delta", "Alpha", "CHARLIE", "bravo", "Ärmel", "alpha 2", "alpha#1"];
    let ids: Vec<_> = names.iter().map(|name| scim.create_user(name, &json!({ "title": "x" }))).collect();
    sorted(&scim, &ids, "userName", None, &[1, 5, 6, 3, 2, 0, 4]);
    sorted(&scim, &ids, "USERNAME", Some("title eq \"X\""), &[1, 5, 6, 3, 2, 0, 4]);
    sorted(&scim, &ids, "userName", Some("userName sw \"ALPHA\""), &[1, 5, 6]);
    sorted(&scim, &ids, "userName", Some("userName gt \"b\" and userName lt \"d\""), &[3, 2]);
    sorted(&scim, &ids, "userName", Some("userName eq \"bravo\" or userName eq \"alpha\""), &[1, 3]);
    let qualified = "urn:ietf:params:scim:schemas:core:2.0:User:userName";
    sorted(&scim, &ids, qualified, Some("userName ew \"a\""), &[1, 0]);
}

#[test]
fn long_names_are_sorted_to_their_ends() {
    let Some(scim) = Endpoint::empty_directory() else { return };
    let stem = "n".repeat(900);
    let names = [format!("{stem}b"), "z".to_owned(), format!("{stem}a"), "a".to_owned(), format!("{stem}aa")];
    let ids: Vec<_> =
        names.iter().map(|name| scim.create_user(name, &json!({ "displayName": name }))).collect();
    for sort_by in ["userName", "displayName"] {
        for count in [1, 2, 4, 100] {
            for (order, expected) in [("ascending", [3, 2, 4, 0, 1]), ("descending", [1, 0, 4, 2, 3])] {
                let list = List::new(&scim, "/Users", count).with("sortBy", sort_by).with("sortOrder", order);
                assert_eq!(
                    list.walked(),
                    expected.map(|number| ids[number].clone()),
                    "{sort_by} {order} {count}"
                );
            }
        }
    }
}

#[test]
fn those_without_the_value_are_last_or_first_when_descending() {
    let each =
        [json!({}), json!({ "title": "b" }), json!({ "title": "" }), json!({ "title": "A" }), json!({})];
    let Some((scim, ids)) = people(&each) else { return };
    sorted(&scim, &ids, "title", None, &[3, 1, 0, 2, 4]);
    sorted(&scim, &ids, "title", Some("title pr"), &[3, 1]);
}

#[test]
fn the_primary_element_counts_else_the_first() {
    let emails = |values: Value| json!({ "emails": values });
    let each = [
        emails(json!([{ "value": "d@x", "type": "work" }, { "value": "a@x", "type": "home" }])),
        emails(
            json!([{ "value": "z@x", "type": "work" }, { "value": "B@x", "type": "home", "primary": true }]),
        ),
        emails(json!([{ "value": "c@x", "type": "other" }])),
        json!({}),
    ];
    let Some((scim, ids)) = people(&each) else { return };
    for path in ["emails", "emails.value"] {
        sorted(&scim, &ids, path, None, &[1, 2, 0, 3]);
        sorted(&scim, &ids, path, Some("emails sw \"a\" or emails.value co \"@\""), &[1, 2, 0]);
    }
    sorted(&scim, &ids, "emails.type", None, &[1, 2, 0, 3]);
}

#[test]
fn by_the_type_of_the_attribute() {
    let each = [
        json!({ "active": true, "externalId": "b", "name": { "familyName": "Zoe" }, ENTERPRISE: { "department": "b" } }),
        json!({ "active": false, "externalId": "B", "name": { "familyName": "ada" }, ENTERPRISE: { "department": "A" } }),
        json!({ "externalId": "a", "name": { "familyName": "Bo" }, ENTERPRISE: { "department": "C" } }),
    ];
    let Some((scim, ids)) = people(&each) else { return };
    sorted(&scim, &ids, "active", None, &[1, 0, 2]);
    sorted(&scim, &ids, "externalId", None, &[1, 2, 0]);
    sorted(&scim, &ids, "name.familyName", None, &[1, 2, 0]);
    sorted(&scim, &ids, &format!("{ENTERPRISE}:department"), None, &[1, 0, 2]);
    for path in ["id", "meta.created", "meta.location"] {
        sorted(&scim, &ids, path, None, &[0, 1, 2]);
    }
    scim.patch_user(&ids[0], &json!([{ "op": "replace", "path": "title", "value": "x" }]));
    sorted(&scim, &ids, "meta.lastModified", None, &[1, 2, 0]);
}

#[test]
fn those_that_sort_alike_are_in_order_of_creation() {
    let each: Vec<_> = (0..5).map(|n| json!({ "title": if n % 2 == 0 { "Same" } else { "sAME" } })).collect();
    let Some((scim, ids)) = people(&each) else { return };
    sorted(&scim, &ids, "title", None, &[0, 1, 2, 3, 4]);
    sorted(&scim, &ids, "meta.resourceType", None, &[0, 1, 2, 3, 4]);
}

#[test]
fn the_people_of_a_group_can_be_sorted() {
    let each =
        [json!({ "title": "c" }), json!({ "title": "a" }), json!({ "title": "b" }), json!({ "title": "0" })];
    let Some((scim, ids)) = people(&each) else { return };
    let group =
        scim.create_group(&unique(), &[ids[2].clone(), ids[0].clone(), ids[1].clone(), "unknown".to_owned()]);
    let filter = format!("groups.value eq \"{group}\"");
    sorted(&scim, &ids, "title", Some(&filter), &[1, 2, 0]);
    sorted(&scim, &ids, "id", Some(&filter), &[0, 1, 2]);
    sorted(&scim, &ids, "groups.value", None, &[0, 1, 2, 3]);
}

#[test]
fn what_is_sorted_is_projected_all_the_same() {
    let Some((scim, ids)) = people(&[json!({ "title": "b" }), json!({ "title": "a" })]) else { return };
    let page = scim.get("/Users?sortBy=title&attributes=userName").send();
    page.holds(&json!({ "totalResults": 2, "startIndex": 1, "itemsPerPage": 2 }));
    assert_eq!(page.ids(), [ids[1].as_str(), &ids[0]]);
    assert!(page.json()["Resources"][0].get("title").is_none(), "{page}");
}

#[test]
fn an_unknown_attribute_cannot_be_sorted_by() {
    let scim = Endpoint::shared();
    for path in
        ["colour", "emails.colour", "name", "password", "urn:ex:2.0:User:userName", "members", "a.b.c"]
    {
        let answer = scim.get("/Users").query("sortBy", path).send();
        answer.error(400, "invalidPath");
        let detail = answer.json()["detail"].as_str().unwrap().to_owned();
        assert!(
            detail.contains("sortBy") && detail.contains(path.split('.').next_back().unwrap()),
            "{answer}"
        );
    }
    for order in ["up", "desc", "0"] {
        scim.get("/Users?sortBy=userName").query("sortOrder", order).send().error(400, "invalidValue");
    }
    scim.get("/Users?count=1&sortBy=&sortOrder=").send().expect(200);
    scim.get("/Users?count=1&sortBy=userName&sortOrder=DESCENDING").send().expect(200);
    scim.get("/Users?count=1&sortOrder=descending").send().expect(200);
}
