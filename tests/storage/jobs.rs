//! The job queue: which job runs first, and that no job is lost or delayed by others.
//!
//! `ROLLCALL_SWEEPS` sets the number of sweeps that an erasure goes before.

use std::time::{Duration, Instant};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};
use directory::Table;
use directory::id::DirectoryId;
use directory::meter::metered;
use directory::registry::record;
use directory::upkeep::{self, Report, erasure};
use scim::profile::{Profiles, STANDARD};
use tests::directories;
use tests::endpoint::Endpoint;
use tests::names::unique;
use tests::progress::{bar, number};
use tests::runtime::{at_once, block_on};

use crate::items::Item;

/// The partition of the sweeps of `id`.
pub(crate) fn shard(id: &DirectoryId) -> String {
    format!("S#{}", crc32fast::hash(id.to_string().as_bytes()) % 4)
}

/// The sort key of a job.
pub(crate) fn key(id: &DirectoryId, due: u64, work: &str) -> String {
    format!("{id}#{due:020}#{work}")
}

/// Sweeps that are made at once.
const AT_ONCE: usize = 10_000;

/// A separate table, without a server.
struct Own {
    client: Client,
    name: String,
    table: Table,
    profiles: std::sync::Arc<Profiles>,
}

impl Own {
    fn new() -> Option<Self> {
        if !Endpoint::is_embedded("has a time: DynamoDB Local takes longer for the writes alone") {
            return None;
        }
        let stack = Endpoint::shared().stack()?;
        let (client, name) = (stack.client(), format!("rollcall-test-{}", unique()));
        let table = Table::new(client.clone(), &name);
        assert!(block_on(Table::new(client.clone(), &name).ensure()).unwrap());
        Some(Self { client, name, table, profiles: stack.profiles() })
    }

    fn directory(&self) -> DirectoryId {
        let directory = directories::record(&self.profiles.get(STANDARD).unwrap());
        assert!(block_on(record::create(&self.table, &directory)).unwrap());
        directory.id
    }

    /// A directory with a group, so that sweeps have something to check.
    fn with_group(&self) -> DirectoryId {
        let id = self.directory();
        self.put(vec![item(&format!("D#{id}#Group"), "g", &[])]);
        id
    }

    fn put(&self, items: impl IntoIterator<Item = Item>) {
        let put = |item| PutRequest::builder().set_item(Some(item)).build().unwrap();
        let items = items.into_iter();
        let requests: Vec<_> =
            items.map(|item| WriteRequest::builder().put_request(put(item)).build()).collect();
        let batches: Vec<_> = requests.chunks(25).map(<[_]>::to_vec).collect();
        let batches = batches.into_iter().map(|batch| {
            let write = self.client.batch_write_item().request_items(&self.name, batch);
            Box::pin(
                async move { assert!(write.send().await.unwrap().unprocessed_items.unwrap().is_empty()) },
            )
        });
        at_once(8, batches);
    }

    /// Sweeps that have been due for a long time.
    fn sweeps(&self, id: &DirectoryId, count: usize) {
        let sweep = |number| {
            let work = format!("member#{number}");
            item(&shard(id), &key(id, 7, &work), &[("directory", &id.to_string()), ("work", &work)])
        };
        let progress = bar("sweeps", count as u64);
        for from in (0..count).step_by(AT_ONCE) {
            let to = count.min(from + AT_ONCE);
            self.put((from..to).map(sweep));
            progress.inc((to - from) as u64);
        }
    }

    fn queued(&self, id: &DirectoryId) -> usize {
        let query = self
            .client
            .query()
            .table_name(&self.name)
            .consistent_read(true)
            .key_condition_expression("PK = :pk AND begins_with(SK, :id)")
            .expression_attribute_values(":pk", s(&shard(id)))
            .expression_attribute_values(":id", s(&format!("{id}#")));
        let items = block_on(query.into_paginator().items().send().collect::<Result<Vec<_>, _>>());
        items.unwrap().len()
    }

    async fn run(&self, seconds: u64) -> Report {
        upkeep::run(&self.table, &self.profiles, Duration::from_secs(seconds)).await.unwrap()
    }
}

fn s(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

fn item(pk: &str, sk: &str, more: &[(&str, &str)]) -> Item {
    let keys = [("PK", pk), ("SK", sk)];
    keys.iter().chain(more).map(|(name, text)| ((*name).to_owned(), s(text))).collect()
}

#[test]
fn an_erasure_goes_before_the_sweeps_of_another_directory() {
    let Some(own) = Own::new() else { return };
    let (many, gone) = (own.with_group(), own.directory());
    let sweeps = number("ROLLCALL_SWEEPS").map_or(10_000, |sweeps| usize::try_from(sweeps).unwrap());
    own.sweeps(&many, sweeps);
    let receipt = block_on(erasure::begin(&own.table, &gone)).unwrap();
    let since = own.client.update_item().table_name(&own.name).key("PK", s(&format!("D#{gone}")));
    let since = since.key("SK", s("directory")).update_expression("SET erasingSince = :then");
    let since = since.expression_attribute_values(":then", AttributeValue::N("7".to_owned()));
    block_on(since.send()).unwrap();
    let erase = [("directory", &*gone.to_string()), ("work", "erase#")];
    own.put(vec![item("S#urgent", &key(&gone, 7, "erase#"), &erase)]);
    let begun = Instant::now();
    let report = block_on(own.run(6));
    let took = begun.elapsed();
    assert!(block_on(erasure::read(&own.table, &receipt.id)).unwrap().unwrap().done.is_some(), "{report:?}");
    assert!(report.oldest > 1_000_000_000, "{report:?}");
    assert_eq!(report.failed, 0);
    let left = own.queued(&many);
    assert_eq!(left + report.ended, sweeps + 1, "{report:?}");
    assert!(left > 0, "the run did everything: it shows nothing");
    assert!(took < Duration::from_secs(30), "the run took {took:?}");
    let rate = report.ended as f64 / took.as_secs_f64();
    eprintln!("{sweeps} sweeps: the erasure ended within {took:.1?}; {rate:.0} sweeps a second, {left} left");
}

#[test]
fn a_backlog_of_one_directory_delays_no_other() {
    let Some(own) = Own::new() else { return };
    let many = own.with_group();
    own.sweeps(&many, 5_000);
    let few: Vec<DirectoryId> = (0..6).map(|_| own.with_group()).collect();
    few.iter().for_each(|id| own.sweeps(id, 10));
    block_on(own.run(4));
    assert!(few.iter().all(|id| own.queued(id) == 0));
    assert!(own.queued(&many) > 0, "the run did everything: it shows nothing");
}

#[test]
fn sweeps_of_members_are_dropped_unread_where_there_is_no_group() {
    let Some(own) = Own::new() else { return };
    let id = own.directory();
    own.sweeps(&id, 1_000);
    let (report, units) = block_on(metered(own.run(30)));
    assert_eq!((report.ended, report.failed), (1_000, 0));
    assert_eq!(own.queued(&id), 0);
    assert!(units.read < 100.0, "{units:?}");
}
