//! The operations, in the order of the table in `docs/performance.md`. Each begins in an empty directory.

use serde_json::{Value, json};
use tests::bulk::{bulk, change, post_user};
use tests::endpoint::Endpoint;
use tests::names::unique;
use tests::pages::cursor;
use tests::people::{group, member_values, patch};

use super::super::units::ana;
use super::{Operation, Request};

/// Groups are shown with a user on request only.
const STRICT: &str = "strict";
/// A user is always shown with the groups, and a group with its members.
const STANDARD: &str = "standard";

pub(super) static OPERATIONS: [Operation; 38] = [
    at_depth("get user", STRICT, (1, 2), |scim| get(&user(scim))),
    at_depth("get user with `groups`", STANDARD, (2, 3), |scim| get(&in_groups(scim, 2))),
    at_depth("`userName eq`, hit", STRICT, (2, 3), |scim| {
        let body = ana();
        scim.post("/Users", &body).send().expect(201);
        filter("/Users", &format!("userName eq {}", body["userName"]))
    }),
    at_depth("`userName eq`, miss", STRICT, (2, 3), |_| filter("/Users", "userName eq \"unknown\"")),
    at_depth("`userName eq`, hit, with `groups`", STANDARD, (4, 5), |scim| {
        let body = ana();
        let id = scim.post("/Users", &body).send().expect(201).id();
        scim.create_group(&unique(), &[id]);
        filter("/Users", &format!("userName eq {}", body["userName"]))
    }),
    at_depth("`externalId eq`", STRICT, (2, 3), |scim| {
        let body = ana();
        scim.post("/Users", &body).send().expect(201);
        filter("/Users", &format!("externalId eq {}", body["externalId"]))
    }),
    at_depth("`userName eq` one `or` another", STRICT, (2, 3), |scim| {
        let bodies = [ana(), ana()];
        for body in &bodies {
            scim.post("/Users", body).send().expect(201);
        }
        let [first, second] = &bodies;
        let either = format!("userName eq {} or userName eq {}", first["userName"], second["userName"]);
        filter("/Users", &either)
    }),
    at_depth("first page", STRICT, (2, 3), |scim| {
        users(scim, 5);
        get("/Users?count=2")
    }),
    at_depth("next page", STRICT, (3, 4), |scim| {
        users(scim, 5);
        scim.get("/Users?count=2").send().expect(200);
        get("/Users?count=2&startIndex=3")
    }),
    at_depth("last page", STRICT, (3, 4), |scim| {
        users(scim, 3);
        scim.get("/Users?count=2").send().expect(200);
        get("/Users?count=2&startIndex=3")
    }),
    at_depth("total only (`count=0`)", STRICT, (1, 2), |_| get("/Users?count=0")),
    at_depth("first page by cursor", STRICT, (1, 2), |scim| {
        users(scim, 5);
        scim.get("/Users?count=1&cursor=").send().expect(200);
        get("/Users?count=2&cursor=")
    }),
    at_depth("next page by cursor", STRICT, (1, 2), |scim| {
        users(scim, 5);
        let first = scim.get("/Users?count=2&cursor=").send();
        get(&format!("/Users?count=2&cursor={}", cursor(&first, "nextCursor").expect("a cursor")))
    }),
    at_depth("create user", STRICT, (1, 2), |_| send("POST", "/Users", ana())),
    at_depth("PATCH user", STRICT, (2, 3), |scim| set(&user(scim), "active", json!(false))),
    at_depth("PATCH user, with `groups` in the response", STANDARD, (2, 3), |scim| {
        set(&in_groups(scim, 2), "active", json!(false))
    }),
    at_depth("PATCH user, nothing changes", STRICT, (1, 2), |scim| set(&user(scim), "active", json!("True"))),
    at_depth("rename user", STRICT, (2, 3), |scim| set(&user(scim), "userName", json!(unique()))),
    at_depth("PUT user", STRICT, (2, 3), |scim| {
        let path = user(scim);
        send("PUT", &path, ana())
    }),
    at_depth("delete user", STRICT, (2, 3), |scim| delete(&user(scim))),
    at_depth("delete user in 5 groups", STRICT, (3, 4), |scim| delete(&in_groups(scim, 5))),
    at_depth("get group without members", STRICT, (1, 2), |scim| {
        get(&format!("{}?excludedAttributes=members", group_of(scim, 10)))
    }),
    at_depth("get group of 10", STRICT, (3, 4), |scim| get(&group_of(scim, 10))),
    at_depth("groups by member", STRICT, (3, 4), |scim| {
        scim.create_group(&unique(), &ids(10));
        filter("/Groups?excludedAttributes=members", "members.value eq \"m1\"")
    }),
    at_depth("create group", STRICT, (1, 2), |_| send("POST", "/Groups", group(&unique(), &json!({})))),
    at_depth("create group of 3", STRICT, (1, 2), |_| send("POST", "/Groups", group_with(3))),
    at_depth("create group of 10", STRICT, (4, 5), |_| send("POST", "/Groups", group_with(10))),
    at_depth("add 1 member", STRICT, (3, 5), |scim| members(&group_of(scim, 10), "add", "fresh", true)),
    at_depth("add 1 member, the response shows all", STRICT, (3, 5), |scim| {
        members(&group_of(scim, 10), "add", "fresh", false)
    }),
    at_depth("add a member who is one", STRICT, (1, 3), |scim| {
        members(&group_of(scim, 10), "add", "m1", true)
    }),
    at_depth("remove 1 member", STRICT, (3, 5), |scim| members(&group_of(scim, 10), "remove", "m1", true)),
    at_depth("rename group", STRICT, (3, 4), |scim| {
        set(&format!("{}?excludedAttributes=members", group_of(scim, 10)), "displayName", json!(unique()))
    }),
    at_depth("PUT group of 10, none changed", STRICT, (3, 4), |scim| {
        let body = group_with(10);
        let path = format!("/Groups/{}", scim.post("/Groups", &body).send().expect(201).id());
        send("PUT", &path, body)
    }),
    at_depth("PUT group of 10, one changed", STRICT, (3, 4), |scim| {
        let mut body = group_with(10);
        let path = format!("/Groups/{}", scim.post("/Groups", &body).send().expect(201).id());
        body["members"] = member_values(&ids(9));
        send("PUT", &path, body)
    }),
    at_depth("delete group", STRICT, (2, 3), |scim| delete(&group_of(scim, 10))),
    at_depth("Bulk: 10 creates", STRICT, (1, 2), |_| {
        let create = |n: usize| post_user(&format!("b{n}"), &unique(), &json!({}));
        send("POST", "/Bulk", bulk(&(0..10).map(create).collect::<Vec<_>>()))
    }),
    at_depth("Bulk: 10 PATCHes", STRICT, (2, 3), |scim| {
        let off = json!([{ "op": "replace", "path": "active", "value": false }]);
        let changes: Vec<_> = (0..10).map(|_| change(&user(scim), &off)).collect();
        send("POST", "/Bulk", bulk(&changes))
    }),
    at_depth("`ServiceProviderConfig`", STRICT, (0, 1), |_| get("/ServiceProviderConfig")),
];

