//! Every route with every kind of wrong credential: the request is refused, changes nothing and
//! returns no data.
//!
//! The routes are read from all functions, so a new route is covered at once.

use std::collections::BTreeSet;

use directory::access::credential;
use directory::access::oauth::client::{self, Client};
use directory::id::DirectoryId;
use directory::registry::change::{self, DirectoryChange};
use directory::registry::state::State;
use gateway::auth::token::Token;
use gateway::auth::token::access::AccessToken;
use rollcall::functions::Serves;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use tests::admin::{admin, make_credential, make_directory};
use tests::answer::Answer;
use tests::bulk::bulk;
use tests::call::Call;
use tests::deployment::{deployment, seals};
use tests::endpoint::Endpoint;
use tests::functions::{is_scim, paths_of};
use tests::names::unique;
use tests::people::{GROUP, USER, patch};
use tests::runtime::block_on;

const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];
/// The routes of SCIM.
fn scim() -> BTreeSet<String> {
    let routes = paths_of(is_scim);
    assert!(routes.len() > 12, "{routes:?}");
    routes
}

/// The routes of administration.
fn administration() -> BTreeSet<String> {
    let routes = paths_of(|serves| matches!(serves, Serves::Administration(..)));
    assert!(routes.len() > 8, "{routes:?}");
    routes
}

/// A directory with content that no other client may see.
struct World {
    scim: Endpoint,
    id: DirectoryId,
    canary: String,
    user: String,
    group: String,
}

impl World {
    fn new() -> Option<Self> {
        let scim = Endpoint::empty_directory_of("devices")?;
        let id = scim.directory();
        let canary = format!("canary{}", unique());
        let user = scim.create_user(&canary, &json!({}));
        let group = scim.create_group(&format!("{canary}g"), std::slice::from_ref(&user));
        Some(Self { scim, id, canary, user, group })
    }

    /// A path of `route` that addresses content of the directory.
    fn path(&self, route: &str) -> String {
        let resource = if route.contains("/Groups/") { &self.group } else { &self.user };
        let fill = |part: &str| match part {
            "{endpoint}" => "Devices".to_owned(),
            "{id}" => resource.clone(),
            "{name}" => "User".to_owned(),
            "{urn}" => USER.to_owned(),
            "{directory}" => self.id.to_string(),
            "{credential}" => Token::parse(self.scim.token()).unwrap().credential.to_string(),
            part if part.starts_with('{') => "x".to_owned(),
            part => part.to_owned(),
        };
        route.split('/').map(fill).collect::<Vec<_>>().join("/")
    }

    /// A body that would change something if the credential were accepted.
    fn body(&self, route: &str, method: &str) -> Option<Value> {
        let name = format!("new{}", self.canary);
        Some(match (method, route) {
            ("GET" | "DELETE", _) => return None,
            (_, route) if route.starts_with("/admin") => {
                json!({ "id": name, "label": "x", "name": "changed", "state": "paused" })
            }
            (_, route) if route.ends_with("/Bulk") => {
                bulk(&[json!({ "method": "DELETE", "path": format!("/Users/{}", self.user) })])
            }
            (_, route) if route.ends_with("/.search") => {
                json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"], "count": 10 })
            }
            ("PATCH", _) => patch(&json!([{ "op": "replace", "path": "displayName", "value": "changed" }])),
            (_, route) if route.contains("/Groups") => json!({ "schemas": [GROUP], "displayName": name }),
            _ => json!({ "schemas": [USER], "userName": name, "displayName": "changed" }),
        })
    }

    /// Every item of the directory, without what requests note about themselves, and without the event log, which
    /// follows a change later.
    fn snapshot(&self) -> Vec<String> {
        let stack = self.scim.stack().unwrap();
        let scan = stack.client().scan().table_name(self.scim.table()).consistent_read(true);
        let items = block_on(scan.into_paginator().items().send().collect::<Result<Vec<_>, _>>()).unwrap();
        let mut kept: Vec<String> = Vec::new();
        for item in items {
            let of = |name: &str| item.get(name).and_then(|key| key.as_s().ok()).cloned().unwrap_or_default();
            if ["E#", "M#", "U#"].iter().any(|partition| of("PK").starts_with(partition)) {
                continue;
            }
            let own = of("PK").split('#').nth(1) == Some(&self.id.to_string());
            // Also a directory of that name, which only the administration could have
            // created.
            let made = of("PK").contains(&self.canary)
                || (of("PK").starts_with("R#") && of("SK").contains(&self.canary));
            if own || made {
                let sorted: std::collections::BTreeMap<_, _> = item.into_iter().collect();
                kept.push(format!("{sorted:?}"));
            }
        }
        kept.sort();
        kept
    }

