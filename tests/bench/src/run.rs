//! One run against a server: idle memory, load, each operation at each number of connections.

use std::rc::Rc;
use std::time::Duration;

use serde_json::{Value, json};
use tests::names::unique;

use crate::client::Target;
use crate::measure::measure;
use crate::options::{Load, Options};
use crate::prepare::prepare;
use crate::side::Side;
use crate::world::World;
use crate::{load, operations, price, process, report};

/// Connections for the load.
const LOADERS: usize = 8;

pub(crate) async fn run(options: &Options) {
    let machine = report::machine();
    let dynamodb_url = options.dynamodb_url.as_deref();
    let mut side = Side::empty();
    if options.load == Load::Direct {
        assert!(options.url.is_none(), "a server at a URL can be loaded over HTTP only");
        side.grow(dynamodb_url, options.users, &[10, options.members]).await;
    }
    let server = match options.url {
        None => Some(side.serve(dynamodb_url, &[]).await),
        Some(_) => None,
    };
    let target = match (&server, &options.url, &options.token) {
        (Some(server), ..) => server.target.clone(),
        (None, Some(url), Some(token)) => Target { url: url.clone(), token: token.clone() },
        _ => panic!("--url and --token belong together"),
    };
    let resident = || server.as_ref().and_then(|one| process::mebibytes(one.pid(), "VmRSS"));
    let idle = resident();
    let mut world = match options.load {
        Load::Direct => side.world(),
        Load::Http => by_http(&target, options).await,
    };
    world.groups = options.groups;
    world.plain = options.plain;
    let world = Rc::new(world);
    println!("{} users, a group of {} members", options.users, options.members);
    report::head();
    let mut rows: Vec<Value> = Vec::new();
    let wanted = |name: &str| options.only.as_deref().is_none_or(|only| name.contains(only));
    for operation in operations::all().filter(|operation| wanted(operation.name)) {
        for connections in &options.connections {
            if !prepare(&target, &world, operation, options.stock).await {
                println!("{:<28} is not offered", operation.name);
                continue;
            }
            if let Some(server) = &server {
                // Wait for the work of `changes` that the last operation caused.
                process::quiet(server.pid(), 20).await;
            }
            let lasting = Duration::from_secs(options.seconds);
            let ticks = || server.as_ref().and_then(|server| process::ticks(server.pid()));
            let before = ticks();
            let all = measure(&target, &world, &[operation], *connections, lasting).await;
            let mut figures = all.into_iter().next().expect("one operation");
            if let Some(server) = &server {
                // The work of `changes` that this operation causes counts, too.
                process::quiet(server.pid(), 20).await;
            }
            figures.used(before.zip(ticks()).map(|(before, after)| after.saturating_sub(before)));
            report::row(*connections, &figures);
            let mut row = figures.json();
            row["connections"] = json!(connections);
            rows.push(row);
        }
    }
    let after = resident();
    if let (Some(idle), Some(after)) = (idle, after) {
        println!("server: {idle:.1} MiB resident before, {after:.1} MiB after all of this");
    }
    let figures = json!({
        "machine": machine,
        "prices": price::OF,
        "users": options.users,
        "members": options.members,
        "groupsOfAUser": options.groups,
        "seconds": options.seconds,
        "idleMebibytes": idle,
        "afterMebibytes": after,
        "operations": rows,
    });
    report::write(options.json.as_deref(), &figures);
    if let Some(server) = server {
        server.stop().await;
    }
}

async fn by_http(target: &Target, options: &Options) -> World {
    let run = unique();
    let ids = load::users(target, &run, options.users, LOADERS).await;
    let mut world = World::new(run, ids);
    world.small = load::group_of(target, &world.run, 10).await;
    world.large = load::group_of(target, &world.run, options.members).await;
    world.members = options.members;
    world
}
