//! The cost of operations in DynamoDB's capacity units: at most what the design states.

mod events;
mod operations;

use serde_json::{Value, json};
use tests::answer::Answer;
use tests::call::Call;
use tests::endpoint::Endpoint;
use tests::names::unique;
use tests::pages::cursor;
use tests::people::{ENTERPRISE, patch, user};

/// Read and write units from `x-rollcall-units: r=1.5;w=0`.
#[track_caller]
pub(crate) fn units(answer: &Answer) -> (f64, f64) {
    let header = answer.header("x-rollcall-units").unwrap_or_else(|| panic!("{answer}\nno x-rollcall-units"));
    let part = |name: &str| {
        let text = header
            .split(';')
            .find_map(|part| part.trim().strip_prefix(name))
            .unwrap_or_else(|| panic!("{header}"));
        text.parse::<f64>().unwrap_or_else(|_| panic!("{header}"))
    };
    (part("r="), part("w="))
}

#[track_caller]
fn at_most(call: Call<'_>, status: u16, read: f64, write: f64) -> Answer {
    let answer = call.send();
    answer.expect(status);
    let (r, w) = units(&answer);
    assert!(r <= read && w <= write, "{answer}\n{r} R and {w} W, at most {read} R and {write} W");
    answer
}

/// The write units of a transaction that also writes an index. DynamoDB Local counts some of them
/// twice.
fn transaction(units: f64) -> f64 {
    if std::env::var_os("ROLLCALL_TEST_DYNAMODB_URL").is_some() { 2.0 * units } else { units }
}

/// A directory whose credential is cached, and which returns `groups` on request only.
pub(crate) fn scim() -> Option<Endpoint> {
    with_profile("strict")
}

fn with_profile(name: &str) -> Option<Endpoint> {
    let scim = Endpoint::empty_directory_of(name)?;
    scim.get("/Users?count=0").send().expect(200);
    Some(scim)
}

pub(crate) fn ana() -> Value {
    let name = unique();
    let emails = json!([{ "value": format!("{name}@ex.io"), "type": "work", "primary": true }]);
    user(&name, &json!({ "externalId": name, "displayName": "Ana", "emails": emails }))
}

#[test]
fn a_user_of_one_kilobyte() {
    let Some(scim) = scim() else { return };
    let body = ana();
    let name = body["userName"].as_str().unwrap().to_owned();
    let created = at_most(scim.post("/Users", &body), 201, 0.0, transaction(11.0));
    let path = format!("/Users/{}", created.id());
    at_most(scim.get(&path), 200, 1.0, 0.0);
    at_most(scim.get("/Users").filter(&format!("userName eq \"{name}\"")), 200, 1.5, 0.0);
    at_most(scim.get("/Users").filter("userName eq \"unknown\""), 200, 1.5, 0.0);
    let set = |path: &str, value: Value| json!([{ "op": "replace", "path": path, "value": value }]);
    at_most(scim.patch(&path, &set("active", json!(false))), 200, 1.0, 1.0);
    at_most(scim.patch(&path, &set("active", json!("False"))), 200, 1.0, 0.0);
    at_most(scim.patch(&path, &set("userName", json!(unique()))), 200, 1.0, transaction(8.0));
    at_most(scim.delete(&path), 204, 2.0, transaction(13.0));
}

/// Half a unit more for each user who is in few groups.
#[test]
fn groups_by_default_cost_a_query_for_each_user() {
    let Some(scim) = with_profile("standard") else { return };
    let ids: Vec<_> = (0..100).map(|_| scim.create_user(&unique(), &json!({}))).collect();
    let path = format!("/Users/{}", ids[0]);
    at_most(scim.get(&path), 200, 1.5, 0.0);
    at_most(scim.get(&format!("{path}?excludedAttributes=groups")), 200, 1.0, 0.0);
    scim.create_group(&unique(), &ids[..1]);
    at_most(scim.get(&path), 200, 2.5, 0.0);
    at_most(scim.get("/Users?count=100"), 200, 62.0, 1.0);
    at_most(scim.get("/Users?count=100&excludedAttributes=groups"), 200, 12.0, 1.0);
}

