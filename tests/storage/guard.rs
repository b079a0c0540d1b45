//! The guard: disables and deletes that wait for a person, and what the log says meanwhile.

use std::time::Duration;

use directory::events;
use serde_json::{Value, json};
use tests::admin::{admin, make_credential};
use tests::call::Call;
use tests::endpoint::Endpoint;
use tests::replay::Replay;
use tests::runtime::{block_on, within};

/// A directory with a guard, and what an administrator and the product do with it.
pub(crate) struct Guarded {
    pub(crate) scim: Endpoint,
    /// The token of the product.
    token: String,
    /// The number of events before those that the tests make.
    first: u64,
}

impl Guarded {
    pub(crate) fn new(settings: &Value) -> Option<Self> {
        let scim = Endpoint::empty_directory()?;
        let id = scim.directory().to_string();
        let made = make_credential(&scim, &id, &json!({ "label": "product", "scopes": ["events"] }))?;
        let guarded = Self { token: made["token"].as_str().unwrap().to_owned(), scim, first: 0 };
        guarded.set(settings);
        // The directory, its credentials, the settings.
        let first = if *settings == json!({}) { 3 } else { 4 };
        assert!(within(300, || guarded.all_events().len() == first), "{:#?}", guarded.all_events());
        Some(Self { first: first as u64, ..guarded })
    }

    pub(crate) fn admin(&self, method: &str, path: &str) -> Call<'_> {
        admin(&self.scim, method, &format!("/admin/directories/{}{path}", self.scim.directory())).unwrap()
    }

    fn set(&self, settings: &Value) {
        self.admin("PATCH", "").json(&json!({ "settings": settings })).send().expect(200);
    }

    fn held(&self) -> Value {
        block_on(self.admin("GET", "/held?count=1000").exchange()).expect(200).json()
    }

    /// Decides, and returns the number of changes.
    fn decide(&self, decision: &str, body: &Value) -> u64 {
        let (mut body, mut changes) = (body.clone(), 0);
        loop {
            let path = format!("/held/{decision}");
            let decided = self.admin("POST", &path).json(&body).send().expect(200).json();
            changes += decided["changes"].as_u64().unwrap();
            match decided["next"].as_str() {
                Some(next) => body = json!({ "after": next }),
                None => return changes,
            }
        }
    }

    /// What is undone.
    pub(crate) fn undo(&self, body: &Value) -> Vec<Value> {
        let (mut body, mut items) = (body.clone(), Vec::new());
        for end in ["from", "to"] {
            if let Some(sequence) = body[end].as_u64() {
                body[end] = json!(sequence + self.first);
            }
        }
        loop {
            let mut part = self.admin("POST", "/undo").json(&body).send().expect(200).json();
            items.append(part["items"].as_array_mut().unwrap());
            match ["to", "after"].iter().find(|rest| !part[**rest].is_null()) {
                Some(rest) => body[*rest] = part[*rest].take(),
                None => return items,
            }
        }
    }

    /// All events of users, groups and holds, as the product reads them. Sequence numbers count from the
    /// first one.
    pub(crate) fn events(&self) -> Vec<Value> {
        let mut events = self.all_events();
        let is_administration =
            |kind: &str| ["directory.", "credential."].iter().any(|it| kind.starts_with(it));
        events.retain(|event| !is_administration(event["type"].as_str().unwrap()));
        for event in &mut events {
            for name in ["sequence", "prior"] {
                if let Some(sequence) = event[name].as_u64() {
                    event[name] = json!(sequence - self.first);
                }
            }
        }
        events
    }

    fn all_events(&self) -> Vec<Value> {
        let (mut events, mut after) = (Vec::new(), 0);
        loop {
            let base = self.scim.base().trim_end_matches("/scim/v2");
            let url = format!("{base}/events?after={after}&limit=1000");
            let call =
                Call::new(&self.scim, "GET", &url).authorization(Some(&format!("Bearer {}", self.token)));
            let mut page = block_on(call.exchange()).expect(200).json();
            events.append(page["events"].as_array_mut().unwrap());
            after = page["next"].as_u64().unwrap();
            if page["more"] == false {
                return events;
            }
        }
    }

    /// The types of all events, when there are `count`.
    #[track_caller]
    pub(crate) fn types(&self, count: usize) -> Vec<String> {
        within(300, || self.events().len() >= count);
        let events = self.events();
        assert_eq!(events.len(), count, "{events:#?}");
        events.iter().map(|event| event["type"].as_str().unwrap().to_owned()).collect()
    }

    /// Waits until `count` changes wait.
    #[track_caller]
    fn waits(&self, count: u64) -> Value {
        assert!(within(300, || self.held()["waiting"] == count), "{}", self.held());
        self.held()
    }

    pub(crate) fn set_active(&self, id: &str, active: bool) {
        self.scim.patch_user(id, &json!([{ "op": "replace", "path": "active", "value": active }]));
    }

    /// The log describes the directory.
    #[track_caller]
    pub(crate) fn describes(&self) {
        let (table, id) = (self.scim.stack().unwrap().table(), self.scim.directory());
        let expected = Replay::expected(&self.scim);
        within(300, || Replay::of(&table, &id).content() == expected.content());
        assert_eq!(Replay::of(&table, &id).differences(&expected), [""; 0]);
    }

    /// Imports `count` users; their ids.
    fn users(&self, count: usize) -> Vec<String> {
        let lines: Vec<String> = (0..count)
            .map(|n| json!({ "schemas": [tests::people::USER], "userName": format!("u{n}") }).to_string())
            .collect();
        let mut ids = Vec::new();
        for lines in lines.chunks(500) {
            let call = self.admin("POST", "/import").header("content-type", "application/x-ndjson");
            let answer = block_on(call.text(&lines.join("\n")).exchange());
            let text = String::from_utf8(answer.expect(200).body.clone()).unwrap();
            let id =
                |line: &str| serde_json::from_str::<Value>(line).unwrap()["id"].as_str().unwrap().to_owned();
            ids.extend(text.lines().map(id));
        }
        ids
    }
}

