//! How times grow: with the directory, and with the group.

use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use serde_json::{Value, json};

use crate::measure::measure;
use crate::operations::named;
use crate::options::Growth;
use crate::prepare::ready;
use crate::server::Server;
use crate::side::Side;
use crate::world::World;
use crate::{delete, process, report};

/// Measured while the directory grows.
const OF_DIRECTORIES: [&[&str]; 5] =
    [&["get user"], &["userName eq, hit"], &["userName eq, miss"], &["PATCH active"], &["create user"]];
/// Measured while the group grows. Operations that are measured in turns leave the group as it is.
const OF_GROUPS: [&[&str]; 2] = [&["get group without members"], &["add 1 member", "remove 1 member"]];
/// Groups of each size that are deleted at the end.
const DELETES: usize = 2;
/// The report shows the best of them.
const DELETE: &str = "delete group, alone";

pub(crate) async fn run(options: &Growth, json: Option<&Path>) {
    let machine = report::machine();
    let mut side = Side::empty();
    let (mut users, mut members) = (Vec::new(), Vec::new());
    report::head();
    for size in &options.users {
        side.grow(None, *size, &[]).await;
        let server = side.serve(None, &[]).await;
        println!("{size} users");
        let world = side.world();
        let mut rows = figures(&server, world, &OF_DIRECTORIES, options).await;
        rows.push(memory(&server));
        users.push(json!({ "size": size, "operations": rows }));
        server.stop().await;
        // Written after each size, so that a later failure does not lose the figures.
        write(json, &machine, options, &users, &members);
    }
    for size in &options.members {
        side.grow(None, 0, &[*size; DELETES]).await;
        let server = side.serve(None, &[]).await;
        println!("a group of {size}");
        process::forget_peak(server.pid());
        let mut rows = figures(&server, side.world(), &OF_GROUPS, options).await;
        rows.push(deletes(&server, &side).await);
        rows.push(memory(&server));
        members.push(json!({ "size": size, "operations": rows }));
        server.stop().await;
        write(json, &machine, options, &users, &members);
    }
}

fn write(json: Option<&Path>, machine: &Value, options: &Growth, users: &[Value], groups: &[Value]) {
    let figures = json!({
        "machine": machine,
        "connections": options.connections,
        "seconds": options.seconds,
        "users": users,
        "members": groups,
    });
    report::write(json, &figures);
}

async fn figures(server: &Server, world: World, groups: &[&[&str]], options: &Growth) -> Vec<Value> {
    let world = Rc::new(world);
    let mut rows = Vec::new();
    for names in groups {
        let operations: Vec<_> = names.iter().map(|name| named(name)).collect();
        ready(&server.target, &world, &operations, 0).await;
        process::quiet(server.pid(), 20).await;
        let lasting = Duration::from_secs(options.seconds);
        for figures in measure(&server.target, &world, &operations, options.connections, lasting).await {
            report::row(options.connections, &figures);
            // Failures are fast, so they must not count.
            assert_eq!(figures.failed(), 0, "{}: failures", figures.name);
            rows.push(figures.json());
        }
    }
    rows
}

/// Deletes the groups that were loaded last.
async fn deletes(server: &Server, side: &Side) -> Value {
    let mut times = Vec::new();
    for group in side.groups().iter().rev().take(DELETES) {
        times.push(delete::one(server, group).await);
    }
    let best = delete::best(times);
    println!("{:<28} {:>5} {:>20.2}", DELETE, 1, best);
    json!({ "operation": DELETE, "connections": 1, "p50Millis": best })
}

/// The memory that the server uses, and its peak.
fn memory(server: &Server) -> Value {
    let (resident, peak) =
        (process::mebibytes(server.pid(), "VmRSS"), process::mebibytes(server.pid(), "VmHWM"));
    if let (Some(resident), Some(peak)) = (resident, peak) {
        println!("{resident:.1} MiB resident, {peak:.1} MiB at most");
    }
    json!({ "operation": "resident", "mebibytes": resident, "peakMebibytes": peak })
}