#[test]
fn one_member_at_any_size() {
    let Some(scim) = scim() else { return };
    for size in [1, 10, 2_000] {
        let ids: Vec<_> = (0..size).map(|number| format!("m{number}")).collect();
        let path = format!("/Groups/{}?excludedAttributes=members", scim.create_group(&unique(), &ids));
        let operation =
            |op: &str, id: &str| json!([{ "op": op, "path": "members", "value": [{ "value": id }] }]);
        at_most(scim.patch(&path, &operation("add", "fresh")), 200, 2.0, 3.0);
        at_most(scim.patch(&path, &operation("add", "fresh")), 200, 2.0, 0.0);
        at_most(scim.patch(&path, &operation("remove", "fresh")), 200, 2.0, 3.0);
        at_most(scim.patch(&path, &operation("remove", "fresh")), 200, 2.0, 0.0);
        at_most(scim.get(&path), 200, 1.0, 0.0);
        let filter = format!("id eq \"{}\" and members eq \"m0\"", path.split(['/', '?']).nth(2).unwrap());
        at_most(scim.get("/Groups?attributes=id").filter(&filter), 200, 2.0, 0.0);
    }
}

#[test]
fn a_page_of_a_hundred_users() {
    let Some(scim) = scim() else { return };
    for number in 0..200 {
        let padding = "x".repeat(600);
        scim.create_user(&format!("u{number}-{}", unique()), &json!({ "displayName": padding }));
    }
    let (r, w) = units(at_most(scim.get("/Users?count=100"), 200, 28.0, 1.0).expect(200));
    assert!(r + w > 0.0);
    at_most(scim.get("/Users?startIndex=101&count=100"), 200, 28.0, 1.0);
}

#[test]
fn a_page_costs_no_more_than_it_shows_however_long_the_list() {
    let Some(scim) = scim() else { return };
    let names: Vec<_> = (0..300).map(|number| format!("u{number:03}")).collect();
    let ids: Vec<_> = names.iter().map(|name| scim.create_user(name, &json!({ "title": "guide" }))).collect();
    let group = scim.create_group(&unique(), &ids);
    let people = format!("groups.value eq \"{group}\"");
    let Some(scim) = secretive(&scim) else { return };
    let page = |query: &str| scim.get(&format!("/Users?attributes=id&count=10{query}"));
    for (query, filter, read) in [
        ("", "", 4.0),
        ("&sortBy=id&sortOrder=descending", "", 4.0),
        // An index entry and the user for each, and the entry after the page.
        ("&sortBy=userName", "", 14.0),
        ("&sortBy=userName&sortOrder=descending", "", 14.0),
        ("", "userName sw \"u\"", 30.0),
        ("", people.as_str(), 30.0),
        ("&sortBy=id", people.as_str(), 30.0),
    ] {
        let ask = |more: &str| {
            let call = page(&format!("{query}{more}"));
            if filter.is_empty() { call } else { call.filter(filter) }
        };
        // The first pages count the matches, once.
        let first = ask("&cursor=").send();
        let (r, w) = units(&first);
        let counting = if filter.is_empty() { read } else { 330.0 };
        assert!(r <= counting && w == 0.0, "{first}\n{r} R and {w} W, at most {counting} R");
        let next = cursor(&first, "nextCursor").unwrap();
        let second = at_most(ask(&format!("&cursor={next}")), 200, read, 0.0);
        let next = cursor(&second, "nextCursor").unwrap();
        at_most(ask(&format!("&cursor={next}")), 200, read, 0.0);
        let previous = cursor(&second, "previousCursor").unwrap();
        at_most(ask(&format!("&cursor={previous}")), 200, read, 0.0);
        ask("&startIndex=1").send().expect(200);
        ask("&startIndex=11").send().expect(200);
        at_most(ask("&startIndex=21"), 200, read + 1.0, 1.0);
    }
}

#[test]
fn cursors_leave_nothing_behind() {
    let Some(scim) = scim() else { return };
    for _ in 0..5 {
        scim.create_user(&unique(), &json!({}));
    }
    let Some(scim) = secretive(&scim) else { return };
    let first = at_most(scim.get("/Users?cursor&count=2"), 200, 2.0, 0.0);
    let next = cursor(&first, "nextCursor").unwrap();
    at_most(scim.get("/Users?count=2").query("cursor", &next), 200, 2.0, 0.0);
    at_most(scim.get("/Users?count=2&sortBy=title").query("cursor", ""), 200, 6.0, 0.0);
}