/// A guard under which each disable waits for a person.
fn each() -> Value {
    json!({ "hold": { "above": 0, "within": "1h", "settle": "1s" } })
}

/// A directory of 1,000 users of which a sync disables 300, at a threshold of 10 %. The product has heard of
/// no disable.
fn mass_disable() -> Option<Guarded> {
    let guarded = Guarded::new(&json!({ "hold": { "above": "10%", "within": "1h", "settle": "10m" } }))?;
    let users = guarded.users(1000);
    guarded.types(1000);
    std::thread::scope(|scope| {
        for ids in users[..300].chunks(75) {
            let guarded = &guarded;
            scope.spawn(move || ids.iter().for_each(|id| guarded.set_active(id, false)));
        }
    });
    assert_eq!(guarded.scim.get("/Users").filter("active eq false").send().total(), 300);
    let held = guarded.waits(300);
    assert_eq!((&held["open"], &held["above"], &held["recent"]), (&json!(true), &json!(100), &json!(300)));
    assert!(held["items"].as_array().unwrap().iter().all(|item| item["state"] == "held"), "{held}");
    let types = guarded.types(1001);
    assert_eq!((&*types[999], &*types[1000]), ("user.created", "held.opened"));
    Some(guarded)
}

#[test]
fn a_sync_that_disables_30_percent_is_held_until_it_is_approved() {
    let Some(guarded) = mass_disable() else { return };
    assert_eq!(guarded.decide("approve", &json!({})), 300);
    let types = guarded.types(1302);
    assert_eq!(types.iter().filter(|kind| *kind == "user.disabled").count(), 300);
    assert_eq!(types[1301], "held.closed");
    for event in &guarded.events()[1001..1301] {
        assert_eq!(event["previous"], json!({ "active": true }));
        assert!(event["prior"].as_u64().unwrap() <= 1000 && event["data"]["active"] == false, "{event}");
    }
    assert_eq!(guarded.held()["items"], json!([]));
    guarded.describes();
}

