//! The event log and the lists of a group's members: lists that follow each other while the log is behind,
//! and several writers of the log.

use std::cell::Cell;
use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue::{N, S};
use directory::Table;
use directory::events::{self, Record};
use directory::id::DirectoryId;
use directory::registry::job::{Job, Work};
use directory::registry::record;
use directory::upkeep::{self, sweep};
use rollcall::stack::Stack;
use scim::profile::STANDARD;
use serde_json::{Value, json};
use tests::directories;
use tests::endpoint::Endpoint;
use tests::names::unique;
use tests::people::{group, member_values};
use tests::relay::Relay;
use tests::replay::Replay;
use tests::runtime::{block_on, spawn};

use crate::events::describes;
use crate::items::{Item, memberships_of};
use crate::jobs::shard;
use crate::verify::{Raw, list_version};

const GROUP: &str = "g";

/// A directory in a table of its own, without a stream: the test writes the items, and hands over the
/// records when it likes.
struct Own {
    stack: &'static Stack,
    name: String,
    table: Table,
    directory: DirectoryId,
    number: Cell<u64>,
}

impl Own {
    fn new() -> Option<Self> {
        let stack = Endpoint::shared().stack()?;
        let name = format!("rollcall-lists-{}", unique());
        let table = Table::new(stack.client(), &name);
        assert!(block_on(table.ensure()).unwrap());
        let directory = directories::record(&stack.profiles().get(STANDARD).unwrap());
        assert!(block_on(record::create(&table, &directory)).unwrap());
        Some(Self { stack, name, table, directory: directory.id, number: Cell::new(0) })
    }

    fn put(&self, item: &Item) {
        let put = self.stack.client().put_item().table_name(&self.name).set_item(Some(item.clone()));
        block_on(put.send()).unwrap();
    }

