//! `verify`: inconsistencies that are written directly to the table are found, named and repaired;
//! a consistent directory has no findings, even while clients continue.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use directory::upkeep::profile_change;
use directory::verify::{self, Finding, Options, Report, What};
use serde_json::{Value, json};
use tests::endpoint::Endpoint;
use tests::names::unique;
use tests::people::{group, member_values, patch, user};
use tests::runtime::{at_once, block_on, within};

use crate::items::Item;
use crate::jobs::{key, shard};

/// The complete check, with a step of its own for each page.
pub(crate) async fn steps(scim: &Endpoint, repair: bool, patience: Duration) -> Vec<Report> {
    let (id, stack) = (scim.directory(), scim.stack().unwrap());
    let (table, profiles) = (stack.table(), stack.profiles());
    let options = Options { repair, time: Duration::ZERO, patience };
    let (mut after, mut reports) = (None::<String>, Vec::new());
    loop {
        let report = verify::check(&table, &id, &profiles, after.as_deref(), &options).await.unwrap();
        after.clone_from(&report.next);
        reports.push(report);
        if after.is_none() {
            return reports;
        }
    }
}

pub(crate) fn findings(scim: &Endpoint, repair: bool) -> Vec<Finding> {
    let reports = block_on(steps(scim, repair, Duration::from_secs(1)));
    assert!(reports.iter().all(|report| report.key_rule == 1 && report.uncounted.is_empty()));
    reports.into_iter().flat_map(|report| report.findings).collect()
}

fn whats(findings: &[Finding]) -> Vec<What> {
    let mut whats: Vec<_> = findings.iter().map(|finding| finding.what).collect();
    whats.sort();
    whats
}

/// Found without a repair, found again with one, and gone afterwards.
#[track_caller]
fn found_and_repaired(scim: &Endpoint, expected: &[What]) -> Vec<Finding> {
    let found = findings(scim, false);
    assert_eq!(whats(&found), expected, "{found:#?}");
    assert!(found.iter().all(|finding| !finding.repaired));
    let repaired = findings(scim, true);
    assert_eq!(whats(&repaired), expected, "{repaired:#?}");
    assert!(repaired.iter().all(|finding| finding.repaired), "{repaired:#?}");
    let left = findings(scim, false);
    assert!(left.is_empty(), "{left:#?}");
    found
}

/// Writes items directly to the table.
pub(crate) struct Raw<'a>(pub(crate) &'a Endpoint);

impl Raw<'_> {
    fn key(pk: &str, sk: &str) -> Item {
        [("PK", pk), ("SK", sk)]
            .map(|(name, value)| (name.to_owned(), AttributeValue::S(value.to_owned())))
            .into()
    }

    pub(crate) fn put(&self, pk: &str, sk: &str, more: &[(&str, AttributeValue)]) {
        let mut item = Self::key(pk, sk);
        item.extend(more.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        let client = self.0.stack().unwrap().client();
        block_on(client.put_item().table_name(self.0.table()).set_item(Some(item)).send()).unwrap();
    }

    fn delete(&self, pk: &str, sk: &str) {
        let client = self.0.stack().unwrap().client();
        let delete = client.delete_item().table_name(self.0.table()).set_key(Some(Self::key(pk, sk)));
        block_on(delete.send()).unwrap();
    }

    fn set(&self, pk: &str, sk: &str, attribute: &str, value: AttributeValue) {
        let client = self.0.stack().unwrap().client();
        let update = client
            .update_item()
            .table_name(self.0.table())
            .set_key(Some(Self::key(pk, sk)))
            .update_expression("SET #a = :a")
            .expression_attribute_names("#a", attribute)
            .expression_attribute_values(":a", value);
        block_on(update.send()).unwrap();
    }

    pub(crate) fn items(&self, pk: &str) -> Vec<HashMap<String, AttributeValue>> {
        let client = self.0.stack().unwrap().client();
        let query = client
            .query()
            .table_name(self.0.table())
            .key_condition_expression("PK = :pk")
            .expression_attribute_values(":pk", s(pk));
        block_on(query.send()).unwrap().items.unwrap_or_default()
    }
}

