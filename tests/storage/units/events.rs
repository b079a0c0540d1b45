//! What the log costs: each record of the stream is handed over as the function `changes` does it.
//! docs/cost.py has the same figures.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use directory::events::{self, Record};
use directory::meter::{Units, metered};
use scim::profile::STANDARD;
use serde_json::json;
use tests::endpoint::Endpoint;
use tests::names::unique;
use tests::people::{ENTERPRISE, user};
use tests::runtime::{block_on, within};

use super::ana;
use crate::events::describes;

type Item = HashMap<String, AttributeValue>;

/// The items of a user as Entra sends it and of a group with this user as its member, as a directory
/// `to` without a stream of its own would have them: user, group, membership.
fn items(scim: &Endpoint, to: &Endpoint) -> Option<[Item; 3]> {
    let name = unique();
    let mail = format!("{name}@contoso.example.com");
    let body = json!({
        "externalId": name, "displayName": "Ana Almeida", "title": "Engineer", "preferredLanguage": "pt-PT",
        "name": { "givenName": "Ana", "familyName": "Almeida", "formatted": "Ana Almeida" },
        "emails": [{ "value": mail, "type": "work", "primary": true }],
        "phoneNumbers": [{ "value": "+351 21 000 0000", "type": "work" }, { "value": "+351 91 000 0000", "type": "mobile" }],
        "addresses": [{ "type": "work", "streetAddress": "Rua Augusta 1", "locality": "Lisboa", "region": "Lisboa",
            "postalCode": "1100-048", "country": "PT", "formatted": "Rua Augusta 1, 1100-048 Lisboa" }],
        ENTERPRISE: { "employeeNumber": "700123", "department": "Engineering", "manager": { "value": name } },
    });
    let id = scim.post("/Users", &user(&mail, &body)).send().expect(201).id();
    let group = scim.create_group(&unique(), std::slice::from_ref(&id));
    let stack = scim.stack()?;
    let scan = stack.client().scan().table_name(scim.table()).consistent_read(true);
    let all = block_on(scan.into_paginator().items().send().collect::<Result<Vec<_>, _>>()).unwrap();
    let text = |item: &Item, name: &str| item.get(name).and_then(|value| value.as_s().ok()).cloned();
    let own = format!("D#{}", scim.directory());
    let find = |pk: String, sk: &str| {
        let is_it =
            |item: &&Item| text(item, "PK").unwrap().starts_with(&pk) && text(item, "SK").unwrap() == sk;
        let mut item = all.iter().find(is_it).unwrap().clone();
        let moved = item["PK"].as_s().unwrap().replacen(&own, &format!("D#{}", to.directory()), 1);
        item.insert("PK".to_owned(), AttributeValue::S(moved));
        item
    };
    Some([
        find(format!("{own}#User"), &id),
        find(format!("{own}#Group"), &group),
        find(format!("{own}#Group#{group}#"), &id),
    ])
}

/// A stream of the test.
struct Stream<'a> {
    scim: &'a Endpoint,
    number: u64,
}

impl Stream<'_> {
    /// The units of appending what these changes say, each an item before and after.
    fn cost(&mut self, changes: &[(Item, Item)]) -> Units {
        let records: Vec<_> = changes
            .iter()
            .map(|(old, new)| {
                self.number += 1;
                let arn = "arn:aws:dynamodb:eu-west-1:1:table/t/stream/2026-11-29T00:00:00.000";
                let number = self.number.to_string();
                Record::new(arn, &number, 1_795_990_000_000, old.clone(), new.clone())
            })
            .collect();
        let table = self.scim.stack().unwrap().table();
        let (done, units) = block_on(metered(events::record(&table, records)));
        done.unwrap();
        units
    }
}

fn with(item: &Item, name: &str, value: AttributeValue) -> Item {
    let mut item = item.clone();
    item.insert(name.to_owned(), value);
    item
}

#[test]
fn an_event_costs_a_few_units() {
    if !Endpoint::is_embedded("DynamoDB Local counts other units") {
        return;
    }
    let (Some(scim), Some(other)) = (Endpoint::empty_directory(), Endpoint::empty_directory()) else {
        return;
    };
    let table = other.stack().unwrap().table();
    let head = || block_on(events::head(&table, &other.directory())).unwrap();
    assert!(within(30, || head() == 2), "the events of the directory and its credential");
    let Some([user, group, membership]) = items(&scim, &other) else { return };
    let mut stream = Stream { scim: &other, number: 0 };
    let nothing = Item::new;
    let id = |item: &Item, n: usize| {
        with(item, "SK", AttributeValue::S(format!("0190c0de-0000-7000-8000-{n:012}")))
    };
    let one = stream.cost(&[(nothing(), user.clone())]);
    let doc = user["doc"].as_s().unwrap().replace("\"active\":true", "\"active\":false");
    let disabled =
        with(&with(&user, "doc", AttributeValue::S(doc)), "version", AttributeValue::N("2".to_owned()));
    let changed = stream.cost(&[(user.clone(), disabled)]);
    let many: Vec<_> = (0..100).map(|n| (nothing(), id(&user, n))).collect();
    let hundred = stream.cost(&many);
    stream.cost(&[(nothing(), group.clone())]);
    let counted = |n: u32| with(&group, "membersVersion", AttributeValue::N(n.to_string()));
    let member = stream.cost(&[(nothing(), membership.clone()), (group.clone(), counted(2))]);
    let mut members: Vec<_> = (0..100).map(|n| (nothing(), id(&membership, n))).collect();
    members.push((counted(2), counted(3)));
    let members = stream.cost(&members);
    for (what, units, changes, (read, write)) in [
        ("a new user", one, 1.0, (2.0, 10.0)),
        ("a disabled user, for whom the guard is asked", changed, 1.0, (3.0, 10.0)),
        ("each of 100 new users", hundred, 100.0, (1.1, 6.2)),
        ("a new member", member, 1.0, (6.0, 10.0)),
        ("each of 100 new members", members, 100.0, (3.1, 2.3)),
    ] {
        let found = (units.read / changes, units.write / changes);
        assert!(found.0 <= read && found.1 <= write, "{what}: {found:?}, at most {read} R and {write} W");
    }
}

#[test]
fn a_page_of_a_snapshot_costs_what_it_reads() {
    if !Endpoint::is_embedded("DynamoDB Local counts other units") {
        return;
    }
    let Some(scim) = Endpoint::empty_directory() else { return };
    let users: Vec<String> = (0..100).map(|_| scim.post("/Users", &ana()).send().expect(201).id()).collect();
    for _ in 0..10 {
        scim.create_group(&unique(), &users);
    }
    describes(&scim);
    let stack = scim.stack().unwrap();
    let (table, directory) = (stack.table(), scim.directory());
    let profile = stack.profiles().get(STANDARD).unwrap();
    let read = |after: Option<&str>| {
        let page = events::snapshot(&table, &directory, &profile, after, 100, |_| true);
        let (page, units) = block_on(metered(page));
        (page.unwrap(), units)
    };
    let (first, of_users) = read(None);
    let (second, of_groups) = read(first.next.as_deref());
    assert_eq!((first.events.len(), second.events.len(), second.next), (100, 21, None));
    for (what, units, most) in [("100 users", of_users, 12.0), ("10 groups of 100 members", of_groups, 75.0)]
    {
        assert!(units.read <= most && units.write == 0.0, "{what}: {units:?}, at most {most} R");
    }
}
