//! What costly queries of one directory cost another one: many clients ask for scans of a large directory, while
//! another one reads a small directory, with pauses.
//!
//! Each directory has a server of its own, as in Lambda no process has two requests at a time. They share the
//! DynamoDB, which is the embedded one of the first server, and the machine's processors.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::rc::Rc;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tests::people::user;
use tokio::runtime::Builder;
use tokio::sync::oneshot;
use tokio::task::LocalSet;

use crate::client::{Ask, Connection, Target};
use crate::measure::Figures;
use crate::options::Isolation;
use crate::report;
use crate::side::Side;

/// The small directory.
const QUIET: &str = "quiet";
/// A filter that no index answers and that no user matches.
const SCAN: &str = "/Users?filter=nickName%20co%20%22zz%22";
/// How long a client pauses: the reading ones between requests, the others when they are refused.
const PAUSE: Duration = Duration::from_millis(50);
/// The largest ratio of 99th percentiles.
const MOST: f64 = 5.0;

pub(crate) async fn run(options: &Isolation, json: Option<&Path>) {
    let mut side = Side::empty();
    side.grow(None, options.users, &[]).await;
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| listener.local_addr());
    let dynamodb = port.expect("a free port").to_string();
    let flags = ["--requests-per-second", "100", "--dynamodb-listen", &dynamodb];
    let loud = side.serve(None, &flags).await;
    let flags = ["--requests-per-second", "100", "--directory", "quiet=standard"];
    let calm = side.serve(Some(&format!("http://{dynamodb}")), &flags).await;
    let token =
        fs::read_to_string(side.data().join(format!("token-{QUIET}"))).expect("the token of the directory");
    let quiet = Target { url: calm.target.url.clone(), token: token.trim().to_owned() };
    let id = Connection::open(&quiet).await.ask(&Ask::post("/Users", user("ana", &json!({})))).await.id();
    let reads = [
        ("get user", format!("/Users/{id}")),
        ("userName eq", "/Users?filter=userName%20eq%20%22ana%22".to_owned()),
        ("first page", "/Users?count=10".to_owned()),
    ];
    let idle = reading(&quiet, &reads, options).await;
    let (stop, stopped) = oneshot::channel();
    let (target, scans) = (loud.target.clone(), options.clone());
    // On a thread of its own: the clients that are measured do not wait for these.
    let scans = thread::spawn(move || {
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        LocalSet::new().block_on(&runtime, scanning(target, &scans, stopped))
    });
    let busy = reading(&quiet, &reads, options).await;
    stop.send(()).expect("the scans go on");
    let statuses = scans.join().expect("the scans");
    calm.stop().await;
    loud.stop().await;
    println!(
        "{} users, {} scans at once; responses to the scans: {statuses:?}",
        options.users, options.scans
    );
    let rows: Vec<Value> = idle.iter().zip(&busy).map(|(idle, busy)| row(idle, busy)).collect();
    let figures =
        json!({ "machine": report::machine(), "users": options.users, "scans": options.scans, "rows": rows });
    report::write(json, &figures);
    assert!(
        rows.iter().all(|row| row["ratio"].as_f64().is_some_and(|ratio| ratio < MOST)),
        "at most {MOST} times"
    );
}

/// Asks for scans until `stopped`, with as many clients at once as `options` say; counts the responses by status.
async fn scanning(loud: Target, options: &Isolation, stopped: oneshot::Receiver<()>) -> BTreeMap<u16, usize> {
    let statuses = Rc::new(RefCell::new(BTreeMap::new()));
    for _ in 0..options.scans {
        let (loud, statuses) = (loud.clone(), Rc::clone(&statuses));
        tokio::task::spawn_local(async move {
            let mut connection = Connection::open(&loud).await;
            loop {
                let reply = connection.ask(&Ask::get(SCAN)).await;
                *statuses.borrow_mut().entry(reply.status).or_default() += 1;
                if reply.status != 200 {
                    tokio::time::sleep(PAUSE).await;
                }
            }
        });
    }
    let _ = stopped.await;
    statuses.take()
}

/// Makes the reads in turn, with pauses.
async fn reading(target: &Target, reads: &[(&'static str, String)], options: &Isolation) -> Vec<Figures> {
    let mut connection = Connection::open(target).await;
    let mut figures: Vec<Figures> = reads.iter().map(|(name, _)| Figures::new(name)).collect();
    let end = Instant::now() + Duration::from_secs(options.seconds);
    while Instant::now() < end {
        for ((_, path), figures) in reads.iter().zip(&mut figures) {
            let asked = Instant::now();
            let reply = connection.ask(&Ask::get(path.as_str())).await;
            figures.count(asked.elapsed(), &reply, &[200]);
            tokio::time::sleep(PAUSE).await;
        }
    }
    figures
}

fn row(idle: &Figures, busy: &Figures) -> Value {
    let p99 = |figures: &Figures| figures.p99().expect("a hundred responses: measure for longer");
    let (before, during) = (p99(idle), p99(busy));
    let ratio = during / before;
    println!(
        "{:<12} p50 {:>7.2} ms idle {:>7.2} ms busy   p99 {before:>7.2} ms idle {during:>7.2} ms busy   {ratio:>5.1} \
         times, {} failed",
        idle.name,
        idle.median(),
        busy.median(),
        busy.failed()
    );
    json!({ "operation": idle.name, "idle": idle.json(), "busy": busy.json(), "ratio": ratio })
}
