//! Queries of the base URL, across resource types: GET on the Tenant URL and POST /.search (RFC
//! 7644 §3.4.2.1, §3.4.3).

use serde_json::{Value, json};
use tests::call::Call;
use tests::endpoint::Endpoint;
use tests::names::unique;
use tests::pages::{List, cursor};
use tests::people::group;

const SEARCH: &str = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";

/// Five users and four groups: users come first.
fn world() -> Option<(Endpoint, Vec<String>)> {
    let scim = Endpoint::empty_directory()?;
    let names = ["Delta", "alpha", "Echo", "bravo", "Foxtrot"];
    let users = names.iter().map(|name| {
        let more = json!({ "displayName": name, "externalId": name, "title": "guide" });
        scim.create_user(&format!("{name}@ex.io"), &more)
    });
    let mut ids: Vec<_> = users.collect();
    for name in ["Charlie", "ALPHA", "delta", "Golf"] {
        let members = json!([{ "value": ids[0] }, { "value": ids[3] }]);
        let body = group(name, &json!({ "externalId": name, "members": members }));
        ids.push(scim.post("/Groups", &body).send().expect(201).id());
    }
    Some((scim, ids))
}

#[track_caller]
fn found(scim: &Endpoint, filter: &str, expected: &[&String]) {
    let expected: Vec<_> = expected.iter().map(|id| (*id).clone()).collect();
    for count in [2, 100] {
        assert_eq!(List::new(scim, "", count).with("filter", filter).walked(), expected, "{filter}");
    }
}

#[test]
fn everything_is_listed_type_after_type() {
    let Some((scim, ids)) = world() else { return };
    for count in [1, 4, 5, 100] {
        assert_eq!(List::new(&scim, "", count).walked(), ids, "{count}");
        assert_eq!(List::new(&scim, "/", count).walked(), ids, "{count}");
    }
    let page = scim.get("?startIndex=5&count=2").send();
    page.holds(&json!({ "totalResults": 9, "startIndex": 5, "itemsPerPage": 2 }));
    let all = page.json();
    for (at, endpoint, kind) in [(0, "/Users", "User"), (1, "/Groups", "Group")] {
        let one = &all["Resources"][at];
        assert_eq!(one["meta"]["resourceType"], kind);
        let single = scim.get(&format!("{endpoint}/{}", one["id"].as_str().unwrap())).send().json();
        assert_eq!(*one, single, "as it is answered by itself");
    }
    scim.get("?count=0").send().holds(&json!({ "totalResults": 9, "itemsPerPage": 0, "Resources": [] }));
}

#[test]
fn a_filter_asks_every_type() {
    let Some((scim, ids)) = world() else { return };
    found(&scim, "displayName eq \"alpha\"", &[&ids[1], &ids[6]]);
    found(&scim, "displayName sw \"d\"", &[&ids[0], &ids[7]]);
    found(&scim, "externalId eq \"Delta\"", &[&ids[0]]);
    found(&scim, "externalId eq \"Delta\" or externalId eq \"Golf\"", &[&ids[0], &ids[8]]);
    found(&scim, &format!("id eq \"{}\" or id eq \"{}\"", ids[8], ids[2]), &[&ids[2], &ids[8]]);
    found(&scim, "not (displayName co \"l\")", &[&ids[2], &ids[3], &ids[4]]);
    found(&scim, "displayName eq \"unknown\"", &[]);
}

#[test]
fn an_attribute_that_a_type_does_not_have_has_no_value_there() {
    let Some((scim, ids)) = world() else { return };
    let groups: Vec<_> = ids[5..].iter().collect();
    found(&scim, "userName eq \"ALPHA@ex.io\"", &[&ids[1]]);
    found(&scim, "userName sw \"alpha\" or displayName eq \"golf\"", &[&ids[1], &ids[8]]);
    found(&scim, "title pr", &ids[..5].iter().collect::<Vec<_>>());
    found(&scim, "not (title pr)", &groups);
    found(&scim, "title ne \"guide\"", &groups);
    found(&scim, &format!("members.value eq \"{}\"", ids[0]), &groups);
    found(&scim, &format!("members[value eq \"{}\"] and displayName ne \"golf\"", ids[3]), &groups[..3]);
    found(&scim, &format!("groups.value eq \"{}\"", ids[5]), &[&ids[0], &ids[3]]);
    for filter in ["colour eq \"x\"", "userName pr and colour pr", "active gt true", "password pr", ""] {
        scim.get("").filter(filter).send().error(400, "invalidFilter");
    }
}