#[test]
fn a_sync_that_disables_30_percent_is_rejected_and_undone() {
    let Some(guarded) = mass_disable() else { return };
    assert_eq!(guarded.decide("reject", &json!({})), 300);
    let plan = guarded.undo(&json!({ "held": true }));
    let is_restored = |item: &Value| item["outcome"] == "restored" && item["attributes"] == json!(["active"]);
    assert!(plan.len() == 300 && plan.iter().all(is_restored), "{plan:#?}");
    assert_eq!(guarded.scim.get("/Users").filter("active eq false").send().total(), 300, "only a plan");
    assert_eq!(guarded.undo(&json!({ "held": true, "apply": true })).len(), 300);
    assert_eq!(guarded.scim.get("/Users").filter("active eq true").send().total(), 1000);
    assert!(within(300, || guarded.held()["items"] == json!([])), "{}", guarded.held());
    assert_eq!(guarded.types(1002)[1000..], ["held.opened", "held.closed"], "the product has heard nothing");
    guarded.describes();
}

#[test]
fn below_the_threshold_all_events_arrive_in_order() {
    let Some(guarded) = Guarded::new(&json!({ "hold": { "above": 3, "within": "1h", "settle": "2s" } }))
    else {
        return;
    };
    let ids: Vec<String> = (0..3).map(|n| guarded.scim.create_user(&format!("u{n}"), &json!({}))).collect();
    guarded.set_active(&ids[0], false);
    guarded.scim.delete(&format!("/Users/{}", ids[1])).send().expect(204);
    guarded.scim.patch_user(&ids[2], &json!([{ "op": "add", "path": "title", "value": "Cook" }]));
    guarded.scim.patch_user(&ids[0], &json!([{ "op": "add", "path": "title", "value": "Cook" }]));
    let types = guarded.types(6);
    assert_eq!(types[..4], ["user.created", "user.created", "user.created", "user.updated"]);
    assert_eq!(types[4..].iter().filter(|kind| *kind == "user.deleted").count(), 1);
    let disabled = guarded.events().into_iter().find(|event| event["type"] == "user.disabled").unwrap();
    assert_eq!(disabled["previous"], json!({ "active": true, "title": null }), "both changes");
    assert_eq!((&disabled["prior"], &disabled["data"]["title"]), (&json!(1), &json!("Cook")));
    guarded.describes();
    // The window counts what was released, too.
    guarded.set_active(&ids[2], false);
    guarded.scim.delete(&format!("/Users/{}", ids[0])).send().expect(204);
    let held = guarded.waits(2);
    assert!(held["open"] == true && held["recent"] == 4, "{held}");
}

#[test]
fn while_the_hold_is_open_nothing_is_released() {
    let Some(guarded) = Guarded::new(&each()) else { return };
    let id = guarded.scim.create_user("ann", &json!({}));
    guarded.set_active(&id, false);
    guarded.waits(1);
    std::thread::sleep(Duration::from_secs(8));
    block_on(events::release_due(&guarded.scim.stack().unwrap().table(), Duration::from_secs(5))).unwrap();
    assert_eq!(guarded.types(2), ["user.created", "held.opened"]);
}

