//! A table of which one operation is always throttled: every route answers soon, in its own form of
//! errors, and says when to try again.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Body;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use directory::Table;
use gateway::app::App;
use gateway::auth::administrator::AdministratorKey;
use gateway::serve::Edge;
use gateway::settings::Settings;
use http::{HeaderMap, Request};
use http_body_util::BodyExt;
use rollcall::functions::together;
use serde_json::{Value, json};
use tests::admin::{admin, make_credential};
use tests::bulk::{bulk, change, delete, post_user};
use tests::deployment::deployment;
use tests::endpoint::Endpoint;
use tests::misbehave::{Hostility, Misbehaving};
use tests::names::unique;
use tests::people::{group, member_values, patch, user};
use tests::runtime::{at_once, block_on};
use tower::ServiceExt;

use crate::schedules::say;

/// The longest that an answer may take, and that of a token that cannot be verified.
const SOON: Duration = Duration::from_secs(10);
const LOOKUP: Duration = Duration::from_secs(3);
const KEY: &str = "0123456789abcdef0123456789ABCDEF";
const BACK: &str = "https://client.example.com/back";

/// Who sends a request, which also decides the form of errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sender {
    System,
    User,
    Administrator,
    Client,
    Browser,
    /// Reads events.
    Product,
}

/// One request.
#[derive(Debug, Clone)]
struct Route {
    sender: Sender,
    method: &'static str,
    path: String,
    /// JSON, or a form.
    body: Option<String>,
}

/// What the requests name.
struct Names {
    token: String,
    own: String,
    /// A token with the scope `events`.
    events: String,
    client: (String, String, String),
}

fn hostilities() -> Vec<Hostility> {
    let operations = [
        "GetItem",
        "BatchGetItem",
        "Query",
        "PutItem",
        "UpdateItem",
        "DeleteItem",
        "BatchWriteItem",
        "TransactWriteItems",
    ];
    let throttled = operations.into_iter().map(Hostility::Throttled);
    throttled.chain(["BatchGetItem", "BatchWriteItem"].map(Hostility::Unprocessed)).collect()
}

