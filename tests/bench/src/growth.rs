//! How times grow: with the directory, and with the group.

use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use serde_json::{Value, json};

use crate::measure::measure;
use crate::operations::named;
use crate::options::Growth;
use crate::prepare::prepare;
use crate::server::Server;
use crate::side::Side;
use crate::world::World;
use crate::{process, report};

/// Measured as the directory grows.
const OF_DIRECTORIES: [&str; 5] =
    ["get user", "userName eq, hit", "userName eq, miss", "PATCH active", "create user"];
/// Measured as the group grows.
const OF_GROUPS: [&str; 3] = ["get group without members", "add 1 member", "remove 1 member"];

pub(crate) async fn run(options: &Growth, json: Option<&Path>) {
    let machine = report::machine();
    let mut side = Side::empty();
    let (mut users, mut members) = (Vec::new(), Vec::new());
    report::head();
    for size in &options.users {
        side.grow(None, *size, &[]).await;
        let server = side.serve(None).await;
        println!("{size} users");
        let world = side.world();
        users.push(
            json!({ "size": size, "operations": figures(&server, world, &OF_DIRECTORIES, options).await }),
        );
        server.stop().await;
        // Half a measured million is not thrown away.
        write(json, &machine, options, &users, &members);
    }
    for size in &options.members {
        side.grow(None, 0, &[*size]).await;
        let server = side.serve(None).await;
        println!("a group of {size}");
        let world = side.world();
        members
            .push(json!({ "size": size, "operations": figures(&server, world, &OF_GROUPS, options).await }));
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

async fn figures(server: &Server, world: World, names: &[&str], options: &Growth) -> Vec<Value> {
    let world = Rc::new(world);
    let mut rows = Vec::new();
    for name in names {
        let operation = named(name);
        prepare(&server.target, &world, operation, 10_000).await;
        process::quiet(server.pid(), 20).await;
        let lasting = Duration::from_secs(options.seconds);
        let figures = measure(&server.target, &world, operation, options.connections, lasting).await;
        report::row(options.connections, &figures);
        rows.push(figures.json());
    }
    let mut json = rows;
    json.push(json!({ "operation": "resident", "mebibytes": process::mebibytes(server.pid(), "VmRSS") }));
    json
}