#[test]
fn a_protected_user_is_always_held() {
    let hold = json!({ "above": 100, "within": "1h", "settle": "1s" });
    let Some(guarded) = Guarded::new(&json!({ "hold": hold, "protectedUsers": ["CEO"] })) else { return };
    let ids = ["ceo", "ann"].map(|name| guarded.scim.create_user(name, &json!({})));
    guarded.scim.patch_user(
        &ids[0],
        &json!([
            { "op": "replace", "path": "active", "value": false },
            { "op": "replace", "path": "userName", "value": "former" },
        ]),
    );
    guarded.waits(1);
    guarded.scim.delete(&format!("/Users/{}", ids[0])).send().expect(204);
    guarded.set_active(&ids[1], false);
    assert_eq!(guarded.types(4)[2..], ["held.opened", "user.disabled"]);
    let held = guarded.waits(1);
    assert_eq!((&held["open"], &held["items"][0]["type"]), (&json!(false), &json!("user.deleted")));
    assert_eq!((&held["items"][0]["state"], &held["items"][0]["id"]), (&json!("held"), &json!(ids[0])));
    assert_eq!(guarded.decide("approve", &json!({ "ids": [ids[1], "unknown"] })), 0);
    assert_eq!(guarded.decide("approve", &json!({ "ids": [ids[0]] })), 1);
    assert_eq!(guarded.types(6)[4..], ["user.deleted", "held.closed"]);
    assert_eq!(guarded.events()[4]["previous"]["userName"], "ceo", "as the product knows the user");
    guarded.describes();
}

#[test]
fn a_user_who_is_active_again_has_nothing_to_approve() {
    let Some(guarded) = Guarded::new(&each()) else { return };
    let ids = ["ann", "bob"].map(|name| guarded.scim.create_user(name, &json!({})));
    ids.iter().for_each(|id| guarded.set_active(id, false));
    guarded.waits(2);
    guarded.set_active(&ids[0], true);
    guarded.waits(1);
    guarded.scim.patch_user(&ids[1], &json!([{ "op": "add", "path": "title", "value": "Cook" }]));
    guarded.set_active(&ids[1], true);
    guarded.waits(0);
    let types = guarded.types(5);
    assert_eq!(types[2..], ["held.opened", "user.updated", "held.closed"]);
    assert_eq!(guarded.events()[3]["previous"], json!({ "title": null }));
    assert_eq!(guarded.held()["items"], json!([]));
    guarded.describes();
}

#[test]
fn a_deleted_user_who_is_imported_again_has_nothing_to_approve() {
    let Some(guarded) = Guarded::new(&each()) else { return };
    let id = guarded.scim.create_user("ann", &json!({ "title": "Cook" }));
    let line = block_on(guarded.admin("GET", "/export").exchange());
    guarded.scim.delete(&format!("/Users/{id}")).send().expect(204);
    guarded.waits(1);
    let import = guarded.admin("POST", "/import").header("content-type", "application/x-ndjson");
    block_on(import.text(&String::from_utf8(line.body.clone()).unwrap()).exchange()).expect(200);
    guarded.waits(0);
    assert_eq!(guarded.types(3)[1..], ["held.opened", "held.closed"]);
    guarded.set_active(&id, false);
    guarded.waits(1);
    assert_eq!(guarded.decide("approve", &json!({})), 1);
    guarded.describes();
}

#[test]
fn what_is_rejected_is_listed_until_the_user_is_active_again() {
    let Some(guarded) = Guarded::new(&each()) else { return };
    let ids = ["ann", "bob", "eve"].map(|name| guarded.scim.create_user(name, &json!({})));
    ids.iter().for_each(|id| guarded.set_active(id, false));
    guarded.waits(3);
    assert_eq!(guarded.decide("reject", &json!({})), 3);
    assert_eq!(guarded.decide("reject", &json!({})), 0, "it is rejected already");
    assert_eq!(guarded.decide("approve", &json!({})), 0, "only by its id");
    let held = guarded.held();
    assert_eq!((&held["waiting"], &held["open"], held["since"].is_null()), (&json!(0), &json!(false), true));
    assert!(held["items"].as_array().unwrap().iter().all(|item| item["state"] == "rejected"), "{held}");
    guarded.set_active(&ids[0], true);
    assert!(within(300, || guarded.held()["items"].as_array().unwrap().len() == 2));
    assert_eq!(guarded.types(5)[3..], ["held.opened", "held.closed"]);
    // A delete is another matter than the disable that was rejected.
    guarded.scim.delete(&format!("/Users/{}", ids[1])).send().expect(204);
    guarded.waits(1);
    assert_eq!(guarded.decide("approve", &json!({ "ids": [ids[2]] })), 1);
    assert_eq!(guarded.types(7)[5..], ["held.opened", "user.disabled"]);
    assert_eq!(guarded.decide("approve", &json!({})), 1);
    assert_eq!(guarded.types(9)[7..], ["user.deleted", "held.closed"]);
    guarded.describes();
}

