//! `rollcall events`.

use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::server::{Server, command};
use crate::tool::say;

#[test]
fn events_are_listed_and_followed() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start_quiet(dir.path(), "0", &[]);
    let user = |name: &str| {
        let line = format!("userName\n{name}\n");
        std::fs::write(dir.path().join("one.csv"), line).unwrap();
        say(&server, dir.path(), &["import", "one.csv"]).ok();
    };
    let list = |args: &[&str]| say(&server, dir.path(), &[&["events", "list", "local"], args].concat()).ok();
    user("ana");
    let started = Instant::now();
    while list(&["--json"]).json().is_empty() {
        assert!(started.elapsed() < Duration::from_secs(30));
        std::thread::sleep(Duration::from_millis(100));
    }
    let mut tail = command(dir.path());
    tail.args(["events", "tail", "local", "--json", "--type", "user.created"]);
    tail.env("ROLLCALL_URL", format!("http://{}", server.address())).stdout(Stdio::piped());
    let mut tail = tail.spawn().unwrap();
    // It begins with the next event: give it time to ask.
    std::thread::sleep(Duration::from_secs(1));
    user("bob");
    let mut line = String::new();
    BufReader::new(tail.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let event: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(event.pointer("/data/userName"), Some(&"bob".into()), "{event}");
    tail.kill().unwrap();
    tail.wait().unwrap();
    let sequence = |args: &[&str]| -> Vec<u64> {
        list(args).json().iter().map(|event| event["sequence"].as_u64().unwrap()).collect()
    };
    assert_eq!(sequence(&["--json"]), [1, 2]);
    assert_eq!(sequence(&["--json", "--after", "1"]), [2]);
    assert_eq!(sequence(&["--json", "--limit", "1"]), [1]);
    assert!(sequence(&["--json", "--type", "user.deleted"]).is_empty());
    let table = list(&[]).out;
    assert!(table.contains("Sequence") && table.contains("user.created"), "{table}");
    let shown =
        |args: &[&str]| say(&server, dir.path(), &[&["events"], args, &["--json"]].concat()).ok().json();
    let replayed = |args: &[&str]| -> Vec<u64> {
        let events = shown(&[&["replay", "local"], args].concat());
        events.iter().map(|event| event["sequence"].as_u64().unwrap()).collect()
    };
    assert_eq!(replayed(&[]), [1, 2]);
    assert_eq!(replayed(&["--from", "2"]), [2]);
    assert_eq!(replayed(&["--from", "1", "--to", "1"]), [1]);
    assert_eq!(replayed(&["--from", "1999-01-01T00:00:00Z", "--type", "user.created"]), [1, 2]);
    assert_eq!(replayed(&["--from", "2999-01-01T00:00:00Z"]), [0; 0]);
    let snapshot = shown(&["snapshot", "local"]);
    let types: Vec<_> = snapshot.iter().map(|event| event["type"].as_str().unwrap()).collect();
    assert_eq!(types, ["user.snapshot", "user.snapshot", "directory.snapshot_completed"]);
    assert_eq!(snapshot[2]["data"]["through"], 2);
    let late = say(&server, dir.path(), &["events", "list", "local", "--after", "9"]);
    assert!(late.code != 0 && late.err.contains("the last event of the directory is 2"), "{late:?}");
}
