//! Whether times hold as directory and group grow: the same operations against a small server
//! and a large one, in turns. Ratios of medians, because machines differ and are disturbed.

use std::rc::Rc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::client::{Ask, Connection};
use crate::operations::named;
use crate::options::Options;
use crate::prepare::prepare;
use crate::server::Server;
use crate::side::{Side, in_turns};
use crate::world::World;
use crate::{process, report};

/// Users of the small directory, members of the small group.
const USERS: usize = 1_000;
const MEMBERS: usize = 10;
/// Large groups that are deleted, and small ones beside each.
const DELETES: usize = 3;
/// How often what is too slow is measured before it counts.
const ATTEMPTS: usize = 3;
/// Milliseconds by which a single request may differ from another one.
const NOISE: f64 = 2.0;
/// What one request on a large group may take of memory.
const MEBIBYTES: f64 = 16.0;

/// Operations that may not depend on the size of the directory, and those that may not
/// depend on the size of the group, each with the largest ratio.
const HELD: [(&str, f64); 6] = [
    ("userName eq, hit", 1.3),
    ("get user", 1.3),
    ("PATCH active", 1.3),
    ("get group without members", 1.2),
    ("add 1 member", 1.2),
    ("remove 1 member", 1.2),
];

pub(crate) async fn run(options: &Options) {
    let machine = report::machine();
    let connections = if let [only] = options.connections.as_slice() { *only } else { 8 };
    let (mut small, mut large) = (Side::empty(), Side::empty());
    small.grow(None, USERS, &[MEMBERS; DELETES + 1]).await;
    large.grow(None, options.users, &[options.members; DELETES + 1]).await;
    let servers = [small.serve(None).await, large.serve(None).await];
    let worlds = [Rc::new(small.world()), Rc::new(large.world())];
    let sides: Vec<_> = servers.iter().zip(worlds.iter().cloned()).collect();
    println!(
        "{} users against {USERS}, groups of {} against {MEMBERS}, {connections} connections",
        options.users, options.members
    );
    for server in &servers {
        process::forget_peak(server.pid());
    }
    let before = process::mebibytes(servers[1].pid(), "VmRSS");
    let mut rows = Vec::new();
    for (name, most) in HELD {
        rows.push(held(&sides, name, most, connections, options).await);
    }
    let peak = process::mebibytes(servers[1].pid(), "VmHWM");
    rows.push(deletes(&servers, [&small, &large]).await);
    let grown = before.zip(peak).map(|(before, peak)| peak - before);
    if let Some(grown) = grown {
        println!("memory of the large server grew by {grown:.1} MiB at most");
    }
    let figures = json!({
        "machine": machine,
        "users": options.users,
        "members": options.members,
        "connections": connections,
        "grownMebibytes": grown,
        "ratios": rows,
    });
    report::write(options.json.as_deref(), &figures);
    for server in servers {
        server.stop().await;
    }
    let missed: Vec<&Value> = rows.iter().filter(|row| row["held"] != true).collect();
    assert!(missed.is_empty(), "too slow where there is much: {missed:#?}");
    let much = grown.unwrap_or_default();
    assert!(much <= MEBIBYTES, "a request on a large group took {much:.1} MiB, at most {MEBIBYTES}");
}

/// One operation on both sides.
async fn held(
    sides: &[(&Server, Rc<World>)],
    name: &'static str,
    most: f64,
    connections: usize,
    options: &Options,
) -> Value {
    let operation = named(name);
    let mut best: Option<(f64, f64, f64)> = None;
    for _ in 0..ATTEMPTS {
        for (server, world) in sides {
            prepare(&server.target, world, operation, options.stock * 10).await;
            process::quiet(server.pid(), 20).await;
        }
        let lasting = Duration::from_secs(options.seconds);
        let figures = in_turns(sides, operation, connections, lasting).await;
        let [small, large] = figures.as_slice() else { unreachable!("two sides") };
        assert_eq!(small.failed() + large.failed(), 0, "{name}: failures");
        let now = (large.millis(0.5) / small.millis(0.5), small.millis(0.5), large.millis(0.5));
        if best.is_none_or(|best| now.0 < best.0) {
            best = Some(now);
        }
        if now.0 <= most {
            break;
        }
    }
    row(name, most, best.unwrap_or_default())
}

/// Deletes of large and of small groups, by turns.
async fn deletes(servers: &[Server; 2], sides: [&Side; 2]) -> Value {
    let mut times = [Vec::new(), Vec::new()];
    for number in 0..DELETES {
        for side in 0..2 {
            let (server, group) = (&servers[side], &sides[side].groups()[number]);
            // What swept behind the last one is not this one's.
            process::quiet(server.pid(), 60).await;
            let mut connection = Connection::open(&server.target).await;
            // The connection and what the server keeps are warm.
            connection.ask(&Ask::get(format!("/Groups/{group}?attributes=id"))).await;
            let began = Instant::now();
            let told = connection.ask(&Ask::delete(format!("/Groups/{group}"))).await;
            times[side].push(began.elapsed().as_secs_f64() * 1000.0);
            assert_eq!(told.status, 204, "{}", told.json());
        }
    }
    // Few of them: the best of each is what it takes when nothing disturbs.
    let [small, large] = times.map(|times| times.into_iter().fold(f64::INFINITY, f64::min));
    // What looks at the members of a large group takes much longer than this.
    let ratio = if large - small < NOISE { 1.0_f64.min(large / small) } else { large / small };
    row("delete group", 1.2, (ratio, small, large))
}

fn row(name: &str, most: f64, (ratio, small, large): (f64, f64, f64)) -> Value {
    let held = ratio <= most;
    println!(
        "{name:<28} {small:>8.2} ms {large:>8.2} ms {ratio:>6.2} times, at most {most}: {}",
        if held { "held" } else { "MISSED" }
    );
    json!({ "operation": name, "smallMillis": small, "largeMillis": large, "ratio": ratio, "most": most, "held": held })
}
