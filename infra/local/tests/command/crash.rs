//! The server is killed at random moments of a load. Whatever was acknowledged is there after
//! the next start, what was under way is done or not, and everything agrees with everything.
//!
//! `ROLLCALL_FAULTS_KILLS` says how often, `ROLLCALL_FAULTS_SEED` from which seed on.

use std::io::Write;
use std::path::Path;
use std::thread;
use std::time::Duration;

use directory::verify::Options as Walk;
use rollcall::stack::data::Data;
use rollcall::stack::{Options, Stack};
use tokio::runtime::Runtime;

use crate::load::{Client, Server as Address};
use crate::server::Server;

/// Clients at a time.
const CLIENTS: u64 = 6;
/// The group that all of them put members into.
const SHARED: &str = "everybody";

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().unwrap_or_else(|_| panic!("{name}: {text}")))
}

#[test]
fn what_was_acknowledged_survives_kills_and_agrees() {
    let kills = number("ROLLCALL_FAULTS_KILLS", 2);
    let seed = number("ROLLCALL_FAULTS_SEED", fastrand::u64(..1_000_000_000));
    // Shown also when all is well.
    let _ = writeln!(std::io::stderr(), "{kills} kills from seed {seed} on");
    let dir = tempfile::tempdir().unwrap();
    let mut rng = fastrand::Rng::with_seed(seed);
    let mut clients: Vec<Client> = (0..CLIENTS).map(|number| Client::new(number, seed + number)).collect();
    let runtime = Runtime::new().unwrap();
    let shared = {
        let server = Server::start_quiet(dir.path(), "0", &[]);
        Client::new(CLIENTS, seed).create_shared(&Address::of(&server), SHARED)
    };
    for kill in 1..=kills {
        let server = Server::start_quiet(dir.path(), "0", &[]);
        let address = Address::of(&server);
        let working: Vec<_> = clients
            .into_iter()
            .map(|mut client| {
                let (address, shared) = (address.clone(), shared.clone());
                thread::spawn(move || {
                    while client.step(&address, &shared) {}
                    client
                })
            })
            .collect();
        thread::sleep(Duration::from_millis(rng.u64(300..1_500)));
        server.end("KILL");
        clients = working.into_iter().map(|client| client.join().unwrap()).collect();
        let stack = runtime.block_on(start(dir.path()));
        let address = Address { at: at(&stack), token: stack.token().to_owned() };
        for client in &mut clients {
            client
                .inspect(&address, &shared)
                .unwrap_or_else(|wrong| panic!("seed {seed}, kill {kill}: {wrong}"));
        }
        runtime.block_on(async {
            agrees(&stack).await;
            stack.stop().await;
        });
    }
    let done: usize = clients.iter().map(|client| client.acknowledged).sum();
    let _ = writeln!(std::io::stderr(), "{kills} kills, {done} acknowledged changes");
    assert!(done > 0);
}

async fn start(dir: &Path) -> Stack {
    let data = Data::Dir(dir.join(".rollcall"));
    Stack::start(Options { data, ..Options::default() }).await.unwrap()
}

fn at(stack: &Stack) -> String {
    let rest = stack.tenant_url().strip_prefix("http://").unwrap();
    rest.strip_suffix("/scim/v2").unwrap().to_owned()
}

/// Index entries, counters and memberships agree with the resources.
async fn agrees(stack: &Stack) {
    let (id, profiles, mut after) = ("local".parse().unwrap(), stack.profiles(), None::<String>);
    let walk = Walk { patience: Duration::from_secs(20), ..Walk::default() };
    loop {
        let report =
            directory::verify::check(&stack.table(), &id, &profiles, after.as_deref(), &walk).await.unwrap();
        assert!(report.findings.is_empty(), "{:?}", report.findings);
        assert!(report.uncounted.is_empty(), "nothing goes on meanwhile");
        after = report.next;
        if after.is_none() {
            return;
        }
    }
}