#[test]
fn the_resource_type_narrows_the_list() {
    let Some((scim, ids)) = world() else { return };
    let (users, groups): (Vec<_>, Vec<_>) = (ids[..5].iter().collect(), ids[5..].iter().collect());
    found(&scim, "meta.resourceType eq \"User\"", &users);
    found(&scim, "meta.resourceType eq Group", &groups);
    found(
        &scim,
        "(meta.resourceType eq User) or (meta.resourceType eq Group)",
        &ids.iter().collect::<Vec<_>>(),
    );
    found(&scim, "meta.resourceType eq \"Group\" and displayName sw \"d\"", &[&ids[7]]);
    found(
        &scim,
        "meta.resourceType eq \"Group\" or userName sw \"echo\"",
        &[&[&ids[2]], groups.as_slice()].concat(),
    );
    found(&scim, "not (meta.resourceType eq \"User\")", &groups);
    found(&scim, "meta.resourceType eq \"Device\"", &[]);
}

#[test]
fn types_are_sorted_together() {
    let Some((scim, ids)) = world() else { return };
    let sorted = |by: &str, filter: &str, expected: &[usize]| {
        let mut expected: Vec<_> = expected.iter().map(|number| ids[*number].clone()).collect();
        for order in ["ascending", "descending"] {
            for count in [2, 100] {
                let mut list = List::new(&scim, "", count).with("sortBy", by).with("sortOrder", order);
                if !filter.is_empty() {
                    list = list.with("filter", filter);
                }
                assert_eq!(list.walked(), expected, "{by} {order} {filter}");
            }
            expected.reverse();
        }
    };
    sorted("displayName", "", &[1, 6, 3, 5, 0, 7, 2, 4, 8]);
    sorted("displayName", "displayName sw \"a\" or title pr", &[1, 6, 3, 0, 2, 4]);
    sorted("displayName", "meta.resourceType eq \"Group\"", &[6, 5, 7, 8]);
    sorted("userName", "", &[1, 3, 0, 2, 4, 5, 6, 7, 8]);
    sorted("meta.resourceType", "", &[5, 6, 7, 8, 0, 1, 2, 3, 4]);
    sorted("id", "", &[0, 1, 2, 3, 4, 5, 6, 7, 8]);
    scim.get("?sortBy=colour").send().error(400, "invalidPath");
}

#[test]
fn a_search_by_post_is_the_same_question() {
    let Some((scim, ids)) = world() else { return };
    let ask = |parameters: Value| {
        let mut body = json!({ "schemas": [SEARCH] });
        body.as_object_mut().unwrap().extend(parameters.as_object().unwrap().clone());
        scim.post("/.search", &body).send()
    };
    let page = ask(
        json!({ "attributes": ["displayName", "userName"], "filter": "displayName sw \"d\"", "startIndex": 1, "count": 10 }),
    );
    page.holds(&json!({
        "totalResults": 2, "itemsPerPage": 2, "startIndex": 1,
        "Resources": [
            { "id": ids[0], "userName": "Delta@ex.io", "displayName": "Delta", "title": "<absent>" },
            { "id": ids[7], "displayName": "delta", "members": "<absent>" },
        ],
    }));
    assert_eq!(page.header("location"), Some(format!("{}/.search", scim.base()).as_str()));
    let first = ask(json!({ "cursor": "", "count": 4 }));
    let next = ask(json!({ "cursor": cursor(&first, "nextCursor").unwrap(), "count": 4 }));
    assert_eq!([first.ids(), next.ids()].concat(), ids[..8]);
    ask(json!({ "filter": "colour pr" })).error(400, "invalidFilter");
    scim.post("/.search", &json!({ "schemas": [] })).send().error(400, "invalidSyntax");
}

#[test]
fn projections_are_those_of_each_type() {
    let Some((scim, ids)) = world() else { return };
    let page = scim.get("?attributes=members&sortBy=displayName&count=2").send();
    let first = json!({ "id": ids[1], "displayName": "<absent>" });
    let second = json!({ "id": ids[6], "displayName": "<absent>", "members": ["<any>", "<any>"] });
    page.holds(&json!({ "Resources": [first, second] }));
    let page = scim.get("?excludedAttributes=members,title").send();
    for one in page.json()["Resources"].as_array().unwrap() {
        assert!(one.get("members").is_none() && one.get("title").is_none() && one["displayName"].is_string());
    }
}

#[test]
fn another_directory_sees_nothing() {
    let (Some((ours, _)), Some(theirs)) = (world(), Endpoint::empty_directory()) else { return };
    assert_eq!(theirs.get("").send().total(), 0);
    let next = cursor(&ours.get("?cursor&count=2").send(), "nextCursor").unwrap();
    theirs.get("?count=2").query("cursor", &next).send().error(400, "invalidCursor");
}

#[test]
fn the_base_takes_get_only_and_no_path_after_its_query() {
    let scim = Endpoint::shared();
    for method in ["POST", "PUT", "PATCH", "DELETE"] {
        Call::new(scim, method, "").json(&json!({ "userName": unique() })).send().error(405, "");
    }
    for path in
        ["?aadOptscim062020/Users", "/?aadOptscim062020/Users?filter=userName+pr", "?x/Users=1&count=1"]
    {
        scim.get(path).send().error(404, "");
    }
    scim.get("?aadOptscim062020&count=0").send().expect(200);
    assert_eq!(Call::new(scim, "HEAD", "?count=1").send().status, 200);
}