    /// The group with this list; nothing without one.
    fn group(&self, list: &str) -> Item {
        if list.is_empty() {
            return Item::new();
        }
        let text = |text: &str| S(text.to_owned());
        HashMap::from([
            ("PK".to_owned(), S(format!("D#{}#Group", self.directory))),
            ("SK".to_owned(), text(GROUP)),
            ("doc".to_owned(), text(r#"{"displayName":"g"}"#)),
            ("version".to_owned(), N("1".to_owned())),
            ("membersVersion".to_owned(), N(list.to_owned())),
            ("lastModified".to_owned(), text("2026-01-01T00:00:00.000Z")),
            (table::name::MEMBER_LIST.to_owned(), text(list)),
        ])
    }

    /// Makes `members` those of the list, which is not in use yet. Returns the records.
    fn members(&self, list: &str, members: &[&str]) -> Vec<Record> {
        let partition = S(format!("D#{}#Group#{GROUP}#{list}", self.directory));
        let member = |member: &&str| {
            let item = HashMap::from([
                ("PK".to_owned(), partition.clone()),
                ("SK".to_owned(), S((*member).to_owned())),
            ]);
            self.put(&item);
            self.record(Item::new(), item)
        };
        members.iter().map(member).collect()
    }

    /// The group gets the list `new` in place of `old`. Returns the record.
    fn switch(&self, old: &str, new: &str) -> Record {
        self.put(&self.group(new));
        self.record(self.group(old), self.group(new))
    }

    fn delete_group(&self) {
        let delete = self.stack.client().delete_item().table_name(&self.name);
        let delete = delete.key("PK", S(format!("D#{}#Group", self.directory)));
        block_on(delete.key("SK", S(GROUP.to_owned())).send()).unwrap();
    }

    fn record(&self, old: Item, new: Item) -> Record {
        self.number.set(self.number.get() + 1);
        let arn = "arn:aws:dynamodb:eu-west-1:1:table/t/stream/2026-11-29T00:00:00.000";
        Record::new(arn, &self.number.get().to_string(), 1_795_990_000_000, old, new)
    }

    fn handle(&self, records: impl IntoIterator<Item = Record>) {
        block_on(events::record(&self.table, records)).unwrap();
    }

    /// The members that the log says, and what else it says.
    fn replay(&self) -> Replay {
        Replay::of(&self.table, &self.directory)
    }

    #[track_caller]
    fn has(&self, members: &[&str]) {
        let replay = self.replay();
        assert_eq!(replay.members[GROUP].iter().map(String::as_str).collect::<Vec<_>>(), members);
        assert_eq!(replay.odd, [""; 0]);
    }

    /// All events of members: who was added, and who was removed.
    fn changes(&self) -> Vec<Value> {
        let page = block_on(events::after(&self.table, &self.directory, 0, 1000, |_| true)).unwrap();
        let of_members = page.events.into_iter().filter(|event| event["type"] == "group.members_changed");
        of_members.map(|event| event["data"].clone()).collect()
    }

    /// Runs the job that removes `list`, which is due.
    fn remove(&self, list: &str) {
        let work = Work::MemberList { group: GROUP.to_owned(), version: list.into() };
        let job = Job { directory: self.directory.clone(), work };
        block_on(sweep::follow(&self.table, &[(job, 0)])).unwrap();
        let profiles = self.stack.profiles();
        let report = block_on(upkeep::run(&self.table, &profiles, Duration::from_secs(5))).unwrap();
        assert_eq!(report.failed, 0);
    }

    /// The number of items in the partition `pk`.
    fn count(&self, pk: &str) -> usize {
        let query = self.stack.client().query().table_name(&self.name).key_condition_expression("PK = :pk");
        let query = query.expression_attribute_values(":pk", S(pk.to_owned())).consistent_read(true);
        usize::try_from(block_on(query.send()).unwrap().count()).unwrap()
    }

    /// The memberships of `list`, and the marks of the log of them.
    fn kept(&self, list: &str) -> (usize, usize) {
        let count = |prefix: &str| self.count(&format!("{prefix}{GROUP}#{list}"));
        (count(&format!("D#{}#Group#", self.directory)), count(&format!("M#{}#", self.directory)))
    }
}

/// The job that was queued when the list was written is due, and the stream has not been read for an hour.
#[test]
fn a_list_stays_until_the_log_has_passed_it() {
    let Some(own) = Own::new() else { return };
    let mut records = own.members("1", &["a"]);
    records.push(own.switch("", "1"));
    records.extend(own.members("2", &["a", "b"]));
    own.handle(records);
    own.has(&["a"]);
    let to_2 = own.switch("1", "2");
    let to_3 = {
        own.members("3", &["a", "c"]);
        own.switch("2", "3")
    };
    // The log follows the first list, and has marks of the second one.
    for list in ["1", "2"] {
        own.remove(list);
    }
    assert_eq!((own.kept("1"), own.kept("2")), ((1, 1), (2, 2)));
    assert_eq!(own.count(&shard(&own.directory)), 2, "the jobs wait");
    own.handle([to_2]);
    own.has(&["a", "b"]);
    // It follows the second one, which the group does not use.
    own.remove("2");
    assert_eq!(own.kept("2"), (2, 2));
    own.handle([to_3]);
    own.has(&["a", "c"]);
    let expected = [(json!(["a"]), json!([])), (json!(["b"]), json!([])), (json!(["c"]), json!(["b"]))];
    let expected = expected.map(|(added, removed)| json!({ "added": added, "removed": removed }));
    assert_eq!(own.changes(), expected, "no member left for a moment");
    for list in ["1", "2", "3"] {
        own.remove(list);
    }
    assert_eq!(
        ["1", "2", "3"].map(|list| own.kept(list)),
        [(0, 0), (0, 0), (2, 3)],
        "with the mark of who left"
    );
}

#[test]
fn the_list_of_a_deleted_group_stays_until_the_log_knows() {
    let Some(own) = Own::new() else { return };
    let mut records = own.members("1", &["a"]);
    records.push(own.switch("", "1"));
    own.handle(records);
    own.delete_group();
    own.remove("1");
    assert_eq!(own.kept("1"), (1, 1));
    own.handle([own.record(own.group("1"), Item::new())]);
    own.remove("1");
    assert_eq!(own.kept("1"), (0, 0));
    // A list that was written for a group that was never created.
    own.members("2", &["a"]);
    own.remove("2");
    assert_eq!(own.kept("2"), (0, 0));
}

/// What the second of two writers has done while the first one compared lists. The first one holds the record
/// with which the group got its second list.
fn overtaken(by: impl Fn(&Own, Record)) -> Option<Own> {
    let own = Own::new()?;
    let relay = Relay::start(own.stack.dynamodb_url());
    let slow = Table::new(relay.client(), &own.name);
    let mut records = own.members("1", &["a"]);
    records.push(own.switch("", "1"));
    own.handle(records);
    own.members("2", &["b"]);
    let to_2 = own.switch("1", "2");
    let held = relay.hold(&format!("\"D#{}#Group#{GROUP}#2\"", own.directory));
    let first = {
        let to_2 = to_2.clone();
        spawn(async move { events::record(&slow, [to_2]).await })
    };
    block_on(held.come());
    by(&own, to_2);
    held.release();
    block_on(first).unwrap().unwrap();
    Some(own)
}

/// A batch is delivered again while the function still works on it, and the log has gone on.
#[test]
fn a_slow_writer_does_not_set_the_log_back_to_an_older_list() {
    let own = overtaken(|own, to_2| {
        own.members("3", &["c"]);
        own.handle([to_2, own.switch("2", "3")]);
        own.has(&["c"]);
    });
    let Some(own) = own else { return };
    own.has(&["c"]);
    let more = own.members("3", &["d"]);
    own.handle(more);
    own.has(&["c", "d"]);
    assert_eq!(own.changes().len(), 4, "{:#?}", own.changes());
}

#[test]
fn a_slow_writer_adds_nothing_to_a_deleted_group() {
    let own = overtaken(|own, _| own.handle([own.record(own.group("2"), Item::new())]));
    let Some(own) = own else { return };
    let replay = own.replay();
    assert!(replay.members.is_empty(), "{replay:?}");
    assert_eq!(replay.types.last().unwrap().0, "group.deleted");
}

#[test]
fn lists_that_are_being_compared_stay_also_those_of_a_deleted_group() {
    let own = overtaken(|own, _| {
        own.delete_group();
        ["1", "2"].iter().for_each(|list| own.remove(list));
        assert_eq!((own.kept("1"), own.kept("2")), ((1, 1), (1, 0)));
    });
    let Some(own) = own else { return };
    own.has(&["b"]);
    own.handle([own.record(own.group("2"), Item::new())]);
    ["1", "2"].iter().for_each(|list| own.remove(list));
    assert_eq!((own.kept("1"), own.kept("2")), ((0, 0), (0, 0)));
}

/// The list was made by an instance whose clock is ahead of all others.
#[test]
fn a_list_may_follow_one_of_the_future() {
    let Some(scim) = Endpoint::empty_directory() else { return };
    let (name, stack) = (unique(), scim.stack().unwrap());
    let id = scim.create_group(&name, &["a".to_owned()]);
    let (prefix, future) = (format!("D#{}", scim.directory()), "0fffffff-ffff-7000-8000-000000000000");
    let mut member = memberships_of(&scim, &id).pop().unwrap();
    member.insert("PK".to_owned(), S(format!("{prefix}#Group#{id}#{future}")));
    block_on(stack.client().put_item().table_name(scim.table()).set_item(Some(member)).send()).unwrap();
    let update = stack.client().update_item().table_name(scim.table());
    let update = update.key("PK", S(format!("{prefix}#Group"))).key("SK", S(id.clone()));
    let update = update.update_expression("SET #list = :future ADD membersVersion :one");
    let update = update.expression_attribute_names("#list", table::name::MEMBER_LIST);
    let update = update.expression_attribute_values(":future", S(future.to_owned()));
    block_on(update.expression_attribute_values(":one", N("1".to_owned())).send()).unwrap();
    describes(&scim);
    for members in [&["b", "c", "d"], &["e", "f", "g"]] {
        let before = list_version(&Raw(&scim), &prefix, &id);
        let body = group(&name, &json!({ "members": member_values(members) }));
        scim.put(&format!("/Groups/{id}"), &body).send().expect(200);
        assert!(list_version(&Raw(&scim), &prefix, &id) > before, "a whole new list");
        describes(&scim);
    }
    let member = json!([{ "op": "add", "path": "members", "value": member_values(&["h"]) }]);
    scim.patch_group(&id, &member);
    describes(&scim);
}
