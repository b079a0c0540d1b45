//! Four servers on one table: a directory under a storm gets its rate, from all of them together,
//! and another one does not notice.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use crate::http::send;
use crate::server::Server;

/// The rate, how many servers, how long the storm lasts, and how much of it is measured.
const RATE: usize = 20;
const SERVERS: usize = 4;
const STORM: Duration = Duration::from_secs(14);
const BEGINNING: Duration = Duration::from_secs(6);
/// How often the other directory is asked for something.
const PACE: Duration = Duration::from_millis(250);

#[test]
fn a_storm_gets_the_rate_and_others_do_not_notice() {
    let dirs: Vec<_> = (0..SERVERS).map(|_| tempfile::tempdir().unwrap()).collect();
    let rate = RATE.to_string();
    let flags = ["--requests-per-second", &rate, "--directory", "quiet=standard"];
    let first = Server::start_quiet(dirs[0].path(), "0", &flags);
    let tokens = |name: &str| std::fs::read_to_string(dirs[0].path().join(".rollcall").join(name)).unwrap();
    let (token, quiet) = (first.token.clone(), tokens("token-quiet"));
    // The others know the same tokens, and the secret that these are made with.
    let mut servers = vec![first];
    for dir in &dirs[1..] {
        let data = dir.path().join(".rollcall");
        std::fs::create_dir(&data).unwrap();
        for name in ["token", "token-quiet", "deployment-secret"] {
            std::fs::copy(dirs[0].path().join(".rollcall").join(name), data.join(name)).unwrap();
        }
        let url = servers[0].dynamodb.clone();
        let flags = [&flags[..], &["--dynamodb-url", &url]].concat();
        servers.push(Server::start_quiet(dir.path(), "0", &flags));
    }
    let addresses: Vec<String> = servers.iter().map(Server::address).collect();
    let (begun, admitted, refused) =
        (Instant::now(), Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicUsize::new(0)));
    let storm: Vec<_> = addresses
        .iter()
        .cloned()
        .map(|address| {
            let (token, admitted, refused) = (token.clone(), Arc::clone(&admitted), Arc::clone(&refused));
            thread::spawn(move || {
                while begun.elapsed() < STORM {
                    let head = get("/Users?count=1", &token);
                    match send(&address, &head, "") {
                        (200, _) => admitted.lock().unwrap().push(begun.elapsed()),
                        (429, body) => {
                            assert!(body.contains("\"status\":\"429\""), "{body}");
                            refused.fetch_add(1, Ordering::Relaxed);
                            // Four times the rate, all together.
                            thread::sleep(Duration::from_millis(1_000 / RATE as u64));
                        }
                        (status, body) => panic!("{status} {body}"),
                    }
                }
            })
        })
        .collect();
    let mut calm = Vec::new();
    while begun.elapsed() < STORM {
        let asked = Instant::now();
        let (status, body) = send(&addresses[calm.len() % SERVERS], &get("/Users?count=1", quiet.trim()), "");
        assert_eq!(status, 200, "{body}");
        calm.push(asked.elapsed());
        thread::sleep(PACE.saturating_sub(asked.elapsed()));
    }
    for client in storm {
        client.join().unwrap();
    }
    let admitted = admitted.lock().unwrap();
    let late = admitted.iter().filter(|at| **at > BEGINNING).count();
    let expected = RATE * (STORM - BEGINNING).as_secs() as usize;
    let figures = format!(
        "{} admitted, {late} of them after the beginning, of {expected}; {} refused; the other was asked {} times",
        admitted.len(),
        refused.load(Ordering::Relaxed),
        calm.len()
    );
    assert!(refused.load(Ordering::Relaxed) > 0, "{figures}");
    assert!(late <= expected * 3 / 2, "{figures}");
    assert!(late >= expected / 3, "{figures}");
    // All of the storm's beginning is a debt that was paid.
    assert!(admitted.len() <= RATE * STORM.as_secs() as usize + RATE * (SERVERS + 2), "{figures}");
    calm.sort();
    assert!(calm[calm.len() / 2] < PACE, "{figures}: {:?}", calm[calm.len() / 2]);
}

fn get(path: &str, token: &str) -> String {
    format!("GET /scim/v2{path} HTTP/1.1\r\nAuthorization: Bearer {token}")
}
