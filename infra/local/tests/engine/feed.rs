//! The feed on the embedded engine: every record, in order, at least once;
//! what is consumed is forgotten, what fails comes again.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_lambda_events::event::dynamodb::Event;
use aws_sdk_dynamodb::config::{Credentials, HttpClient, SharedCredentialsProvider};
use aws_sdk_dynamodb::types::AttributeValue as Attribute;
use rollcall::engine::Engine;
use rollcall::feed::source::Source;
use rollcall::feed::{Consumer, Feed};
use serde_dynamo::AttributeValue;

use crate::table;

/// What arrived: sort key and sequence number of each record.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<Vec<(String, String)>>>);

impl Seen {
    fn keys(&self) -> Vec<String> {
        self.0.lock().unwrap().iter().map(|(key, _)| key.clone()).collect()
    }

    async fn wait_for(&self, count: usize) {
        for _ in 0..400 {
            if self.0.lock().unwrap().len() >= count {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("{} of {count} records after 10 s", self.keys().len());
    }
}

/// Notes records; refuses the one with the key `refuse`, as often as it says.
struct Recorder {
    seen: Seen,
    refuse: Mutex<Option<(String, usize)>>,
}

impl Consumer for Recorder {
    async fn handle(&self, event: Event) -> Option<String> {
        for record in event.records {
            let number = record.change.sequence_number.clone().unwrap();
            let Some(AttributeValue::S(key)) = record.change.keys.get("SK") else { panic!("{record:?}") };
            if let Some((refused, times)) = self.refuse.lock().unwrap().as_mut()
                && refused == key
                && *times > 0
            {
                *times -= 1;
                return Some(number);
            }
            assert!(record.change.new_image.get("doc").is_some());
            self.seen.0.lock().unwrap().push((key.clone(), number));
        }
        None
    }

    async fn tick(&self) -> Result<(), String> {
        Ok(())
    }
}

/// For a client that comes over HTTP, or as the server's own does.
fn config(engine: &Engine, http: impl HttpClient + 'static) -> SdkConfig {
    let credentials = Credentials::new("local", "local", None, None, "local");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(engine.url())
        .region(Region::from_static("eu-west-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .http_client(http)
        .build()
}

fn feed(engine: &Engine, seen: &Seen, refuse: Option<(String, usize)>) -> Feed {
    let config = config(engine, aws_smithy_http_client::Builder::new().build_http());
    let source = Source {
        table: table::NAME.to_owned(),
        dynamodb: aws_sdk_dynamodb::Client::new(&config),
        streams: aws_sdk_dynamodbstreams::Client::new(&config),
        trim: Some(engine.trim(table::NAME)),
        activity: Some(engine.activity()),
    };
    Feed::start(source, Recorder { seen: seen.clone(), refuse: Mutex::new(refuse) })
}

fn put(engine: &Engine, numbers: std::ops::Range<usize>) {
    for n in numbers {
        table::put(engine.database(), n);
    }
}

fn expected(numbers: std::ops::Range<usize>) -> Vec<String> {
    numbers.map(table::key).collect()
}

/// Waits until the engine has forgotten all records but the last.
async fn trimmed(path: &Path) {
    for _ in 0..400 {
        if table::records(path) == 1 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("{} records left after 10 s", table::records(path));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_record_arrives_in_order_and_is_forgotten() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("dynamodb.sqlite");
    let engine = Engine::start(&path).unwrap();
    table::create(engine.database());
    let seen = Seen::default();
    // More than fit into one batch, before and while the feed runs.
    put(&engine, 0..250);
    let feed = feed(&engine, &seen, None);
    put(&engine, 250..500);
    seen.wait_for(500).await;
    assert_eq!(seen.keys(), expected(0..500));
    trimmed(&path).await;
    feed.stop(Duration::from_secs(1)).await;
    engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_record_comes_again_and_none_before_it() {
    let dir = tempfile::tempdir().unwrap();
    let engine = Engine::start(&dir.path().join("dynamodb.sqlite")).unwrap();
    table::create(engine.database());
    put(&engine, 0..50);
    let seen = Seen::default();
    let feed = feed(&engine, &seen, Some((table::key(30), 3)));
    seen.wait_for(50).await;
    assert_eq!(seen.keys(), expected(0..50));
    feed.stop(Duration::from_secs(1)).await;
    engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_goes_on_with_what_is_left_and_numbers_never_go_back() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("dynamodb.sqlite");
    let seen = Seen::default();
    for (round, from) in [0, 20, 40].into_iter().enumerate() {
        let engine = Engine::start(&path).unwrap();
        if round == 0 {
            table::create(engine.database());
        }
        // Written while no reader runs.
        put(&engine, from..from + 10);
        let feed = feed(&engine, &seen, None);
        put(&engine, from + 10..from + 20);
        // The last record of the round before is delivered once more.
        seen.wait_for(from + 20 + round).await;
        trimmed(&path).await;
        feed.stop(Duration::from_secs(1)).await;
        engine.stop().await;
    }
    let mut records = seen.0.lock().unwrap().clone();
    assert!(records.is_sorted_by(|(_, a), (_, b)| a <= b), "{records:?}");
    records.dedup();
    let keys: Vec<String> = records.into_iter().map(|(key, _)| key).collect();
    assert_eq!(keys, expected(0..60));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_wakes_an_idle_feed() {
    let dir = tempfile::tempdir().unwrap();
    let engine = Engine::start(&dir.path().join("dynamodb.sqlite")).unwrap();
    table::create(engine.database());
    let client = aws_sdk_dynamodb::Client::new(&config(&engine, engine.http_client()));
    let seen = Seen::default();
    let feed = feed(&engine, &seen, None);
    let mut waits = Vec::new();
    for n in 0..5 {
        // Long enough for the feed to be in its longest pause, of a second.
        tokio::time::sleep(Duration::from_millis(1700)).await;
        let text = |text: &str| Attribute::S(text.to_owned());
        let put =
            client.put_item().table_name(table::NAME).item("PK", text("p")).item("SK", text(&table::key(n)));
        put.item("doc", text("{}")).send().await.unwrap();
        let begin = std::time::Instant::now();
        seen.wait_for(n + 1).await;
        waits.push(begin.elapsed());
    }
    // Without the wake-up they are spread over a second.
    assert!(waits.iter().all(|wait| *wait < Duration::from_millis(400)), "{waits:?}");
    feed.stop(Duration::from_secs(1)).await;
    engine.stop().await;
}
