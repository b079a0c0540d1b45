//! Checks that times stay the same as directory and group grow: the same operations against a small
//! and a large server, in turns. It compares ratios of medians, because machines differ and are
//! disturbed.

use std::rc::Rc;
use std::time::Duration;

use serde_json::{Value, json};

use crate::operations::named;
use crate::options::Options;
use crate::prepare::ready;
use crate::server::Server;
use crate::side::{Side, in_turns};
use crate::world::World;
use crate::{delete, process, report};

/// Users of the small directory, and members of the small group.
const USERS: usize = 1_000;
const MEMBERS: usize = 10;
/// Large groups to delete, and small ones next to each.
const DELETES: usize = 3;
/// How often an operation that is too slow is measured again before it counts as a failure.
const ATTEMPTS: usize = 3;
/// Milliseconds by which the best of a few single requests may differ.
const NOISE: f64 = 2.0;
/// How much more the memory of the large server may grow. A group that is held as a whole takes more.
const MEBIBYTES: f64 = 16.0;

/// Operations that may not depend on the size of the directory, and those that may not depend on
/// the size of the group, each with the largest allowed ratio. Operations that are measured in
/// turns leave the group as it is.
const HELD: [(&[&str], f64); 5] = [
    (&["userName eq, hit"], 1.3),
    (&["get user"], 1.3),
    (&["PATCH active"], 1.3),
    (&["get group without members"], 1.2),
    (&["add 1 member", "remove 1 member"], 1.2),
];

pub(crate) async fn run(options: &Options) {
    let machine = report::machine();
    let connections = if let [only] = options.connections.as_slice() { *only } else { 8 };
    let (mut small, mut large) = (Side::empty(), Side::empty());
    small.grow(None, USERS, &[MEMBERS; DELETES + 1]).await;
    large.grow(None, options.users, &[options.members; DELETES + 1]).await;
    let servers = [small.serve(None, &[]).await, large.serve(None, &[]).await];
    let worlds = [Rc::new(small.world()), Rc::new(large.world())];
    let sides: Vec<_> = servers.iter().zip(worlds.iter().cloned()).collect();
    println!(
        "{} users against {USERS}, groups of {} against {MEMBERS}, {connections} connections",
        options.users, options.members
    );
    for server in &servers {
        process::forget_peak(server.pid());
    }
    let resident = |server: &Server, name| process::mebibytes(server.pid(), name).unwrap_or_default();
    let before = servers.each_ref().map(|server| resident(server, "VmRSS"));
    let mut rows = Vec::new();
    for (names, most) in HELD {
        rows.extend(held(&sides, names, most, connections, options).await);
    }
    rows.push(deletes(&servers, [&small, &large]).await);
    let peak = servers.each_ref().map(|server| resident(server, "VmHWM"));
    let [small, large] = [peak[0] - before[0], peak[1] - before[1]];
    println!("memory of the small server grew by {small:.1} MiB at most, of the large one by {large:.1} MiB");
    let figures = json!({
        "machine": machine,
        "users": options.users,
        "members": options.members,
        "connections": connections,
        "grownMebibytes": { "small": small, "large": large },
        "ratios": rows,
    });
    report::write(options.json.as_deref(), &figures);
    for server in servers {
        server.stop().await;
    }
    let missed: Vec<&Value> = rows.iter().filter(|row| row["held"] != true).collect();
    assert!(missed.is_empty(), "too slow where there is much: {missed:#?}");
    let more = large - small;
    assert!(more <= MEBIBYTES, "the large server took {more:.1} MiB more, at most {MEBIBYTES}");
}

/// Measures operations on both sides, in turns.
async fn held(
    sides: &[(&Server, Rc<World>)],
    names: &[&'static str],
    most: f64,
    connections: usize,
    options: &Options,
) -> Vec<Value> {
    let operations: Vec<_> = names.iter().map(|name| named(name)).collect();
    let mut best: Vec<Option<Pair>> = vec![None; names.len()];
    for _ in 0..ATTEMPTS {
        for (server, world) in sides {
            ready(&server.target, world, &operations, options.stock).await;
            process::quiet(server.pid(), 20).await;
        }
        let lasting = Duration::from_secs(options.seconds);
        let figures = in_turns(sides, &operations, connections, lasting).await;
        let [small, large] = figures.as_slice() else { unreachable!("two sides") };
        for (best, (small, large)) in best.iter_mut().zip(small.iter().zip(large)) {
            if small.failed() + large.failed() > 0 {
                println!("{}: {} failures", small.name, small.failed() + large.failed());
                continue;
            }
            let now = Pair { small: small.median(), large: large.median() };
            if best.is_none_or(|best| now.ratio() < best.ratio()) {
                *best = Some(now);
            }
        }
        if best.iter().all(|best| best.is_some_and(|best| best.ratio() <= most)) {
            break;
        }
    }
    let rows = names.iter().zip(best).map(|(name, best)| {
        let pair = best.unwrap_or_else(|| panic!("{name}: failures in every attempt"));
        row(name, most, pair, pair.ratio() <= most)
    });
    rows.collect()
}

/// Deletes large and small groups, in turns.
async fn deletes(servers: &[Server; 2], sides: [&Side; 2]) -> Value {
    let mut times = [Vec::new(), Vec::new()];
    for number in 0..DELETES {
        for side in 0..2 {
            times[side].push(delete::one(&servers[side], &sides[side].groups()[number]).await);
        }
    }
    let [small, large] = times.map(delete::best);
    let most = 1.2;
    let pair = Pair { small, large };
    // A delete that reads the members of a large group takes much longer than the noise.
    row("delete group", most, pair, pair.ratio() <= most || large - small < NOISE)
}

/// Milliseconds of one operation on both sides.
#[derive(Clone, Copy)]
struct Pair {
    small: f64,
    large: f64,
}

impl Pair {
    fn ratio(self) -> f64 {
        self.large / self.small
    }
}

fn row(name: &str, most: f64, pair: Pair, held: bool) -> Value {
    let (Pair { small, large }, ratio) = (pair, pair.ratio());
    println!(
        "{name:<28} {small:>8.2} ms {large:>8.2} ms {ratio:>6.2} times, at most {most}: {}",
        if held { "held" } else { "MISSED" }
    );
    json!({ "operation": name, "smallMillis": small, "largeMillis": large, "ratio": ratio, "most": most, "held": held })
}