pub(crate) fn s(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

/// A directory with ten users and a group of them.
fn company() -> Option<(Endpoint, String, Vec<String>, String)> {
    let scim = Endpoint::empty_directory()?;
    let one = |n: usize| {
        let name = format!("u{n}");
        scim.create_user(
            &name,
            &json!({ "externalId": name, "emails": [{ "value": format!("{name}@ex.io") }] }),
        )
    };
    let users: Vec<String> = (0..10).map(one).collect();
    let group = scim.create_group("all", &users);
    let prefix = format!("D#{}", scim.directory());
    Some((scim, prefix, users, group))
}

#[test]
fn a_consistent_directory_has_no_findings_and_everything_is_counted() {
    let Some((scim, ..)) = company() else { return };
    for n in 0..250 {
        scim.create_user(&format!("more{n}"), &json!({}));
    }
    let strangers: Vec<String> = (0..3).map(|n| format!("stranger{n}")).collect();
    scim.create_group("strangers", &strangers);
    let reports = block_on(steps(&scim, false, Duration::ZERO));
    assert!(reports.len() > 8, "each page is a step: {}", reports.len());
    let sum = |count: fn(&Report) -> u64| reports.iter().map(count).sum::<u64>();
    assert_eq!(sum(|r| r.checked.resources.get("User").copied().unwrap_or(0)), 260);
    assert_eq!(sum(|r| r.checked.resources.get("Group").copied().unwrap_or(0)), 2);
    assert_eq!(sum(|r| r.checked.entries), 260 + 10 + 10 + 2);
    assert_eq!(sum(|r| r.checked.memberships), 13);
    assert_eq!(sum(|r| r.checked.strangers), 3);
    assert_eq!(sum(|r| r.findings.len() as u64), 0, "{reports:#?}");
}

#[test]
fn entries_that_are_missing_stale_or_anothers() {
    let Some((scim, prefix, users, _)) = company() else { return };
    let raw = Raw(&scim);
    raw.delete(&format!("{prefix}#User#userName"), "1u0");
    let found = found_and_repaired(&scim, &[What::EntryMissing]);
    assert_eq!((found[0].id.as_ref(), found[0].attribute.as_deref()), (Some(&users[0]), Some("userName")));
    scim.post("/Users", &user("U0", &json!({}))).send().error(409, "uniqueness");

    raw.delete(&format!("{prefix}#User#emails.value"), &format!("1u1@ex.io\u{1}{}", users[1]));
    found_and_repaired(&scim, &[What::EntryMissing]);
    assert_eq!(scim.users_where("emails.value eq \"u1@ex.io\""), [users[1].as_str()]);

    raw.put(&format!("{prefix}#User#userName"), "1ghost", &[("id", s(&users[2]))]);
    let gone = "0190b1a2-0000-7000-8000-000000000000";
    raw.put(&format!("{prefix}#User#userName"), "1gone", &[("id", s(gone))]);
    raw.put(&format!("{prefix}#User#externalId"), &format!("1old\u{1}{}", users[2]), &[("id", s(&users[2]))]);
    raw.put(&format!("{prefix}#Group#displayName"), "1nobody", &[]);
    let found = found_and_repaired(&scim, &[What::EntryStale; 4]);
    assert!(found.iter().any(|finding| finding.id.as_deref() == Some(gone)));
    scim.create_user("ghost", &json!({}));

    raw.put(&format!("{prefix}#User#userName"), "1u3", &[("id", s(&users[4]))]);
    let found = findings(&scim, false);
    assert_eq!(whats(&found), [What::EntryOfAnother, What::EntryStale], "{found:#?}");
    assert_eq!(whats(&findings(&scim, true)), [What::EntryOfAnother], "which repairs both");
    assert!(findings(&scim, false).is_empty());
    assert_eq!(found[0].other.as_ref(), Some(&users[4]));
}

#[test]
fn two_resources_with_one_unique_value_are_reported_and_left_alone() {
    let Some((scim, prefix, users, _)) = company() else { return };
    let raw = Raw(&scim);
    let doc = json!({ "userName": "u1", "externalId": "u0", "emails": [{ "value": "u0@ex.io" }] });
    raw.set(&format!("{prefix}#User"), &users[0], "doc", s(&doc.to_string()));
    let found = findings(&scim, true);
    assert_eq!(whats(&found), [What::Duplicate, What::EntryStale, What::UserNameKey], "{found:#?}");
    assert_eq!((found[0].id.as_ref(), found[0].other.as_ref()), (Some(&users[0]), Some(&users[1])));
    assert!(!found[0].repaired);
    let found = findings(&scim, true);
    assert_eq!(whats(&found), [What::Duplicate], "the rest has been repaired");
    // The entry belongs to the second user and is replaced when the first one is renamed.
    scim.patch_user(&users[0], &json!([{ "op": "replace", "path": "userName", "value": "another" }]));
    let found = found_and_repaired(&scim, &[What::EntryMissing]);
    assert_eq!(found[0].id.as_ref(), Some(&users[1]));
}

#[test]
fn a_name_key_a_counter_a_member_key_and_a_document() {
    let Some((scim, prefix, users, group)) = company() else { return };
    let raw = Raw(&scim);
    raw.set(&format!("{prefix}#User"), &users[0], "userNameKey", s("1other"));
    found_and_repaired(&scim, &[What::UserNameKey]);

    let counters = prefix.replacen("D#", "C#", 1);
    raw.set(&counters, "User#07", "n", AttributeValue::N("5".to_owned()));
    let before: i64 = total(&raw, &counters);
    let found = found_and_repaired(&scim, &[What::Counter]);
    assert_eq!(found[0].excess, Some(before - 10));
    assert_eq!(scim.get("/Users?count=0").send().total(), 10);
    raw.put(&counters, "Group#31", &[("n", AttributeValue::N("-4".to_owned()))]);
    found_and_repaired(&scim, &[What::Counter]);
    assert_eq!(scim.get("/Groups?count=0").send().total(), 1);

    raw.set(&members(&raw, &prefix, &group), &users[3], "memberKey", s("D#x#member#y"));
    let found = found_and_repaired(&scim, &[What::MemberKey]);
    assert_eq!((found[0].id.as_ref(), found[0].other.as_ref()), (Some(&group), Some(&users[3])));
    let user = scim.get(&format!("/Users/{}?attributes=groups", users[3])).send().json();
    assert_eq!(user["groups"][0]["value"], json!(group), "{user}");

    raw.set(&format!("{prefix}#User"), &users[5], "doc", s("{"));
    let found = findings(&scim, true);
    assert_eq!(whats(&found), [What::Unreadable], "its entries are left alone: {found:#?}");
    assert!(!found[0].repaired);
}

fn total(raw: &Raw<'_>, counters: &str) -> i64 {
    let users =
        raw.items(counters).into_iter().filter(|item| item["SK"].as_s().unwrap().starts_with("User#"));
    users.map(|item| item["n"].as_n().unwrap().parse::<i64>().unwrap()).sum()
}

/// The version of the member list that a group uses.
pub(crate) fn list_version(raw: &Raw<'_>, prefix: &str, group: &str) -> String {
    let groups = raw.items(&format!("{prefix}#Group"));
    let item = groups.iter().find(|item| item["SK"] == s(group)).unwrap();
    item[table::name::MEMBER_LIST].as_s().unwrap().clone()
}

/// The partition of the members that a group has now.
pub(crate) fn members(raw: &Raw<'_>, prefix: &str, group: &str) -> String {
    format!("{prefix}#Group#{group}#{}", list_version(raw, prefix, group))
}

#[test]
fn a_list_that_no_group_has_and_no_job_will_remove() {
    let Some((scim, prefix, users, group)) = company() else { return };
    let raw = Raw(&scim);
    let member = |group: &str, list: &str| {
        let key = [("memberKey", s(&format!("{prefix}#member#{}", users[0])))];
        raw.put(&format!("{prefix}#Group#{group}#{list}"), &users[0], &key);
    };
    let gone = "0190b1a2-0000-7000-8000-000000000000";
    member(&group, "0190b1a2-0000-7000-8000-00000000000e");
    member(gone, "0190b1a2-0000-7000-8000-00000000000f");
    let found = found_and_repaired(&scim, &[What::MembersAbandoned; 2]);
    assert!(found.iter().any(|finding| finding.id.as_ref() == Some(&group)), "{found:#?}");
    assert!(scim.get(&format!("/Groups/{group}")).send().members().contains(&users[0]));

    // More lists of one member than are read at a time.
    let many = 130;
    for number in 0..many {
        member(gone, &format!("0190b1a2-0000-7000-8000-{number:012}"));
    }
    found_and_repaired(&scim, &vec![What::MembersAbandoned; many]);

    // A list that is about to be swept is not reported.
    let id = scim.directory();
    let work = &format!("{}#{gone}#e", table::name::MEMBER_LIST);
    let pending = [("directory", s(&id.to_string())), ("work", s(work))];
    let (shard, key) = (shard(&id), key(&id, 99_999_999_999, work));
    raw.put(&shard, &key, &pending);
    member(gone, "e");
    assert!(findings(&scim, false).is_empty());
    raw.delete(&shard, &key);
    found_and_repaired(&scim, &[What::MembersAbandoned]);
}

#[test]
fn a_missing_member_where_members_must_exist() {
    let Some(scim) = Endpoint::empty_directory_of("acme") else { return };
    assert!(scim.stack().unwrap().profiles().get("acme").unwrap().behavior.members_must_exist);
    let id = scim.create_user(&unique(), &json!({ "displayName": "Ana" }));
    let group = scim.create_group(&unique(), &[id]);
    let (raw, prefix) = (Raw(&scim), format!("D#{}", scim.directory()));
    let gone = "0190b1a2-0000-7000-8000-000000000000";
    let key = [("memberKey", s(&format!("{prefix}#member#{gone}")))];
    raw.put(&members(&raw, &prefix, &group), gone, &key);
    let found = found_and_repaired(&scim, &[What::MemberUnknown]);
    assert_eq!(found[0].other.as_deref(), Some(gone));
}

/// While a profile changes, an attribute that is unique in only one of the two profiles has entries
/// of both forms.
#[test]
fn entries_of_the_other_profile_are_not_stale() {
    let Some(scim) = Endpoint::empty_directory_of("titles") else { return };
    let (id, stack) = (scim.directory(), scim.stack().unwrap());
    block_on(profile_change::begin(&stack.table(), &id, "unique-titles", &stack.profiles())).unwrap();
    // Requests that know of the change keep both entries.
    scim.create_user(&unique(), &json!({ "title": "Dr" }));
    let entries = || Raw(&scim).items(&format!("D#{id}#User#title")).len();
    assert_eq!(entries(), 2);
    assert!(findings(&scim, true).is_empty());
    assert_eq!(entries(), 2);
}

#[test]
fn a_step_ends_when_much_is_found() {
    let Some(scim) = Endpoint::empty_directory() else { return };
    let (id, stack) = (scim.directory(), scim.stack().unwrap());
    let entries = format!("D#{id}#User#externalId");
    for number in 0..1200 {
        Raw(&scim).put(&entries, &format!("1{number:04}"), &[]);
    }
    let options = Options { time: Duration::from_secs(600), ..Options::default() };
    let report = block_on(verify::check(&stack.table(), &id, &stack.profiles(), None, &options)).unwrap();
    assert_eq!(report.findings.len(), 500, "a page of entries");
    assert!(report.next.is_some());
    assert_eq!(findings(&scim, true).len(), 1200);
}

#[test]
fn an_invalid_position_is_refused() {
    let Some(scim) = Endpoint::empty_directory() else { return };
    let (id, stack) = (scim.directory(), scim.stack().unwrap());
    let (table, profiles) = (stack.table(), stack.profiles());
    for after in ["", "x", "e30", "é"] {
        let options = Options::default();
        let error =
            block_on(verify::check(&table, &id, &profiles, Some(after), &options)).unwrap_err().to_string();
        assert!(error.contains("start again"), "{error}");
    }
}

/// Eight tasks create, rename, delete, replace lists and change members, while a ninth checks and a
/// tenth repairs.
#[test]
fn nothing_is_reported_while_clients_go_on() {
    let Some((scim, _, users, group)) = company() else { return };
    static DONE: AtomicBool = AtomicBool::new(false);
    let done = |status: u16, answer: &dyn std::fmt::Display| {
        assert!(matches!(status, 200 | 201 | 204 | 404 | 409 | 429 | 503), "{answer}");
    };
    let mut work: Vec<std::pin::Pin<Box<dyn Future<Output = usize> + Send>>> = Vec::new();
    for task in 0..8_usize {
        let (scim, users, whole) = (scim.clone(), users.clone(), group.clone());
        work.push(Box::pin(async move {
            for round in 0..25_usize {
                let name = format!("t{task}-{round}");
                let body = user(&name, &json!({ "externalId": name, "emails": [{ "value": name }] }));
                let answer = scim.post("/Users", &body).exchange().await;
                done(answer.status, &answer);
                let id = answer.id();
                let rename =
                    patch(&json!([{ "op": "replace", "path": "userName", "value": format!("r{name}") }]));
                let answer = tests::call::Call::new(&scim, "PATCH", &format!("/Users/{id}"))
                    .json(&rename)
                    .exchange()
                    .await;
                done(answer.status, &answer);
                let members: Vec<String> = users.iter().skip(round % 5).cloned().collect();
                let list: Value = json!([
                    { "op": "replace", "path": "members", "value": member_values(&members) }
                ]);
                let answer = scim.patch(&format!("/Groups/{whole}"), &list).exchange().await;
                done(answer.status, &answer);
                let body = group_of(&name, &members, &id);
                let answer = scim.post("/Groups", &body).exchange().await;
                done(answer.status, &answer);
                let answer = scim.delete(&format!("/Groups/{}", answer.id())).exchange().await;
                done(answer.status, &answer);
                if round % 2 == 0 {
                    let answer = scim.delete(&format!("/Users/{id}")).exchange().await;
                    done(answer.status, &answer);
                }
            }
            if task == 0 {
                DONE.store(true, Ordering::Relaxed);
            }
            0
        }));
    }
    for repair in [false, true] {
        let scim = scim.clone();
        work.push(Box::pin(async move {
            let mut walks = 0;
            while !DONE.load(Ordering::Relaxed) {
                for report in steps(&scim, repair, Duration::from_secs(60)).await {
                    assert!(report.findings.is_empty(), "{:#?}", report.findings);
                }
                walks += 1;
            }
            walks
        }));
    }
    let walks: usize = at_once(10, work).into_iter().sum();
    assert!(walks >= 2, "{walks}");
    assert!(within(60, || findings(&scim, false).is_empty()), "{:#?}", findings(&scim, false));
}

fn group_of(name: &str, members: &[String], one: &str) -> Value {
    let mut members = members.to_vec();
    members.push(one.to_owned());
    group(name, &json!({ "members": member_values(&members) }))
}
