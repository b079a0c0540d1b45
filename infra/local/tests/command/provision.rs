//! A provisioning service that goes on while the server is killed under it.

use std::path::Path;
use std::sync::{Arc, Mutex, mpsc};
use std::time::{Duration, Instant};

use entra::mapping::Mapping;
use entra::sync::{Event, Options, Report, Source, run};
use entra::wire::Dialect;

use crate::http::send;
use crate::server::Server;

/// When what a deleted user leaves is gone: a job waits a minute, and runs once a minute.
const SWEPT: Duration = Duration::from_secs(180);

/// Provisions, and kills the server in the middle of each cycle.
fn killed_in_each_cycle(dir: &Path, profile: &str, dialect: Dialect) -> Report {
    let args = ["--data", "d", "--profile", profile];
    let first = Server::start_quiet(dir, "0", &args);
    let (url, token) = (first.tenant_url.clone(), first.token.clone());
    let port = first.address().rsplit_once(':').unwrap().1.to_owned();
    let (middle, signals) = mpsc::channel();
    let killed: Mutex<Vec<u32>> = Mutex::default();
    let observer = move |event| {
        if let Event::Step { cycle, done, planned } = event
            && done * 2 >= planned
        {
            let mut killed = killed.lock().unwrap();
            if !killed.contains(&cycle) {
                killed.push(cycle);
                middle.send(cycle).unwrap();
            }
        }
    };
    let mapping = Mapping::builtin(profile).unwrap();
    let options = Options {
        cycles: 3,
        dialect: Some(dialect),
        // Impatient: some of what fails has to wait for the next cycle.
        retries: 2,
        backoff: Duration::from_millis(100),
        verify: true,
        observer: Some(Arc::new(observer)),
        ..Options::new(&url, &token, mapping, Source::Generated { users: 40, groups: 6, seed: 11 })
    };
    // Ends when the run has dropped the observer.
    std::thread::scope(|scope| {
        let killer = scope.spawn(move || {
            let mut server = first;
            let mut kills = 0;
            for _ in signals {
                server.end("KILL");
                server = Server::start_quiet(dir, &port, &args);
                kills += 1;
            }
            (server, kills)
        });
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        let report = runtime.block_on(run(options)).unwrap();
        let (_, kills) = killer.join().unwrap();
        assert_eq!(kills, 4, "{}", report.summary());
        report
    })
}

#[track_caller]
fn survives(profile: &str, dialect: Dialect) {
    let dir = tempfile::tempdir().unwrap();
    let report = killed_in_each_cycle(dir.path(), profile, dialect);
    let sum = |what| report.cycles.iter().map(|cycle| cycle.count(what)).sum::<u64>();
    assert!(sum("retries") > 0, "no kill was noticed: {}", report.summary());
    assert!(report.quarantine.is_none() && report.escrows.is_empty(), "{}", report.summary());
    let differences = report.verification.as_ref().unwrap().differences.iter();
    let server = Server::start_quiet(dir.path(), "0", &["--data", "d", "--profile", profile]);
    for difference in differences {
        // A server that is killed right after it has deleted a user removes the memberships later.
        let left = difference.what.strip_prefix("member ").filter(|_| difference.wanted == "absent");
        let user = left.unwrap_or_else(|| panic!("{}", report.summary()));
        let path = format!("/Users/{user}");
        let (status, _) = send(&server.address(), &server.head("GET", &path), "");
        assert_eq!(status, 404, "{}", report.summary());
        let end = Instant::now() + SWEPT;
        while server.get("/Groups?attributes=members&count=100").to_string().contains(user) {
            assert!(Instant::now() < end, "the membership stays: {}", report.summary());
            std::thread::sleep(Duration::from_secs(1));
        }
    }
}

#[test]
fn a_server_that_is_killed_in_each_cycle_has_no_differences_and_no_duplicates() {
    survives("clarizen-one", Dialect::Default);
    survives("workgrid", Dialect::Flag);
}
