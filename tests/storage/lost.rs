//! Calls that are repeated because their response was lost, or that other calls overtake.

use std::time::Duration;

use directory::access::credential;
use directory::access::oauth::client::secret::ClientSecret;
use directory::access::oauth::client::{self, Client, secrets};
use directory::id::{ClientId, DirectoryId};
use directory::registry::change::{self, DirectoryChange};
use directory::registry::job::{Job, Work};
use directory::registry::record::{self, DirectoryRecord};
use directory::registry::rotation::{self, Old};
use directory::transfer::export;
use directory::transfer::import::{self, Done, Options};
use directory::upkeep::slice::Slice;
use directory::upkeep::sweep::follow;
use directory::upkeep::{erasure, lease, profile_change};
use directory::verify::{self, What};
use serde_json::json;
use table::name::MEMBERS_VERSION;
use tests::deployment::deployment;
use tests::endpoint::Endpoint;
use tests::names::unique;
use tests::people::{group, member_values, user};
use tests::relay::Relay;
use tests::runtime::{block_on, spawn};

use crate::verify::{Raw, list_version, members, s, steps};

/// A service with a relay in front of its DynamoDB.
fn relayed() -> Option<(Relay, Endpoint)> {
    let relay = Relay::start(Endpoint::shared().stack()?.dynamodb_url());
    let scim = Endpoint::start_on(Some(relay.url().to_owned()));
    Some((relay, scim))
}

fn add(member: &str) -> serde_json::Value {
    json!([{ "op": "add", "path": "members", "value": member_values(&[member]) }])
}

#[test]
fn an_answer_never_lacks_a_member_of_its_version() {
    let Some((relay, scim)) = relayed() else { return };
    let group = format!("/Groups/{}", scim.create_group(&unique(), &[]));
    let held = relay.hold(MEMBERS_VERSION);
    let first = {
        let (scim, group) = (scim.clone(), group.clone());
        spawn(async move { scim.patch(&group, &add("a")).exchange().await })
    };
    block_on(held.come());
    scim.patch(&group, &add("b")).send().expect(200);
    held.release();
    let first = block_on(first).unwrap();
    assert_eq!(first.expect(200).members(), ["a", "b"]);
    assert_eq!(first.etag(), scim.get(&group).send().etag());
}

#[test]
fn a_change_of_members_whose_answer_is_lost_counts_once() {
    let Some((relay, scim)) = relayed() else { return };
    let group = format!("/Groups/{}", scim.create_group(&unique(), &[]));
    relay.lose(MEMBERS_VERSION);
    let answer = scim.patch(&group, &add("a")).send();
    assert_eq!(answer.expect(200).members(), ["a"]);
    assert_eq!(answer.etag(), "W/\"1.2\"");
    assert_eq!(scim.get(&group).send().etag(), "W/\"1.2\"");
}

#[test]
fn a_counter_is_corrected_once_although_the_answer_is_lost() {
    let Some((relay, scim)) = relayed() else { return };
    scim.create_user(&unique(), &json!({}));
    let (raw, counters) = (Raw(&scim), format!("C#{}", scim.directory()));
    raw.put(&counters, "User#00", &[("n", n("7"))]);
    relay.lose("UpdateExpression");
    let reports = block_on(steps(&scim, true, Duration::ZERO));
    let found = reports.iter().flat_map(|report| &report.findings).map(|finding| finding.what);
    assert_eq!(found.collect::<Vec<_>>(), [What::Counter]);
    assert_eq!(scim.get("/Users?count=0").send().total(), 1);
}

/// An import restores a user whom a repair is about to remove from a group.
#[test]
fn a_member_who_is_back_stays() {
    let Some((relay, scim)) = relayed() else { return };
    let stack = scim.stack().unwrap();
    let scim = of_profile(&scim, "acme");
    let group = scim.create_group(&unique(), &[]);
    let (raw, prefix) = (Raw(&scim), format!("D#{}", scim.directory()));
    let list = members(&raw, &prefix, &group);
    let gone = "0190b1a2-0000-7000-8000-000000000000";
    raw.put(&list, gone, &[("memberKey", s(&format!("{prefix}#member#{gone}")))]);
    let held = relay.hold_with(&["attribute_not_exists(", &format!("\"{prefix}#User\""), gone]);
    let walk = {
        let (id, table, profiles) = (scim.directory(), stack.table(), stack.profiles());
        let options =
            verify::Options { repair: true, time: Duration::from_secs(60), patience: Duration::ZERO };
        spawn(async move { verify::check(&table, &id, &profiles, None, &options).await.unwrap() })
    };
    block_on(held.come());
    raw.put(&format!("{prefix}#User"), gone, &[]);
    held.release();
    let report = block_on(walk).unwrap();
    let [finding] = report.findings.as_slice() else { panic!("{report:#?}") };
    assert_eq!((finding.what, finding.repaired), (What::MemberUnknown, false));
    assert_eq!(raw.items(&list).len(), 1);
}

