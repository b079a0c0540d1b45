//! What operations cost in DynamoDB's capacity units: at most what the design states.

use serde_json::{Value, json};
use tests::answer::Answer;
use tests::call::Call;
use tests::endpoint::Endpoint;
use tests::names::unique;
use tests::people::{patch, user};

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

/// The write units of a transaction that writes an index, too. DynamoDB Local counts such
/// transactions twice, but not always: there its figure says nothing.
fn transaction(units: f64) -> f64 {
    if std::env::var_os("ROLLCALL_TEST_DYNAMODB_URL").is_some() { f64::INFINITY } else { units }
}

/// A directory whose credential is cached.
pub(crate) fn scim() -> Option<Endpoint> {
    let scim = Endpoint::empty_directory()?;
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
    at_most(scim.get("/Users").filter("userName eq \"nobody\""), 200, 1.5, 0.0);
    let set = |path: &str, value: Value| json!([{ "op": "replace", "path": path, "value": value }]);
    at_most(scim.patch(&path, &set("active", json!(false))), 200, 1.0, 1.0);
    at_most(scim.patch(&path, &set("active", json!("False"))), 200, 1.0, 0.0);
    at_most(scim.patch(&path, &set("userName", json!(unique()))), 200, 1.0, transaction(8.0));
    at_most(scim.delete(&path), 204, 2.0, transaction(13.0));
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
fn writers_of_a_body_that_changes_nothing_pay_for_reading_only() {
    let Some(scim) = scim() else { return };
    let body = ana();
    let path = format!("/Users/{}", scim.post("/Users", &body).send().expect(201).id());
    at_most(scim.put(&path, &body), 200, 1.0, 0.0);
    let nothing = patch(&json!([{ "op": "remove", "path": "nickName" }]));
    at_most(Call::new(&scim, "PATCH", &path).json(&nothing), 200, 1.0, 0.0);
}