    fn send(&self, route: &str, method: &str, authorization: Option<&str>) -> Answer {
        let url = format!("{}{}", self.scim.base().trim_end_matches("/scim/v2"), self.path(route));
        let mut call = Call::new(&self.scim, method, &url).authorization(authorization);
        if let Some(body) = self.body(route, method) {
            call = call.json(&body);
        }
        call.send()
    }

    fn leaks_nothing(&self, answer: &Answer) {
        let text = format!("{}{:?}", String::from_utf8_lossy(&answer.body), answer.headers);
        for secret in [&self.canary, &self.user, &self.group] {
            assert!(!text.contains(secret.as_str()), "{answer}");
        }
    }
}

/// A refusal with a challenge that clients understand.
#[track_caller]
fn refused(world: &World, kind: &str, answer: &Answer, status: u16) {
    assert_eq!(answer.status, status, "{kind}: {answer}");
    let challenge = answer.header("www-authenticate").unwrap_or_default();
    assert!(challenge.starts_with("Bearer "), "{kind}: {answer}: {challenge}");
    world.leaks_nothing(answer);
}

/// Invalid tokens, each with its status. None was ever valid, so no cache holds one.
fn wrong(world: &World) -> Vec<(&'static str, Option<String>, u16)> {
    let table = world.scim.stack().unwrap().table();
    let token = world.scim.token();
    let minted = |change: &dyn Fn(&mut credential::NewCredential)| {
        let (token, mut credential) = Token::mint(&world.id, &deployment()).unwrap();
        change(&mut credential);
        block_on(credential::create(&table, &world.id, &credential)).unwrap();
        (token.expose_secret().to_owned(), credential.id)
    };
    let (expired, _) = minted(&|credential| credential.expires = Some(1_600_000_000));
    let (revoked, id) = minted(&|_| {});
    block_on(credential::revoke(&table, &world.id, &id)).unwrap();
    let (consent, _) = minted(&|credential| credential.scopes = "consent".parse().unwrap());
    // The id of a valid credential with a secret that was never issued.
    let (other, _) = Token::mint(&world.id, &deployment()).unwrap();
    let good = Token::parse(token).unwrap().credential.to_string();
    let secret = resigned(other.expose_secret(), &good);
    let (unknown, _) = Token::mint(&world.id, &deployment()).unwrap();
    // An OAuth token that another directory issued for this one.
    let elsewhere: DirectoryId = "local".parse().unwrap();
    let client = Client::new("client-1".parse().unwrap(), "x");
    block_on(client::create(&table, &world.id, &client)).unwrap();
    let audience = AccessToken {
        directory: world.id.clone(),
        client: client.id.clone(),
        grant: None,
        id: "0123456789abcdef".to_owned(),
        issued: 1_700_000_000,
        expires: 4_000_000_000,
        scopes: String::new(),
    };
    let foreign = audience.sealed(&seals(&table, &elsewhere));
    let past = AccessToken { expires: 1_700_000_001, ..audience };
    let past = past.sealed(&seals(&table, &world.id));
    let bearer = |token: &str| Some(format!("Bearer {token}"));
    let last = if token.ends_with('0') { '1' } else { '0' };
    vec![
        ("none", None, 401),
        ("empty", Some(String::new()), 401),
        ("empty bearer", Some("Bearer ".to_owned()), 401),
        ("basic", Some(format!("Basic {token}")), 401),
        ("malformed", bearer("rc_x"), 401),
        ("mistyped", bearer(&format!("{}{last}", &token[..token.len() - 1])), 401),
        ("unknown id", bearer(unknown.expose_secret()), 401),
        ("wrong secret", bearer(&secret), 401),
        ("expired", bearer(&expired), 401),
        ("revoked", bearer(&revoked), 401),
        ("issued elsewhere", bearer(foreign.expose_secret()), 401),
        ("access token of the past", bearer(past.expose_secret()), 401),
        ("no scope", bearer(&consent), 403),
        ("administrator key", bearer(world.scim.stack().unwrap().administrator_key()), 401),
    ]
}

/// `token` with the id of another credential, and a checksum that is right.
fn resigned(token: &str, id: &str) -> String {
    let parts: Vec<&str> = token.split('_').collect();
    deployment().with_checksum(&format!("rc_{}_{id}_{}", parts[1], &parts[3][..64]))
}