/// Every route with a directory of its own to work on.
fn routes() -> Option<(Names, Vec<Route>)> {
    let (system, own, subject) = Endpoint::with_subject()?;
    let directory = system.directory().to_string();
    let made = admin(&system, "POST", &format!("/admin/directories/{directory}/clients"))?;
    let made = made.json(&json!({ "label": "c", "redirectUris": [BACK] })).send().expect(201).json();
    let text = |name: &str| made[name].as_str().unwrap().to_owned();
    let client = (text("id"), text("clientId"), made["secret"]["clientSecret"].as_str().unwrap().to_owned());
    let users: Vec<String> =
        (0..4).map(|_| system.create_user(&unique(), &json!({ "title": "t" }))).collect();
    let groups: Vec<String> = (0..4).map(|_| system.create_group(&unique(), &users)).collect();
    let (token, own_token) = (system.token().to_owned(), own.token().to_owned());
    let members: Vec<String> = (0..30).map(|n| format!("m{n}")).collect();
    let more: Vec<String> = (0..120).map(|n| format!("n{n}")).collect();
    let title = json!([{ "op": "replace", "path": "title", "value": "other" }]);
    let name = json!([{ "op": "replace", "path": "userName", "value": unique() }]);
    let add = json!([{ "op": "add", "path": "members", "value": member_values(&members) }]);
    let replace = json!([{ "op": "replace", "path": "members", "value": member_values(&more) }]);
    let mut operations: Vec<Value> =
        (0..100).map(|n| post_user(&format!("b{n}"), &unique(), &json!({}))).collect();
    operations.push(change(&format!("/Users/{}", users[0]), &title));
    operations.push(delete(&format!("/Users/{}", users[3])));
    let search = json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"], "count": 2 });
    let scim = |method, path: &str, body: Option<Value>| Route {
        sender: Sender::System,
        method,
        path: format!("/scim/v2{path}"),
        body: body.map(|body| body.to_string()),
    };
    let at = |kind: &str, id: &String| format!("/{kind}/{id}");
    let mut routes = vec![
        scim("GET", "/Users?count=2", None),
        scim("GET", &format!("/Users?filter=userName+eq+%22{}%22", unique()), None),
        scim("GET", "/Users?filter=externalId+sw+%22e%22", None),
        scim("GET", "/Users?filter=title+eq+%22t%22&sortBy=title", None),
        scim("GET", "/Users?startIndex=2&count=1", None),
        scim("GET", "/Users?cursor&count=1", None),
        scim("GET", &at("Users", &users[0]), None),
        scim("POST", "/Users", Some(user(&unique(), &json!({ "externalId": unique() })))),
        scim("PUT", &at("Users", &users[0]), Some(user(&unique(), &json!({ "title": "new" })))),
        scim("PATCH", &at("Users", &users[0]), Some(patch(&title))),
        scim("PATCH", &at("Users", &users[0]), Some(patch(&name))),
        scim("DELETE", &at("Users", &users[1]), None),
        scim("POST", "/Users/.search", Some(search.clone())),
        scim("GET", "/Groups?count=2", None),
        scim("GET", &format!("/Groups?filter=members+eq+%22{}%22", users[0]), None),
        scim("GET", &at("Groups", &groups[0]), None),
        scim("POST", "/Groups", Some(group(&unique(), &json!({ "members": member_values(&members) })))),
        scim("POST", "/Groups", Some(group(&unique(), &json!({ "members": member_values(&more) })))),
        scim("PATCH", &at("Groups", &groups[0]), Some(patch(&add))),
        scim("PATCH", &at("Groups", &groups[1]), Some(patch(&replace))),
        scim(
            "PUT",
            &at("Groups", &groups[2]),
            Some(group(&unique(), &json!({ "members": member_values(&more) }))),
        ),
        scim("DELETE", &at("Groups", &groups[3]), None),
        scim("GET", "?count=2", None),
        scim("POST", "/.search", Some(search)),
        scim("POST", "/Bulk", Some(bulk(&operations))),
        scim("GET", "/ServiceProviderConfig", None),
        scim("GET", "/Schemas", None),
        scim("GET", "/ResourceTypes", None),
    ];
    let me = |method, body: Option<Value>| Route { sender: Sender::User, ..scim(method, "/Me", body) };
    routes.extend([me("GET", None), me("PATCH", Some(patch(&title)))]);
    routes.extend(of_administration(&directory, &client.0, &subject));
    routes.extend(of_oauth(&client));
    let product = |query: &str| Route {
        sender: Sender::Product,
        path: format!("/events?{query}"),
        ..scim("GET", "", None)
    };
    routes.extend([product("start=oldest"), product("start=latest&wait=2"), product("start=snapshot")]);
    routes.push(product("start=2999-01-01T00:00:00Z"));
    let events = make_credential(&system, &directory, &json!({ "label": "e", "scopes": ["events"] }))?;
    let events = events["token"].as_str().unwrap().to_owned();
    Some((Names { token, own: own_token, events, client }, routes))
}

fn of_administration(directory: &str, client: &str, user_id: &str) -> Vec<Route> {
    let admin = |method, path: String, body: Option<Value>| Route {
        sender: Sender::Administrator,
        method,
        path: format!("/admin{path}"),
        body: body.map(|body| body.to_string()),
    };
    let of = |path: &str| format!("/directories/{directory}{path}");
    let line = user(&unique(), &json!({}));
    vec![
        admin("GET", "/directories".to_owned(), None),
        admin(
            "POST",
            "/directories".to_owned(),
            Some(json!({ "id": format!("p-{}", unique()), "name": "p" })),
        ),
        admin("GET", of(""), None),
        admin("PATCH", of(""), Some(json!({ "settings": { "x": unique() } }))),
        admin("GET", of("/credentials"), None),
        admin("POST", of("/credentials"), Some(json!({ "label": "c" }))),
        admin("GET", of("/credentials/none"), None),
        admin("DELETE", of("/credentials/none"), None),
        admin("GET", of("/clients"), None),
        admin("POST", of("/clients"), Some(json!({ "label": "c" }))),
        admin("PATCH", of(&format!("/clients/{client}")), Some(json!({ "label": "d" }))),
        admin("POST", of(&format!("/clients/{client}/secrets")), Some(json!({}))),
        admin("POST", of("/verify"), Some(json!({}))),
        admin("GET", of("/export"), None),
        admin("POST", of("/import"), Some(line)),
        admin("GET", of("/events?start=oldest"), None),
        admin("GET", of("/held"), None),
        admin("POST", of("/held/approve"), Some(json!({}))),
        admin("POST", of("/held/reject"), Some(json!({ "ids": [user_id] }))),
        admin("POST", of("/undo"), Some(json!({ "from": 1, "to": 9 }))),
        admin("GET", of("/unverified"), None),
        admin("DELETE", of(&format!("/unverified/{user_id}")), None),
        admin("GET", "/receipts".to_owned(), None),
    ]
}

