//! Logs: no log line of a service repeats a secret or a value that was sent to it or that it
//! stores.
//!
//! The process is this test binary, started again: it logs like the functions of a deployment, with
//! metrics and at the finest level of Rollcall's own crates. It writes a list of the secrets that
//! were made, such as tokens; everything that it sends contains a mark.

mod canary;
mod requests;

use std::path::{Path, PathBuf};
use std::process::Command;

use rollcall::functions::FUNCTIONS;
use tests::names::unique;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::layer::SubscriberExt;

use crate::app::App;
use canary::Canary;

/// For the process that logs: the mark, the log mode, and the path of the list.
const MARK: &str = "ROLLCALL_TEST_LOG_MARK";
const WAY: &str = "ROLLCALL_TEST_LOG_WAY";
const LIST: &str = "ROLLCALL_TEST_LOG_LIST";
/// Rollcall's own crates.
const OURS: [&str; 5] = ["scim", "table", "directory", "gateway", "rollcall"];

#[test]
fn no_line_repeats_what_was_sent_or_is_kept() {
    if let (Ok(mark), Ok(way), Some(list)) =
        (std::env::var(MARK), std::env::var(WAY), std::env::var_os(LIST).map(PathBuf::from))
    {
        return child(mark, &way, &list);
    }
    if App::new().is_none() {
        return;
    }
    for (way, lines) in
        [("deployed", &["\"_aws\"", "/scim/v2/Bulk"][..]), ("all", &["/scim/v2/Bulk", "close"])]
    {
        let (mark, list) = (format!("zq{}", unique().to_ascii_lowercase()), tests::scratch::directory());
        let (log, made) = logged(&mark, way, &list);
        for said in lines.iter().chain(&["\"what\":\"credential\"", "\"what\":\"client secret\""]) {
            assert!(log.contains(said), "{way}: nothing of {said}: {log}");
        }
        assert!(made.len() > 20, "{made:?}");
        let lower = log.to_ascii_lowercase();
        for secret in made.iter().map(String::as_str).chain([&*mark]) {
            let line = lower.lines().find(|line| line.contains(&secret.to_ascii_lowercase()));
            assert_eq!(line, None, "{way}: {secret} is in the log");
        }
    }
}

/// Everything that a process writes while it handles the requests, and the secrets made in it.
fn logged(mark: &str, way: &str, list: &Path) -> (String, Vec<String>) {
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "logs::no_line_repeats_what_was_sent_or_is_kept", "--nocapture"])
        .env(MARK, mark)
        .env(WAY, way)
        .env(LIST, list)
        // Finer than a function allows: the SDK's own lines contain items.
        .env("AWS_LAMBDA_LOG_LEVEL", "TRACE")
        .env("ROLLCALL_METRICS", "rollcall-test")
        .env("AWS_LAMBDA_FUNCTION_NAME", "everything")
        .output()
        .unwrap();
    let text = [child.stdout, child.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let log = text.concat();
    assert!(child.status.success(), "{way}: {log}");
    let made = std::fs::read_to_string(list).unwrap();
    std::fs::remove_file(list).unwrap();
    (log, made.lines().map(str::to_owned).collect())
}

/// Logs, sends all requests, and writes the list.
fn child(mark: String, way: &str, list: &Path) {
    if way == "deployed" {
        gateway::run::start::logs();
        gateway::log::metrics::start();
    } else {
        let functions = FUNCTIONS.iter().map(|function| function.name);
        let all = OURS.into_iter().chain(functions).map(|name| (name, LevelFilter::TRACE));
        let levels = Targets::new().with_default(LevelFilter::INFO).with_targets(all);
        let lines = tracing_subscriber::fmt::layer().json().with_span_events(FmtSpan::FULL);
        let log = tracing_subscriber::registry().with(lines).with(levels);
        tracing::subscriber::set_global_default(log).unwrap();
    }
    let app = App::new().unwrap();
    let mut canary = Canary::new(mark);
    requests::all(&app, &mut canary);
    canary.kept(&app);
    std::fs::create_dir_all(list.parent().unwrap()).unwrap();
    std::fs::write(list, canary.made.join("\n")).unwrap();
}
