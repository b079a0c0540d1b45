//! Export and import: the same resources arrive, and everything that a create keeps is kept.

use std::time::Duration;

use directory::transfer::export;
use directory::transfer::import::{self, Done, Options, Outcome};
use serde_json::{Value, json};
use tests::endpoint::Endpoint;
use tests::names::unique;
use tests::people::{ENTERPRISE, user};
use tests::runtime::{at_once, block_on};

use crate::verify::steps;

/// Sends all lines, some at a time.
fn export(scim: &Endpoint) -> Vec<String> {
    let (id, stack) = (scim.directory(), scim.stack().unwrap());
    let (table, profiles) = (stack.table(), stack.profiles());
    let (mut after, mut lines) = (None::<String>, Vec::new());
    loop {
        let some = block_on(export::lines(&table, &id, &profiles, after.as_deref(), 20_000)).unwrap();
        assert!(some.lines.len() < 200_000, "{}", some.lines.len());
        lines.extend(some.lines.lines().map(str::to_owned));
        after = some.next;
        if after.is_none() {
            return lines;
        }
    }
}

fn import(scim: &Endpoint, lines: &[String], options: Options) -> Vec<Outcome> {
    block_on(send(scim, lines, options))
}

async fn send(scim: &Endpoint, lines: &[String], options: Options) -> Vec<Outcome> {
    let (id, stack) = (scim.directory(), scim.stack().unwrap());
    let (table, profiles) = (stack.table(), stack.profiles());
    let by = "import".parse().unwrap();
    let mut outcomes = Vec::new();
    for some in lines.chunks(import::MOST) {
        let some: Vec<&str> = some.iter().map(String::as_str).collect();
        outcomes.extend(import::lines(&table, &id, &by, &profiles, &some, options).await.unwrap());
    }
    outcomes
}

fn count(outcomes: &[Outcome], done: Done) -> usize {
    outcomes.iter().filter(|outcome| outcome.outcome == done).count()
}

#[track_caller]
fn clean(scim: &Endpoint) {
    for report in block_on(steps(scim, false, Duration::from_secs(30))) {
        assert!(report.findings.is_empty() && report.uncounted.is_empty(), "{report:#?}");
    }
}

fn lines(values: &[Value]) -> Vec<String> {
    values.iter().map(Value::to_string).collect()
}

#[test]
fn what_was_exported_is_imported_into_an_empty_directory() {
    let Some(scim) = Endpoint::empty_directory_of("acme") else { return };
    let people: Vec<String> = (0..60)
        .map(|n| {
            let manager = json!({ "department": format!("d{}", n % 3), "manager": { "value": "x" } });
            let emails = json!([{ "value": format!("u{n}@ex.io"), "type": "work", "primary": true }]);
            let name = json!({ "givenName": "Ána", "familyName": format!("\u{1}#{n}") });
            scim.create_user(&format!("U{n}"), &json!({ "displayName": "x", "name": name, "externalId": n.to_string(), "emails": emails, ENTERPRISE: manager }))
        })
        .collect();
    scim.patch_user(&people[3], &json!([{ "op": "replace", "path": "active", "value": false }]));
    scim.create_group("all", &people);
    scim.create_group("none", &[]);
    scim.create_group("nested", &scim.groups_where("displayName eq \"all\""));
    let exported = export(&scim);
    assert_eq!(exported.len(), 63);

    let other = Endpoint::empty_directory_of("acme").unwrap();
    let outcomes = import(&other, &exported, Options::default());
    assert_eq!(count(&outcomes, Done::Created), 63, "{outcomes:?}");
    assert_eq!(export(&other), exported);
    for path in ["/Users?count=100&sortBy=id&attributes=", "/Groups?count=100&sortBy=id"] {
        let all = |scim: &Endpoint| {
            let mut all = scim.get(path).send().expect(200).json();
            for resource in all["Resources"].as_array_mut().unwrap() {
                resource["meta"].as_object_mut().unwrap().remove("version");
            }
            all
        };
        assert_eq!(all(&other), all(&scim));
    }
    clean(&other);
    assert_eq!(other.users_where("userName eq \"u7\""), [people[7].as_str()]);
    other.post("/Users", &user("u7", &json!({ "displayName": "x" }))).send().error(409, "uniqueness");

    // Again, and from where it was cut off: nothing changes.
    let again = import(&other, &exported, Options::default());
    assert_eq!((count(&again, Done::Unchanged), count(&again, Done::MembersAdded)), (61, 2), "{again:?}");
    assert_eq!(export(&other), exported);
    other.delete(&format!("/Users/{}", people[9])).send().expect(204);
    let restored = import(&other, &exported, Options::default());
    assert_eq!(count(&restored, Done::Created), 1);
    clean(&other);
}