fn of_oauth((_, client, _): &(String, String, String)) -> Vec<Route> {
    let form = |path: &str, body: String| Route {
        sender: Sender::Client,
        method: "POST",
        path: format!("/oauth{path}"),
        body: Some(body),
    };
    let question = format!("client_id={client}&redirect_uri={BACK}&response_type=code&state=s");
    vec![
        form("/token", "grant_type=client_credentials".to_owned()),
        form("/token", format!("grant_type=authorization_code&code=rz_x&redirect_uri={BACK}")),
        form("/token", "grant_type=refresh_token&refresh_token=rr_x".to_owned()),
        form("/revoke", "token=rr_x".to_owned()),
        Route {
            sender: Sender::Browser,
            method: "GET",
            path: format!("/oauth/authorize?{question}"),
            body: None,
        },
        Route {
            sender: Sender::Browser,
            method: "GET",
            path: "/.well-known/oauth-authorization-server".to_owned(),
            body: None,
        },
    ]
}

impl Route {
    fn request(&self, names: &Names) -> Request<Body> {
        let (_, id, secret) = &names.client;
        let authorization = match self.sender {
            Sender::System => format!("Bearer {}", names.token),
            Sender::User => format!("Bearer {}", names.own),
            Sender::Administrator => format!("Bearer {KEY}"),
            Sender::Client => format!("Basic {}", STANDARD.encode(format!("{id}:{secret}"))),
            Sender::Browser => String::new(),
            Sender::Product => format!("Bearer {}", names.events),
        };
        let media = match self.sender {
            Sender::Client => "application/x-www-form-urlencoded",
            Sender::Administrator => "application/json",
            _ => "application/scim+json",
        };
        let media = if self.path.ends_with("/import") { "application/x-ndjson" } else { media };
        let mut request =
            Request::builder().method(self.method).uri(&self.path).header("host", "scim.example.com");
        if !authorization.is_empty() {
            request = request.header("authorization", authorization);
        }
        if self.body.is_some() {
            request = request.header("content-type", media);
        }
        request.body(self.body.clone().map_or_else(Body::empty, Body::from)).unwrap()
    }

    /// Whether an error has the form that its sender expects.
    fn is_error(&self, status: u16, headers: &HeaderMap, body: &str) -> bool {
        let json: Value = serde_json::from_str(body).unwrap_or_default();
        match self.sender {
            Sender::System | Sender::User | Sender::Administrator | Sender::Product => {
                json["schemas"] == json!(["urn:ietf:params:scim:api:messages:2.0:Error"])
                    && json["status"] == json!(status.to_string())
                    && json["detail"].as_str().is_some_and(|detail| !detail.is_empty())
                    && headers.contains_key("retry-after")
            }
            Sender::Client => json["error"].is_string() && headers.contains_key("retry-after"),
            Sender::Browser => headers["content-type"].to_str().unwrap().starts_with("text/html"),
        }
    }
}

/// All functions, on `table`.
fn functions(table: &Misbehaving) -> Edge {
    let (endpoint, key) = (Endpoint::shared(), AdministratorKey::new(KEY).unwrap());
    let profiles = endpoint.stack().unwrap().profiles();
    let table = Table::new(table.client(), endpoint.table());
    together(App::new(table, profiles, deployment(), Settings::default()), &key)
}

/// One request on a table of which an operation is always refused: how long it took, and what was wrong
/// with the answer.
async fn tried(
    names: Arc<Names>,
    route: Route,
    hostility: Hostility,
    warm: bool,
) -> (String, Duration, bool, Option<String>) {
    let stack = Endpoint::shared().stack().unwrap();
    let table = Misbehaving::start(stack.dynamodb_url(), 1, Duration::ZERO, None);
    table.calm_down();
    let edge = functions(&table);
    if warm {
        // The token's holder is remembered.
        let first = Route { path: "/scim/v2/Schemas".to_owned(), method: "GET", body: None, ..route.clone() };
        let _ = edge.clone().oneshot(first.request(&names)).await;
    }
    table.refuse(Some(hostility));
    let name =
        format!("{hostility:?} {}: {} {}", if warm { "warm" } else { "cold" }, route.method, route.path);
    let started = Instant::now();
    let response = tokio::time::timeout(SOON * 3, edge.oneshot(route.request(&names))).await;
    let took = started.elapsed();
    let Ok(response) = response else { return (name, took, false, Some("no answer".to_owned())) };
    let (parts, body) = response.unwrap().into_parts();
    let (status, refused) = (parts.status.as_u16(), table.refused() > 0);
    let body = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
    // What only remembers something may fail.
    let right = match status {
        200..400 => true,
        401 | 404 | 400 => !refused,
        429 => refused && route.is_error(status, &parts.headers, &body),
        _ => false,
    };
    let problem = (!right || took > SOON).then(|| format!("{status} {body}"));
    (name, took, refused, problem)
}