#[test]
fn what_is_held_stays_when_the_guard_is_switched_off() {
    let Some(guarded) = Guarded::new(&each()) else { return };
    let ids = ["ann", "bob"].map(|name| guarded.scim.create_user(name, &json!({})));
    guarded.set_active(&ids[0], false);
    guarded.waits(1);
    guarded.set(&json!({ "hold": null }));
    guarded.set_active(&ids[1], false);
    assert_eq!(guarded.types(4)[2..], ["held.opened", "user.disabled"]);
    assert_eq!(guarded.events()[3]["resource"]["id"], ids[1]);
    guarded.scim.patch_user(&ids[0], &json!([{ "op": "add", "path": "title", "value": "Cook" }]));
    assert!(within(300, || guarded.held()["items"][0]["data"]["title"] == "Cook"));
    assert_eq!(guarded.decide("approve", &json!({})), 1);
    assert_eq!(guarded.types(6)[4..], ["user.disabled", "held.closed"]);
    guarded.describes();
}

/// Before and after the change together are more than an item may have. A record that the function cannot
/// process would stop its shard, and with it the logs of all directories.
#[test]
fn a_change_of_a_large_user_is_held_without_what_was_before() {
    let Some(guarded) = Guarded::new(&each()) else { return };
    let long = "a".repeat(210 * 1024);
    let id = guarded.scim.create_user("ann", &json!({ "nickName": long }));
    guarded.set_active(&id, false);
    let held = guarded.waits(1)["items"][0].clone();
    assert_eq!((&held["type"], &held["data"]["nickName"]), (&json!("user.disabled"), &json!(long)));
    assert_eq!(held["previous"], Value::Null);
    let undone = guarded.undo(&json!({ "held": true, "apply": true }));
    assert_eq!(undone[0]["outcome"], "impossible", "what was before is not known");
    assert_eq!(guarded.decide("approve", &json!({})), 1);
    assert_eq!(guarded.types(4)[1..], ["held.opened", "user.disabled", "held.closed"]);
    assert_eq!(guarded.events()[2]["previous"], Value::Null);
    guarded.describes();
    guarded.set_active(&id, true);
    assert_eq!(guarded.types(5)[4], "user.enabled");
    guarded.scim.delete(&format!("/Users/{id}")).send().expect(204);
    assert_eq!(guarded.waits(1)["items"][0]["previous"]["nickName"], long);
    assert_eq!(guarded.decide("approve", &json!({})), 1);
    assert_eq!(guarded.types(8)[5..], ["held.opened", "user.deleted", "held.closed"]);
    guarded.describes();
}

#[test]
fn an_erased_directory_leaves_nothing_held() {
    let Some(guarded) = Guarded::new(&each()) else { return };
    let id = guarded.scim.create_user("ann", &json!({}));
    guarded.set_active(&id, false);
    guarded.waits(1);
    let (table, directory) = (guarded.scim.stack().unwrap().table(), guarded.scim.directory());
    guarded.admin("DELETE", "").send().expect(202);
    let profiles = guarded.scim.stack().unwrap().profiles().clone();
    let slice = directory::upkeep::slice::Slice::alone();
    let advance =
        || block_on(directory::upkeep::erasure::advance(&table, &directory, &profiles, slice)).unwrap();
    assert!(within(300, advance));
    assert_eq!(block_on(events::held(&table, &directory, None, 10)).unwrap().items, []);
}