#[test]
fn a_group_of_more_members_than_a_line_holds() {
    let Some(scim) = Endpoint::empty_directory() else { return };
    let ids: Vec<String> = (0..2_500).map(|n| format!("m{n:05}")).collect();
    let big = scim.create_group("big", &ids);
    scim.create_group("small", &ids[..3]);
    let exported = export(&scim);
    assert_eq!(exported.len(), 4, "three lines for the large one");
    let other = Endpoint::empty_directory().unwrap();
    let outcomes = import(&other, &exported, Options::default());
    assert_eq!((count(&outcomes, Done::Created), count(&outcomes, Done::MembersAdded)), (2, 2));
    // Members that are added later are a change of the group.
    let but_when = |lines: &[String]| {
        lines.iter().map(|line| line.split("\"meta\"").next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert!(but_when(&export(&other)) == but_when(&exported));
    assert_eq!(other.get(&format!("/Groups/{big}")).send().members(), ids);
    assert_eq!(import(&other, &exported[1..3], Options::default()).len(), 2);
    assert!(but_when(&export(&other)) == but_when(&exported));
    clean(&other);
    let lost = import(&Endpoint::empty_directory().unwrap(), &exported[1..2], Options::default());
    assert_eq!(count(&lost, Done::Refused), 1);
}

#[test]
fn each_line_gets_its_result_and_a_dry_run_the_same() {
    let Some(scim) = Endpoint::empty_directory() else { return };
    scim.create_user("taken", &json!({}));
    let there = scim.create_user("there", &json!({}));
    let new = "0190b1a2-0000-7000-8000-000000000001";
    let mut sent = lines(&[
        json!({ "userName": "new", "id": new, "externalId": "n" }),
        json!({ "userName": "TAKEN" }),
        json!({ "userName": "twice" }),
        json!({ "userName": "Twice" }),
        json!({ "userName": "other", "id": there }),
        json!({ "userName": "foreign", "id": "42" }),
        json!({ "displayName": "no name" }),
        json!({ "userName": "device", "meta": { "resourceType": "Device" } }),
        json!({ "userName": "work", "active": "False", "emails[type eq \"work\"].value": "w@ex.io", "name.givenName": "W" }),
        json!({ "displayName": "group", "schemas": [tests::people::GROUP], "members": [{ "value": new }] }),
        json!({ "displayName": "Group", "meta": { "resourceType": "Group" }, "members": [{ "value": new }] }),
        json!({ "id": there, "members": [{ "value": new }], "meta": { "continued": true } }),
    ]);
    sent.push("{".to_owned());
    sent.push("[]".to_owned());
    use Done::{Created, Refused};
    let expected = [
        Created, Refused, Created, Refused, Refused, Refused, Refused, Refused, Created, Created, Refused,
        Refused, Refused, Refused,
    ];
    let foreseen = import(&scim, &sent, Options { dry_run: true });
    assert_eq!(foreseen.iter().map(|outcome| outcome.outcome).collect::<Vec<_>>(), expected, "{foreseen:#?}");
    assert_eq!(scim.get("/Users?count=0").send().total(), 2, "nothing was written");
    let outcomes = import(&scim, &sent, Options::default());
    assert_eq!(outcomes.iter().map(|outcome| outcome.outcome).collect::<Vec<_>>(), expected, "{outcomes:#?}");
    for (outcome, word) in outcomes.iter().zip([
        "",
        "userName",
        "",
        "an earlier line",
        "`id`",
        "externalId",
        "userName",
        "Device",
        "",
        "",
        "an earlier line",
        "no members",
        "JSON",
        "object",
    ]) {
        assert!(outcome.detail.as_deref().unwrap_or_default().contains(word), "{outcome:?} {word}");
    }
    let work = scim.get("/Users").filter("userName eq \"work\"").send().json();
    let work = &work["Resources"][0];
    assert_eq!(
        (&work["active"], &work["emails"][0]),
        (&json!(false), &json!({ "type": "work", "value": "w@ex.io" })),
        "{work}"
    );
    assert_eq!(work["name"]["givenName"], json!("W"));
    clean(&scim);
    // Resources without an id are recognised, too.
    let again = import(&scim, &sent, Options::default());
    assert_eq!(
        (count(&again, Done::Created), count(&again, Done::Unchanged), count(&again, Done::MembersAdded)),
        (0, 3, 1),
        "{again:#?}"
    );
}

/// Clients create the same people during the import: each exists once.
#[test]
fn an_import_during_client_requests_keeps_values_unique() {
    let Some(scim) = Endpoint::empty_directory() else { return };
    let people: Vec<Value> = (0..200)
        .map(|n| json!({ "userName": format!("p{n}"), "externalId": unique(), "emails": [{ "value": format!("p{n}@ex.io") }] }))
        .collect();
    let sent = lines(&people);
    let mut work: Vec<std::pin::Pin<Box<dyn Future<Output = usize> + Send>>> = Vec::new();
    for task in 0..4 {
        let (scim, people) = (scim.clone(), people.clone());
        work.push(Box::pin(async move {
            let mut created = 0;
            for person in people.iter().skip(task).step_by(4) {
                let answer = scim.post("/Users", person).exchange().await;
                assert!(matches!(answer.status, 201 | 409), "{answer}");
                created += usize::from(answer.status == 201);
            }
            created
        }));
    }
    for _ in 0..2 {
        let (scim, sent) = (scim.clone(), sent.clone());
        work.push(Box::pin(async move {
            let sent: Vec<String> = sent.into_iter().rev().collect();
            let outcomes = send(&scim, &sent, Options::default()).await;
            count(&outcomes, Done::Created)
        }));
    }
    let created: usize = at_once(6, work).into_iter().sum();
    assert_eq!((created, scim.get("/Users?count=0").send().total()), (200, 200));
    clean(&scim);
}
