//! Snapshot, then follow: a consumer that begins while the directory changes.

use std::sync::atomic::{AtomicUsize, Ordering};

use aws_sdk_dynamodb::types::AttributeValue;
use directory::Table;
use directory::events::{self, Record};
use scim::profile::STANDARD;
use serde_json::json;
use tests::directories;
use tests::endpoint::Endpoint;
use tests::mirror::Mirror;
use tests::names::unique;
use tests::replay::Replay;
use tests::runtime::block_on;

use crate::events::{churn, describes};
use crate::items::Item;

#[test]
fn a_snapshot_and_the_log_after_it_are_the_directory() {
    let Some(scim) = Endpoint::empty_directory() else { return };
    let stack = scim.stack().unwrap();
    let (table, directory) = (stack.table(), scim.directory());
    let profile = stack.profiles().get(STANDARD).unwrap();
    let writing = AtomicUsize::new(4);
    let mut rng = fastrand::Rng::with_seed(7);
    let mut mirrors = Vec::new();
    std::thread::scope(|scope| {
        for seed in 10..14 {
            scope.spawn({
                let (scim, writing) = (&scim, &writing);
                move || {
                    churn(scim, seed);
                    writing.fetch_sub(1, Ordering::SeqCst);
                }
            });
        }
        while writing.load(Ordering::SeqCst) > 0 {
            let limit = *rng.choice(&[1, 3, 20, 1000]).unwrap();
            mirrors.push((limit, Mirror::snapshot(&table, &directory, &profile, limit)));
        }
    });
    assert!(mirrors.len() >= 3, "{} snapshots", mirrors.len());
    describes(&scim);
    mirrors.push((1000, Mirror::snapshot(&table, &directory, &profile, 1000)));
    let expected = Replay::expected(&scim);
    let last = mirrors.len() - 1;
    for (number, (limit, mut mirror)) in mirrors.into_iter().enumerate() {
        if number == last {
            assert_eq!(mirror.differences(&expected), [""; 0], "nothing changes any more");
        }
        mirror.follow(&table, &directory);
        assert_eq!(mirror.differences(&expected), [""; 0], "snapshot {number}, pages of {limit}");
    }
}

#[test]
fn a_list_of_many_members_is_read_in_several_events() {
    let Some(scim) = Endpoint::empty_directory() else { return };
    let stack = scim.stack().unwrap();
    let members: Vec<String> = (0..250).map(|n| format!("m{n:03}")).collect();
    scim.create_group("a", &members);
    scim.create_group("b", &members[..1]);
    scim.create_group("c", &[]);
    scim.create_user("ann", &json!({}));
    let expected = describes(&scim);
    let profile = stack.profiles().get(STANDARD).unwrap();
    for limit in [1, 2, 100] {
        let mirror = Mirror::snapshot(&stack.table(), &scim.directory(), &profile, limit);
        assert_eq!(mirror.differences(&expected), [""; 0], "pages of {limit}");
    }
}

/// Its records come before that of the group, so it has no event.
#[test]
fn a_member_who_left_before_the_log_knew_the_group_is_not_in_a_snapshot() {
    let Some(stack) = Endpoint::shared().stack() else { return };
    let profile = stack.profiles().get(STANDARD).unwrap();
    let (client, name) = (stack.client(), format!("rollcall-snapshot-{}", unique()));
    // A table whose stream is not read.
    let table = Table::new(client.clone(), &name);
    block_on(table.ensure()).unwrap();
    let record = directories::record(&profile);
    let _ = directories::put(&table, &record);
    let directory = record.id;
    let text = |value: &str| AttributeValue::S(value.to_owned());
    let number = || AttributeValue::N("1".to_owned());
    let item = |pk: &str, sk: &str, more: Vec<(&str, AttributeValue)>| -> Item {
        let keys = [("PK", text(&format!("D#{directory}#{pk}"))), ("SK", text(sk))];
        keys.into_iter().chain(more).map(|(name, value)| (name.to_owned(), value)).collect()
    };
    let time = || text("2026-11-29T09:30:12.345Z");
    let attributes = vec![
        ("doc", text(r#"{"displayName":"cooks"}"#)),
        ("version", number()),
        ("membersVersion", number()),
        ("epoch", text("1")),
        ("created", time()),
        ("lastModified", time()),
    ];
    let (group, member) =
        (item("Group", "g", attributes), item("Group#g#1", "m", vec![("type", text("User"))]));
    for item in [&group, &member] {
        block_on(client.put_item().table_name(&name).set_item(Some(item.clone())).send()).unwrap();
    }
    let mut mirror = Mirror::snapshot(&table, &directory, &profile, 100);
    let (pk, sk) = (member["PK"].clone(), member["SK"].clone());
    block_on(client.delete_item().table_name(&name).key("PK", pk).key("SK", sk).send()).unwrap();
    let (nothing, arn) = (Item::new, "arn:aws:dynamodb:eu-west-1:1:table/t/stream/2026-11-29T00:00:00.000");
    let records = [(nothing(), member.clone()), (member, nothing()), (nothing(), group)];
    for (number, (old, new)) in records.into_iter().enumerate() {
        let record = Record::new(arn, &number.to_string(), 1_795_990_000_000, old, new);
        block_on(events::record(&table, [record])).unwrap();
    }
    mirror.follow(&table, &directory);
    let log = Replay::of(&table, &directory);
    assert_eq!((log.sequence, mirror.differences(&log)), (1, vec![]));
}