#[test]
fn every_route_answers_soon_whichever_operation_is_throttled() {
    if Endpoint::shared().stack().is_none() {
        return;
    }
    let (mut all, mut refused) = (Vec::new(), 0);
    for hostility in hostilities() {
        for warm in [false, true] {
            let Some((names, routes)) = routes() else { return };
            let names = Arc::new(names);
            let tries = routes.into_iter().map(|route| tried(Arc::clone(&names), route, hostility, warm));
            let tries = at_once(12, tries);
            let count = tries.iter().filter(|(_, _, refused, _)| *refused).count();
            // No route deletes a single item.
            let is_used = hostility != Hostility::Throttled("DeleteItem");
            assert_eq!(count > 0, is_used, "{hostility:?}: {count} requests were refused");
            refused += count;
            all.extend(tries);
        }
    }
    all.sort_by_key(|(_, took, _, _)| *took);
    let slowest: Vec<String> = all
        .iter()
        .rev()
        .take(5)
        .map(|(name, took, ..)| format!("{:.1} s {name}", took.as_secs_f32()))
        .collect();
    say(&format!(
        "{} requests, {refused} of them throttled; the slowest:\n{}",
        all.len(),
        slowest.join("\n")
    ));
    let wrong: Vec<String> = all
        .iter()
        .filter_map(|(name, took, _, problem)| {
            let problem: String = problem.as_ref()?.chars().take(300).collect();
            Some(format!("{:.1} s {name}: {problem}", took.as_secs_f32()))
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), all.len(), wrong.join("\n"));
}

#[test]
fn a_token_that_cannot_be_verified_is_answered_within_three_seconds() {
    let Some((names, routes)) = routes() else { return };
    let names = Arc::new(names);
    let hostilities = [
        Hostility::Throttled("BatchGetItem"),
        Hostility::Unprocessed("BatchGetItem"),
        Hostility::Silent("BatchGetItem"),
    ];
    for hostility in hostilities {
        for sender in [Sender::System, Sender::Client, Sender::Browser] {
            let route = routes.iter().find(|route| route.sender == sender).unwrap().clone();
            let (name, took, refused, _) = block_on(tried(Arc::clone(&names), route, hostility, false));
            assert!(refused && took < LOOKUP, "{name}: {took:?}");
        }
    }
}

/// Of a bulk request that DynamoDB throttles, no more is sent than is under way.
#[test]
fn a_throttled_bulk_request_ends_soon_and_says_so_of_every_operation() {
    let Some(stack) = Endpoint::shared().stack() else { return };
    let Some(scim) = Endpoint::empty_directory() else { return };
    let table = Misbehaving::start(stack.dynamodb_url(), 1, Duration::ZERO, None);
    table.calm_down();
    table.refuse(Some(Hostility::Throttled("TransactWriteItems")));
    let operations: Vec<Value> =
        (0..1000).map(|n| post_user(&format!("b{n}"), &unique(), &json!({}))).collect();
    let request = Request::builder()
        .method("POST")
        .uri("/scim/v2/Bulk")
        .header("host", "scim.example.com")
        .header("authorization", format!("Bearer {}", scim.token()))
        .header("content-type", "application/scim+json")
        .body(Body::from(bulk(&operations).to_string()))
        .unwrap();
    let started = Instant::now();
    let body = block_on(async {
        let response = functions(&table).oneshot(request).await.unwrap();
        assert_eq!(response.status().as_u16(), 200);
        response.into_body().collect().await.unwrap().to_bytes()
    });
    assert!(started.elapsed() < SOON, "{:?}", started.elapsed());
    let body: Value = serde_json::from_slice(&body).unwrap();
    let operations = body["Operations"].as_array().unwrap();
    assert!(operations.len() == 1000 && operations.iter().all(|one| one["status"] == "429"), "{body}");
    assert!(table.refused() < 100, "{} calls", table.refused());
}