const fn at_depth(
    what: &'static str,
    profile: &'static str,
    (warm, cold): (u64, u64),
    prepare: fn(&Endpoint) -> Request,
) -> Operation {
    Operation { what, profile, warm, cold, prepare }
}

fn get(path: &str) -> Request {
    Request { method: "GET", path: path.to_owned(), body: None }
}

fn delete(path: &str) -> Request {
    Request { method: "DELETE", ..get(path) }
}

fn send(method: &'static str, path: &str, body: Value) -> Request {
    Request { method, body: Some(body), ..get(path) }
}

fn filter(path: &str, filter: &str) -> Request {
    let mut url = reqwest::Url::parse(&format!("http://any{path}")).expect("a URL");
    url.query_pairs_mut().append_pair("filter", filter);
    get(url.as_str().trim_start_matches("http://any"))
}

fn set(path: &str, attribute: &str, value: Value) -> Request {
    send("PATCH", path, patch(&json!([{ "op": "replace", "path": attribute, "value": value }])))
}

/// One member is added to, or removed from, the group at `path`.
fn members(path: &str, op: &str, id: &str, quiet: bool) -> Request {
    let body = patch(&json!([{ "op": op, "path": "members", "value": [{ "value": id }] }]));
    send("PATCH", &format!("{path}{}", if quiet { "?excludedAttributes=members" } else { "" }), body)
}

/// The path of a new user.
fn user(scim: &Endpoint) -> String {
    format!("/Users/{}", scim.post("/Users", &ana()).send().expect(201).id())
}

fn users(scim: &Endpoint, count: usize) {
    for _ in 0..count {
        user(scim);
    }
}

/// The path of a new user who is in this many groups.
fn in_groups(scim: &Endpoint, count: usize) -> String {
    let id = scim.post("/Users", &ana()).send().expect(201).id();
    for _ in 0..count {
        scim.create_group(&unique(), std::slice::from_ref(&id));
    }
    format!("/Users/{id}")
}

/// The path of a new group of this many members.
fn group_of(scim: &Endpoint, count: usize) -> String {
    format!("/Groups/{}", scim.create_group(&unique(), &ids(count)))
}

fn group_with(count: usize) -> Value {
    group(&unique(), &json!({ "members": member_values(&ids(count)) }))
}

fn ids(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("m{number}")).collect()
}