/// The first of two runs is held for longer than its lease, at its first step or at its last.
#[test]
fn an_erasure_that_was_overtaken_leaves_the_new_directory_alone() {
    let Some((relay, scim)) = relayed() else { return };
    for at in ["DeleteRequest", "\"done\":"] {
        let scim = of_profile(&scim, "standard");
        scim.create_user(&unique(), &json!({}));
        let (id, stack) = (scim.directory(), scim.stack().unwrap());
        let (table, profiles) = (stack.table(), stack.profiles());
        let receipt = block_on(erasure::begin(&table, &id)).unwrap();
        let held = relay.hold(at);
        let first = {
            let (id, table, profiles) = (id.clone(), table.clone(), profiles.clone());
            spawn(async move { erasure::advance(&table, &id, &profiles, Slice::alone()).await.unwrap() })
        };
        block_on(held.come());
        assert!(
            !block_on(erasure::advance(&table, &id, &profiles, Slice::alone())).unwrap(),
            "one at a time"
        );
        // As if a minute had passed.
        block_on(lease::end(&table, &id)).unwrap();
        assert!(block_on(erasure::advance(&table, &id, &profiles, Slice::alone())).unwrap());
        let done = block_on(erasure::read(&table, &receipt.id)).unwrap();
        let next = with_directory(&scim, &id, "standard");
        next.create_user(&unique(), &json!({}));
        held.release();
        block_on(first).unwrap();
        assert!(block_on(record::read(&table, &id)).unwrap().is_some());
        assert_eq!(next.get("/Users").send().expect(200).total(), 1);
        assert_eq!(block_on(erasure::read(&table, &receipt.id)).unwrap(), done);
    }
}

#[test]
fn two_changes_of_settings_at_the_same_time_both_take_effect() {
    let Some((relay, scim)) = relayed() else { return };
    let (id, table) = (scim.directory(), scim.stack().unwrap().table());
    let setting = |name: &str| DirectoryChange {
        settings: json!({ name: 1.5 }).as_object().cloned(),
        ..DirectoryChange::default()
    };
    block_on(change::change(&table, &id, &setting("begin"))).unwrap();
    let held = relay.hold("first");
    let first = {
        let (id, table, change) = (id.clone(), table.clone(), setting("first"));
        spawn(async move { change::change(&table, &id, &change).await.unwrap() })
    };
    block_on(held.come());
    block_on(change::change(&table, &id, &setting("second"))).unwrap();
    held.release();
    let names = |record: DirectoryRecord| record.settings.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(block_on(first).unwrap()), ["begin", "second", "first"]);
    assert_eq!(names(block_on(record::read(&table, &id)).unwrap().unwrap()), ["begin", "second", "first"]);
    let removed = json!({ "begin": null, "second": null }).as_object().cloned();
    let removed = DirectoryChange { settings: removed, ..DirectoryChange::default() };
    assert_eq!(names(block_on(change::change(&table, &id, &removed)).unwrap()), ["first"]);
}

