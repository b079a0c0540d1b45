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
    let created = ["--json", "--type", "user.created"];
    while list(&created).json().is_empty() {
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
    // The directory and its credential come first.
    let all = sequence(&["--json"]);
    assert!(all.len() >= 4 && all.iter().zip(1..).all(|(event, number)| *event == number), "{all:?}");
    let last = all.len() as u64;
    assert_eq!(sequence(&created), [last - 1, last]);
    assert_eq!(sequence(&["--json", "--after", &(last - 1).to_string()]), [last]);
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
    assert_eq!(replayed(&[]), all);
    assert_eq!(replayed(&["--from", "2"]), all[1..]);
    assert_eq!(replayed(&["--from", "1", "--to", "1"]), [1]);
    assert_eq!(replayed(&["--from", "1999-01-01T00:00:00Z", "--type", "user.created"]), [last - 1, last]);
    assert_eq!(replayed(&["--from", "2999-01-01T00:00:00Z"]), [0; 0]);
    let snapshot = shown(&["snapshot", "local"]);
    let types: Vec<_> = snapshot.iter().map(|event| event["type"].as_str().unwrap()).collect();
    assert_eq!(types, ["user.snapshot", "user.snapshot", "directory.snapshot_completed"]);
    assert_eq!(snapshot[2]["data"]["through"], last);
    let late = say(&server, dir.path(), &["events", "list", "local", "--after", "99"]);
    let last = format!("the last event of the directory is {last}");
    assert!(late.code != 0 && late.err.contains(&last), "{late:?}");
    let compared = say(&server, dir.path(), &["events", "reconcile", "local", "--json"]).ok().json();
    assert_eq!((&compared[0]["resources"], &compared[0]["differences"]), (&2.into(), &Value::Array(vec![])));
    let id = event["resource"]["id"].as_str().unwrap();
    let refused = say(&server, dir.path(), &["events", "erase", "local", id]);
    assert!(refused.code != 0 && refused.err.contains("delete the user first"), "{refused:?}");
}