#[test]
fn no_route_lets_a_wrong_credential_in() {
    let Some(world) = World::new() else { return };
    let wrong = wrong(&world);
    let before = world.snapshot();
    assert!(before.len() > 6, "{before:?}");
    let mut asked = 0;
    // The routes of OAuth check the caller themselves: `tests/oauth`.
    let administrative = administration();
    for route in scim().union(&administrative) {
        let administration = administrative.contains(route);
        for method in METHODS {
            for (kind, authorization, status) in &wrong {
                if administration && *kind == "administrator key" {
                    continue;
                }
                let status = if administration { 401 } else { *status };
                let answer = world.send(route, method, authorization.as_deref());
                refused(&world, &format!("{method} {route}, {kind}"), &answer, status);
                asked += 1;
            }
            if administration {
                let own = format!("Bearer {}", world.scim.token());
                refused(&world, "a good token of SCIM", &world.send(route, method, Some(&own)), 401);
            }
        }
    }
    assert!(asked > 1000, "{asked}");
    for (kind, authorization, status) in &wrong {
        for (method, path) in [("GET", "/events"), ("POST", "/events/sets/sub_0")] {
            let answer = world.send(path, method, authorization.as_deref());
            refused(&world, &format!("{method} {path}, {kind}"), &answer, *status);
        }
    }
    assert_eq!(world.snapshot(), before, "something was changed");
    world.scim.get("/Users").send().expect(200);
}

#[test]
fn a_closed_directory_is_closed_on_every_route() {
    let Some(world) = World::new() else { return };
    let table = world.scim.stack().unwrap().table();
    for state in [State::Disabled, State::Paused] {
        let change = DirectoryChange { state: Some(state), ..DirectoryChange::default() };
        block_on(change::change(&table, &world.id, &change)).unwrap();
        let (token, credential) = Token::mint(&world.id, &deployment()).unwrap();
        block_on(credential::create(&table, &world.id, &credential)).unwrap();
        let before = world.snapshot();
        let bearer = format!("Bearer {}", token.expose_secret());
        for route in &scim() {
            for method in METHODS {
                let answer = world.send(route, method, Some(&bearer));
                refused(&world, &format!("{method} {route}, {state}"), &answer, 403);
            }
        }
        assert_eq!(world.snapshot(), before, "something was changed");
    }
}

#[test]
fn a_good_token_of_another_directory_finds_and_changes_nothing_here() {
    let Some(world) = World::new() else { return };
    let Some(other) = Endpoint::empty_directory_of("devices") else { return };
    let before = world.snapshot();
    let bearer = format!("Bearer {}", other.token());
    for route in &scim() {
        for method in METHODS {
            let answer = world.send(route, method, Some(&bearer));
            let text = String::from_utf8_lossy(&answer.body).into_owned();
            // The request itself creates this name in the other directory.
            let rest = text.replace(&format!("new{}", world.canary), "");
            assert!(!rest.contains(&world.canary), "{answer}");
            let of_one = route.ends_with("/{id}") && (route.contains("/Users") || route.contains("/Groups"));
            if of_one && method != "POST" {
                answer.error(404, "");
            }
            assert!(answer.status < 500 || answer.status == 501, "{answer}");
        }
    }
    assert_eq!(world.snapshot(), before, "something was changed");
}

/// A token's missing scope is refused on every route, with each method of the route.
#[test]
fn no_route_forgets_the_scopes() {
    let Some(world) = World::new() else { return };
    let id = world.id.to_string();
    let made = |scopes: Value| {
        let made = make_credential(
            &world.scim,
            &id,
            &json!({ "label": "x", "scopes": scopes, "subject": world.user }),
        );
        format!("Bearer {}", made.unwrap()["token"].as_str().unwrap())
    };
    let (reader, writer) = (made(json!(["read"])), made(json!(["write"])));
    let before: Vec<String> = world.snapshot();
    let own = format!("Bearer {}", world.scim.token());
    let mut asked = 0;
    let discovery = ["/ServiceProviderConfig", "/ResourceTypes", "/Schemas"];
    for route in &scim() {
        if discovery.iter().any(|part| route.contains(part)) || route.ends_with("/Bulk") {
            continue;
        }
        for method in METHODS {
            let reads = method == "GET" || route.ends_with("/.search");
            let bearer = if reads { &writer } else { &reader };
            let answer = world.send(route, method, Some(bearer));
            if answer.status == 405 {
                // A credential with all scopes gets 405, too.
                assert_eq!(world.send(route, method, Some(&own)).status, 405, "{method} {route}");
                continue;
            }
            if route == "/scim/v2/Me" && method == "POST" {
                assert!((400..500).contains(&answer.status) || answer.status == 501, "{answer}");
                continue;
            }
            refused(&world, &format!("{method} {route}"), &answer, 403);
            asked += 1;
        }
    }
    assert!(asked > 15, "{asked}");
    assert_eq!(world.snapshot(), before, "something was changed");
}