/// The first of two runs is held for longer than its lease, where it looks for entries to remove or
/// where it removes them.
#[test]
fn a_slow_change_of_profile_removes_no_entry_of_a_later_run() {
    let Some((relay, scim)) = relayed() else { return };
    for at in ["Query", "left"] {
        let scim = of_profile(&scim, "standard");
        let (id, stack) = (scim.directory(), scim.stack().unwrap());
        let (table, profiles, index) = (stack.table(), stack.profiles(), format!("D#{id}#User#title"));
        for number in 0..10 {
            scim.create_user(&unique(), &json!({ "title": format!("title {number}") }));
        }
        // Left over from an earlier change.
        Raw(&scim).put(&index, "left", &[("id", s("x"))]);
        assert!(block_on(profile_change::begin(&table, &id, "unique-titles", &profiles)).unwrap());
        let held = relay.hold(&if at == "Query" { format!("\"{index}\"") } else { format!("\"{at}\"") });
        let advance = |table: directory::Table| {
            let (id, profiles) = (id.clone(), profiles.clone());
            async move { profile_change::advance(&table, &id, &profiles, Slice::alone()).await }
        };
        let first = spawn(advance(table.clone()));
        block_on(held.come());
        assert!(!block_on(advance(table.clone())).unwrap().has_ended(), "one at a time");
        // As if a minute had passed.
        block_on(lease::end(&table, &id)).unwrap();
        while !block_on(advance(table.clone())).unwrap().has_ended() {}
        held.release();
        block_on(first).unwrap().unwrap();
        assert_eq!(Raw(&scim).items(&index).len(), 10, "{at}");
        let fresh = scim.by_another_credential(None).unwrap();
        let taken = user(&unique(), &json!({ "title": "title 3" }));
        fresh.post("/Users", &taken).send().error(409, "uniqueness");
    }
}

#[test]
fn a_secret_whose_removal_is_repeated_was_there() {
    let Some((relay, scim)) = relayed() else { return };
    let (id, table) = (scim.directory(), scim.stack().unwrap().table());
    let client: ClientId = "c1".parse().unwrap();
    let mut kept = Client::new(client.clone(), "test");
    kept.secrets.push(ClientSecret::new("s1", "hash".to_owned(), "test", None));
    assert!(block_on(client::create(&table, &id, &kept)).unwrap());
    relay.lose("secret#s1");
    block_on(secrets::remove(&table, &id, &client, "s1")).unwrap();
    assert!(block_on(client::read(&table, &id, &client)).unwrap().unwrap().secrets.is_empty());
    block_on(secrets::remove(&table, &id, &client, "s1")).unwrap_err();
}

#[test]
fn a_change_of_profile_that_has_begun_is_no_refusal() {
    let Some((relay, scim)) = relayed() else { return };
    let (id, stack) = (scim.directory(), scim.stack().unwrap());
    relay.lose("SET #other = :to");
    assert!(block_on(profile_change::begin(&stack.table(), &id, "titles", &stack.profiles())).unwrap());
}

#[test]
fn a_rotation_whose_answer_is_lost_counts_once() {
    let Some((relay, scim)) = relayed() else { return };
    let (id, table) = (scim.directory(), scim.stack().unwrap().table());
    let before = block_on(record::secrets(&table, &id)).unwrap();
    relay.lose("previousSeals");
    let rotated = block_on(rotation::rotate(&table, &id, Old::Valid)).unwrap();
    assert_ne!(rotated, before);
    assert_eq!(rotated, block_on(record::secrets(&table, &id)).unwrap());
}

/// A list is replaced, and the old one swept, while the export reads it; and again while it reads
/// the new one.
#[test]
fn an_export_never_has_half_a_list() {
    let Some((relay, scim)) = relayed() else { return };
    let group = scim.create_group(&unique(), &["a".to_owned(), "b".to_owned()]);
    let (id, stack) = (scim.directory(), scim.stack().unwrap());
    let (raw, prefix, table) = (Raw(&scim), format!("D#{id}"), stack.table());
    let list = |version: &str| format!("\"{prefix}#Group#{group}#{version}\"");
    let mut present = list_version(&raw, &prefix, &group);
    let mut held = relay.hold(&list(&present));
    let export = {
        let (id, table, profiles) = (id.clone(), table.clone(), stack.profiles());
        spawn(async move { export::lines(&table, &id, &profiles, None, 100_000).await.unwrap() })
    };
    for members in [["c", "d"], ["e", "f"]] {
        block_on(held.come());
        let operation = json!([{ "op": "replace", "path": "members", "value": member_values(&members) }]);
        scim.patch(&format!("/Groups/{group}?excludedAttributes=members"), &operation).send().expect(200);
        let work = Work::MemberList { group: group.clone(), version: present.as_str().into() };
        block_on(follow(&table, &[(Job { directory: id.clone(), work }, 0)])).unwrap();
        present = list_version(&raw, &prefix, &group);
        let next = relay.hold(&list(&present));
        held.release();
        held = next;
    }
    held.release();
    let lines = block_on(export).unwrap().lines;
    let last: serde_json::Value = serde_json::from_str(lines.lines().last().unwrap()).unwrap();
    assert_eq!(last["meta"]["again"], json!(true), "{lines}");
    let ids: Vec<_> = last["members"].as_array().unwrap().iter().map(|member| &member["value"]).collect();
    assert_eq!(ids, ["e", "f"], "{lines}");
}