#[test]
fn checks_of_a_reference_cost_the_items_that_they_name() {
    let Some(scim) = scim() else { return };
    let (manager, other) = (scim.create_user(&unique(), &json!({})), scim.create_user(&unique(), &json!({})));
    let id = scim.create_user(&unique(), &json!({ ENTERPRISE: { "manager": { "value": manager } } }));
    let more: Vec<_> = (0..500).map(|number| format!("m{number}")).collect();
    let group = scim.create_group(&unique(), &[std::slice::from_ref(&id), &more].concat());
    for (path, filter, found, read) in [
        ("/Users", format!("id eq \"{id}\" and manager eq \"{manager}\""), 1, 1.0),
        ("/Users", format!("id eq \"{id}\" and manager.value eq \"{other}\""), 0, 1.0),
        ("/Users", format!("manager eq \"{manager}\" and id eq \"{id}\""), 1, 1.0),
        ("/Groups", format!("id eq \"{group}\" and members eq \"{id}\""), 1, 2.0),
        ("/Groups", format!("members.value eq \"{id}\" and id eq \"{group}\""), 1, 2.0),
        ("/Groups", format!("id eq \"{group}\" and members[value eq \"{other}\"]"), 0, 3.0),
        // Half for the index, then the group and the membership.
        ("/Groups", format!("members eq \"{id}\""), 1, 3.0),
        ("/Groups", format!("members[value eq \"{id}\"]"), 1, 3.0),
        ("/Groups", format!("members.value eq \"{other}\""), 0, 1.0),
        ("/Users", format!("id eq \"{id}\" and groups.value eq \"{group}\""), 1, 4.0),
        ("/Users", format!("groups.value eq \"{other}\""), 0, 2.0),
    ] {
        let answer = at_most(scim.get(&format!("{path}?attributes=id")).filter(&filter), 200, read, 0.0);
        assert_eq!(answer.total(), found, "{filter}");
    }
}

/// The same directory with a credential that is first used after the cursor secret exists.
fn secretive(scim: &Endpoint) -> Option<Endpoint> {
    scim.get("/Users?cursor&count=1").send().expect(200);
    let fresh = scim.by_another_credential(None)?;
    fresh.get("/Users?count=0").send().expect(200);
    Some(fresh)
}

#[test]
fn writers_of_a_body_that_changes_nothing_pay_for_reading_only() {
    let Some(scim) = scim() else { return };
    let body = ana();
    let path = format!("/Users/{}", scim.post("/Users", &body).send().expect(201).id());
    at_most(scim.put(&path, &body), 200, 1.0, 0.0);
    let nothing = patch(&json!([{ "op": "remove", "path": "nickName" }]));
    at_most(Call::new(&scim, "PATCH", &path).json(&nothing), 200, 1.0, 0.0);
}

#[test]
fn of_a_sorted_page_no_more_is_read_than_fits_an_answer() {
    let Some(scim) = scim() else { return };
    let large = "x".repeat(115_000);
    let create = |number: usize| {
        scim.create_user(
            &format!("u{number}"),
            &json!({ "nickName": format!("n{number:02}"), "title": large }),
        )
    };
    let all: Vec<String> = (0..60).map(create).collect();
    let (each, _) = units(&scim.get(&format!("/Users/{}", all[0])).send());
    let mut seen = Vec::new();
    while seen.len() < all.len() {
        let from = seen.len() + 1;
        let page = scim.get(&format!("/Users?sortBy=nickName&count=60&startIndex={from}")).send();
        page.expect(200).holds(&json!({ "totalResults": 60 }));
        // All are evaluated for sorting; about forty fill the largest possible response.
        let (read, _) = units(&page);
        assert!(read < each * 105.0, "{read} units, of {each} for one user");
        assert!(!page.ids().is_empty(), "{page}");
        seen.extend(page.ids());
    }
    assert_eq!(seen, all);
}