#[test]
fn a_directory_of_another_region_or_stage_gets_403_that_names_both() {
    let Some(stack) = Endpoint::shared().stack() else { return };
    // A second service on the same table, for the region `us`.
    use gateway::app::App;
    use gateway::settings::Settings;
    let id: String = format!("adm-{}", unique()).chars().take(36).collect();
    make_directory(Endpoint::shared(), &id, &json!({ "region": "eu", "stage": "prod" })).unwrap();
    let made = make_credential(Endpoint::shared(), &id, &json!({ "label": "x" })).unwrap();
    let settings = |region: &str, stage: &str| Settings {
        region: Some(region.into()),
        stage: Some(stage.into()),
        ..Settings::default()
    };
    for (region, stage, status) in [("eu", "prod", 200), ("us", "prod", 403), ("eu", "sandbox", 403)] {
        let app = App::new(stack.table(), stack.profiles(), deployment(), settings(region, stage));
        let edge = gateway::serve::service(::bulk::served(), app);
        let request = http::Request::get("/scim/v2/Users")
            .header("authorization", format!("Bearer {}", made["token"].as_str().unwrap()))
            .body(axum::body::Body::empty())
            .unwrap();
        let answer = block_on(tower::ServiceExt::oneshot(edge, request)).unwrap();
        assert_eq!(answer.status().as_u16(), status, "{region} {stage}");
        if status == 403 {
            assert!(answer.headers().contains_key("www-authenticate"));
            let body = block_on(http_body_util::BodyExt::collect(answer.into_body())).unwrap().to_bytes();
            let text = String::from_utf8_lossy(&body).into_owned();
            let (own, here) = if region == "us" { ("`eu`", "`us`") } else { ("`prod`", "`sandbox`") };
            assert!(text.contains(own) && text.contains(here), "{text}");
        }
    }
}

/// Median of the time to a 401, in microseconds.
fn median(mut times: Vec<u128>) -> f64 {
    times.sort_unstable();
    times[times.len() / 2] as f64
}

/// The first wrong secret of an existing credential takes as long as an unknown id; after it, both are
/// remembered. On a busy machine one round may fail by chance; a real difference shows in every round.
#[test]
fn a_wrong_id_and_a_wrong_secret_take_the_same_time() {
    let Some(world) = World::new() else { return };
    let table = world.scim.stack().unwrap().table();
    let mut rounds = Vec::new();
    for _ in 0..8 {
        world.scim.get("/Users?count=0").send().expect(200);
        let (mut ids, mut secrets) = (Vec::new(), Vec::new());
        for at in 0..120 {
            let (token, _) = Token::mint(&world.id, &deployment()).unwrap();
            let (_, existing) = Token::mint(&world.id, &deployment()).unwrap();
            block_on(credential::create(&table, &world.id, &existing)).unwrap();
            let wrong_secret = resigned(token.expose_secret(), &existing.id.to_string());
            let ask = |token: &str, times: &mut Vec<u128>| {
                let call = world.scim.get("/Users?count=0").authorization(Some(&format!("Bearer {token}")));
                let started = std::time::Instant::now();
                let answer = call.send();
                times.push(started.elapsed().as_micros());
                answer.error(401, "");
            };
            // Alternate which of the two is asked first.
            if at % 2 == 0 {
                ask(token.expose_secret(), &mut ids);
                ask(&wrong_secret, &mut secrets);
            } else {
                ask(&wrong_secret, &mut secrets);
                ask(token.expose_secret(), &mut ids);
            }
        }
        let (id, secret) = (median(ids), median(secrets));
        rounds.push((id, secret));
        if (id - secret).abs() / id.max(secret) < 0.1 {
            return;
        }
    }
    panic!("medians of wrong ids and wrong secrets, in microseconds: {rounds:?}");
}

/// Without the key, an existing and a missing directory return the same answer.
#[test]
fn without_the_key_no_client_learns_which_directories_exist() {
    let Some(world) = World::new() else { return };
    let ask = |directory: &str| {
        let call = admin(&world.scim, "GET", &format!("/admin/directories/{directory}")).unwrap();
        let answer = call.authorization(Some("Bearer wrong")).send();
        answer.error(401, "");
        answer.json()
    };
    assert_eq!(ask(&world.id.to_string()), ask("unknown"));
}