#[test]
fn two_imports_of_one_group_at_once_leave_the_members_of_both() {
    let Some((relay, scim)) = relayed() else { return };
    let (id, stack) = (scim.directory(), scim.stack().unwrap());
    let (table, profiles) = (stack.table(), stack.profiles());
    let (name, own) = (unique(), "0190b1a2-0000-7000-8000-00000000000a");
    let line = |member: &str| {
        let mut line = group(&name, &json!({ "members": member_values(&[member]) }));
        line["id"] = json!(own);
        line["meta"] = json!({ "resourceType": "Group" });
        line.to_string()
    };
    let by = "import".parse().unwrap();
    let held = relay.hold_with(&["ClientRequestToken", own]);
    let first = {
        let (id, table, profiles, line) = (id.clone(), table.clone(), profiles.clone(), line("a"));
        spawn(async move {
            let by = "import".parse().unwrap();
            import::lines(&table, &id, &by, &profiles, &[&line], Options::default()).await.unwrap()
        })
    };
    block_on(held.come());
    block_on(import::lines(&table, &id, &by, &profiles, &[&line("b")], Options::default())).unwrap();
    held.release();
    let first = block_on(first).unwrap();
    assert_eq!(first[0].outcome, Done::MembersAdded, "{first:?}");
    assert_eq!(scim.get(&format!("/Groups/{own}")).send().members(), ["a", "b"]);
}

/// More users than one batch of index entries holds.
#[test]
fn a_user_who_moves_during_a_sorted_scan_comes_once() {
    let Some((relay, scim)) = relayed() else { return };
    let (id, stack) = (scim.directory(), scim.stack().unwrap());
    let (table, profiles) = (stack.table(), stack.profiles());
    let line = |n: usize| {
        let more = json!({ "title": format!("b{n:03}"), "meta": { "resourceType": "User" } });
        user(&format!("x{n:03}"), &more).to_string()
    };
    let lines: Vec<String> = (0..520).map(line).collect();
    let by = "import".parse().unwrap();
    // DynamoDB Local cannot write more at once within the timeout of a call.
    for some in lines.chunks(40) {
        let some: Vec<&str> = some.iter().map(String::as_str).collect();
        let done = block_on(import::lines(&table, &id, &by, &profiles, &some, Options::default())).unwrap();
        assert!(done.iter().all(|outcome| outcome.outcome == Done::Created), "{done:?}");
    }
    let mover = scim.users_where("userName eq \"x000\"").remove(0);
    let held = relay.hold("ExclusiveStartKey");
    let walk = {
        let scim = scim.clone();
        spawn(async move {
            let call = scim.get("/Users").filter("userName sw \"x\"").query("sortBy", "title");
            call.query("count", "30").exchange().await
        })
    };
    block_on(held.come());
    scim.patch_user(&mover, &json!([{ "op": "replace", "value": { "userName": "xz", "title": "b001a" } }]));
    held.release();
    let page = block_on(walk).unwrap();
    let ids = page.expect(200).ids();
    assert_eq!((page.total(), ids.len()), (520, 30));
    assert_eq!(ids.iter().filter(|id| **id == mover).count(), 1);
}

/// The same service with another directory, of this profile.
fn of_profile(scim: &Endpoint, profile: &str) -> Endpoint {
    with_directory(scim, &format!("test-{}", unique()).parse().unwrap(), profile)
}

fn with_directory(scim: &Endpoint, id: &DirectoryId, profile: &str) -> Endpoint {
    let (table, profiles) = (scim.stack().unwrap().table(), scim.stack().unwrap().profiles());
    let (token, credential) = gateway::auth::token::Token::mint(id, &deployment()).unwrap();
    let directory = DirectoryRecord::new(id.clone(), "test", &profiles.get(profile).unwrap());
    assert!(block_on(record::create(&table, &directory)).unwrap());
    block_on(credential::create(&table, id, &credential)).unwrap();
    scim.with_token(secrecy::ExposeSecret::expose_secret(&token))
}

fn n(number: &str) -> aws_sdk_dynamodb::types::AttributeValue {
    aws_sdk_dynamodb::types::AttributeValue::N(number.to_owned())
}
