//! What the audit log says of sign-ins and of what a person does.

use gateway::settings::{Reach, Settings};
use http::Request;
use http::response::Parts;
use serde_json::{Value, json};
use tests::admin::admin;
use tests::deployment::DEPLOYMENT_SECRET;
use tests::instance::Instance;
use tests::log::Log;
use tests::names::unique;
use tests::runtime::{block_on, within};

use super::Team;
use crate::provider::SECRET;

const KEY: &str = "current-key-of-32-characters-and-more";
const ORIGIN: &str = "https://example.com";

/// A browser on an instance of the service whose log is read.
struct Reader<'a> {
    team: &'a Team,
    instance: Instance,
    cookie: String,
}

impl Reader<'_> {
    fn send(&mut self, request: http::request::Builder, body: &str) -> (Parts, String) {
        let request = request.header("x-forwarded-proto", "https").header("host", "example.com");
        let request = request.header("origin", ORIGIN).header("cookie", &self.cookie);
        let (parts, text) = self.instance.send(request, body.to_owned());
        if let Some(cookie) = parts.headers.get("set-cookie") {
            cookie.to_str().unwrap().split(';').next().unwrap().clone_into(&mut self.cookie);
        }
        (parts, text)
    }

    /// Signs in; the status, and what must not be in the log.
    fn sign_in(&mut self) -> (u16, Vec<String>) {
        let (leave, _) = self.send(Request::get("/console/oidc"), "");
        let pending = self.cookie.clone();
        let asked = leave.headers["location"].to_str().unwrap();
        let back = block_on(self.team.scim.http().get(asked).send()).unwrap();
        let back = back.headers()["location"].to_str().unwrap().to_owned();
        let (parts, text) = self.send(Request::get(back.strip_prefix(ORIGIN).unwrap()), "");
        let answer = crate::provider::fields(back.split_once('?').unwrap().1);
        let hidden = [answer["code"].clone(), answer["state"].clone(), pending, self.cookie.clone(), text];
        (parts.status.as_u16(), hidden.to_vec())
    }
}

#[test]
fn every_attempt_and_every_approval_names_the_person() {
    let Some(team) = Team::new() else { return };
    let settings =
        Settings { oidc: Some(team.provider.settings(&json!({}))), reach: Reach::Any, ..Settings::default() };
    let instance = Instance::with(&team.scim, DEPLOYMENT_SECRET, KEY, settings).unwrap();
    let mut reader = Reader { team: &team, instance, cookie: String::new() };
    let held = hold(&team);
    let log = Log::default();
    let guard = tracing::subscriber::set_default(log.subscriber());
    let mut hidden = vec![SECRET.to_owned(), "eyJ".to_owned()];
    for (claims, status) in
        [(json!({ "email": "eve@ex.io" }), 403), (json!({ "nonce": "x" }), 400), (json!({}), 200)]
    {
        team.provider.behaves().claims = claims;
        let (found, more) = reader.sign_in();
        assert_eq!(found, status, "{more:?}");
        hidden.extend(more);
    }
    let page = format!("/console/directories/{}/held", team.scim.directory());
    let (_, text) = reader.send(Request::get(&page), "");
    assert!(text.contains(&held), "{text}");
    let form = text.split_once(r#"name="form" value=""#).unwrap().1.split_once('"').unwrap().0.to_owned();
    let body = format!("form={form}&decision=approve&id={held}");
    assert_eq!(reader.send(Request::post(&page), &body).0.status, 303);
    assert!(!reader.send(Request::get(&page), "").1.contains(&held));
    team.provider.behaves().down = "token";
    reader.cookie.clear();
    assert_eq!(reader.sign_in().0, 503);
    drop(guard);
    let text = log.text();
    for secret in hidden {
        assert!(!text.contains(&secret), "{secret}: {text}");
    }
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let audit = lines.iter().filter(|line| line["audit"] == true);
    let audit: Vec<_> = audit.map(|line| (line["actor"].as_str().unwrap(), said(line))).collect();
    let expected = [
        ("eve@ex.io", "not on the list"),
        ("-", "the ID token has another nonce"),
        ("ana@ex.io", "GET /console/oidc/callback 200"),
        ("ana@ex.io", "GET /console/directories/{directory}/held 200"),
        ("ana@ex.io", "POST /console/directories/{directory}/held 303"),
        ("ana@ex.io", "GET /console/directories/{directory}/held 200"),
        ("-", "the identity provider cannot be reached, or its answer cannot be used"),
    ];
    assert_eq!(audit, expected.map(|(actor, said)| (actor, said.to_owned())));
}

/// What a line of the audit log says.
fn said(line: &Value) -> String {
    let text = |name: &str| line[name].as_str().unwrap_or_default().to_owned();
    match (&line["route"], &line["reason"]) {
        (Value::String(route), _) => format!("{} {route} {}", text("method"), line["status"]),
        (_, Value::String(reason)) => reason.clone(),
        _ => text("message"),
    }
}

/// A user whose delete is held.
fn hold(team: &Team) -> String {
    let (scim, settings) = (&team.scim, json!({ "hold": { "above": 1, "within": "1h" } }));
    let ids: Vec<String> = (0..3).map(|_| scim.create_user(&unique(), &json!({}))).collect();
    let path = format!("/admin/directories/{}", scim.directory());
    admin(scim, "PATCH", &path).unwrap().json(&json!({ "settings": settings })).send().expect(200);
    let mut by_key = team.browser();
    by_key.sign_in(scim.stack().unwrap().administrator_key());
    let own = format!("/console/directories/{}", scim.directory());
    let created = || by_key.clone().get(&format!("{own}/log")).text.matches("User created").count() == 3;
    assert!(within(20, created));
    for id in &ids {
        scim.delete(&format!("/Users/{id}")).send().expect(204);
    }
    assert!(within(30, || ids.iter().all(|id| by_key.get(&format!("{own}/held")).text.contains(id))));
    ids[0].clone()
}
