//! Scopes: a token may do what its scopes allow, and nothing else, on every route.

use serde_json::{Value, json};
use tests::admin::make_credential;
use tests::answer::Answer;
use tests::bulk::bulk;
use tests::call::Call;
use tests::endpoint::Endpoint;
use tests::names::unique;
use tests::people::{patch, user};

struct World {
    scim: Endpoint,
    directory: String,
    user: String,
    group: String,
}

impl World {
    fn new() -> Option<Self> {
        let scim = Endpoint::empty_directory()?;
        let directory = scim.directory().to_string();
        let user = scim.create_user(&unique(), &json!({}));
        let group = scim.create_group(&unique(), std::slice::from_ref(&user));
        Some(Self { scim, directory, user, group })
    }

    fn with(&self, scopes: Value) -> Endpoint {
        let body = json!({ "label": "x", "scopes": scopes, "subject": self.user });
        let made = make_credential(&self.scim, &self.directory, &body).unwrap();
        self.scim.with_token(made["token"].as_str().unwrap())
    }
}

#[track_caller]
fn lacks(answer: &Answer, scope: &str) {
    answer.error(403, "");
    let challenge = answer.header("www-authenticate").unwrap_or_default();
    assert!(challenge.contains(r#"error="insufficient_scope""#), "{answer}: {challenge}");
    assert!(challenge.contains(&format!(r#"scope="{scope}""#)), "{answer}: {challenge}");
    assert!(answer.json()["detail"].as_str().unwrap().contains(&format!("`{scope}`")), "{answer}");
}

#[test]
fn who_may_read_may_not_write_and_the_other_way_round() {
    let Some(world) = World::new() else { return };
    let (reader, writer) = (world.with(json!(["read"])), world.with(json!("write")));
    let replace = patch(&json!([{ "op": "replace", "path": "displayName", "value": "canary" }]));
    let query = json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"], "count": 1 });
    for path in [format!("/Users/{}", world.user), format!("/Groups/{}", world.group), "/Me".to_owned()] {
        reader.get(&path).send().expect(200);
        lacks(&writer.get(&path).send(), "read");
        for method in ["PATCH", "PUT", "DELETE"] {
            lacks(&Call::new(&reader, method, &path).json(&replace).send(), "write");
        }
        let changed = Call::new(&writer, "PATCH", &path).json(&replace).send();
        changed.expect(204);
        assert!(changed.body.is_empty(), "what it may not read is not in the response: {changed}");
        assert_eq!(reader.get(&path).send().expect(200).json()["displayName"], "canary");
    }
    for path in ["/Users", "/Groups", ""] {
        reader.get(path).send().expect(200);
        lacks(&writer.get(path).send(), "read");
        lacks(&writer.post(&format!("{path}/.search"), &query).send(), "read");
        reader.post(&format!("{path}/.search"), &query).send().expect(200);
    }
    lacks(&reader.post("/Users", &user(&unique(), &json!({}))).send(), "write");
    let create =
        json!({ "method": "POST", "bulkId": "a", "path": "/Users", "data": user(&unique(), &json!({})) });
    let answer = reader.post("/Bulk", &bulk(std::slice::from_ref(&create))).send();
    let result = answer.expect(200).json()["Operations"][0].clone();
    assert_eq!(result["status"], "403", "{result}");
    assert!(result["response"]["detail"].as_str().unwrap().contains("`write`"), "{result}");
    let done = writer.post("/Bulk", &bulk(&[create])).send();
    assert_eq!(done.expect(200).json()["Operations"][0]["status"], "201");
    reader.get("/Schemas").send().expect(200);
    writer.get("/ServiceProviderConfig").send().expect(200);
}

#[test]
fn who_may_see_users_may_not_see_groups_and_the_other_way_round() {
    let Some(world) = World::new() else { return };
    let (users, groups) = (world.with(json!(["users"])), world.with(json!(["groups"])));
    let (user_path, group_path) = (format!("/Users/{}", world.user), format!("/Groups/{}", world.group));
    users.get(&user_path).send().expect(200);
    groups.get(&group_path).send().expect(200);
    lacks(&users.get(&group_path).send(), "groups");
    lacks(&groups.get(&user_path).send(), "users");
    lacks(&groups.get("/Me").send(), "users");
    lacks(&users.get("").send(), "groups");
    lacks(&groups.get("").send(), "users");
    lacks(&users.delete(&group_path).send(), "groups");
    let remove = |path: &str| json!({ "method": "DELETE", "path": path });
    let answer = users.post("/Bulk", &bulk(&[remove(&group_path), remove(&user_path)])).send();
    let result = answer.expect(200).json();
    assert_eq!(
        (&result["Operations"][0]["status"], &result["Operations"][1]["status"]),
        (&json!("403"), &json!("204"))
    );
    world.scim.get(&group_path).send().expect(200);
}

#[test]
fn consent_is_nothing_of_scim() {
    let Some(world) = World::new() else { return };
    let consent = world.with(json!(["consent"]));
    for path in ["/Users", "/Schemas", "/Me", "/ServiceProviderConfig"] {
        lacks(&consent.get(path).send(), "read");
    }
}
