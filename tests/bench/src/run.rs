//! One run against a server: idle memory, load, each operation, one member in small and large groups.

use std::rc::Rc;
use std::time::Duration;

use serde_json::json;
use tests::names::unique;

use crate::client::Target;
use crate::measure::{Figures, measure};
use crate::options::Options;
use crate::server::Server;
use crate::{load, members, memory, operations, report};

pub(crate) async fn run(options: &Options) {
    let server = if options.url.is_none() { Some(Server::start().await) } else { None };
    let target = match (&server, &options.url, &options.token) {
        (Some(server), ..) => server.target.clone(),
        (None, Some(url), Some(token)) => Target { url: url.clone(), token: token.clone() },
        _ => panic!("--url and --token belong together"),
    };
    let resident =
        |server: &Option<Server>| server.as_ref().and_then(|one| memory::mebibytes(one.pid(), "VmRSS"));
    tokio::time::sleep(Duration::from_secs(2)).await;
    let idle = resident(&server);
    if let Some(idle) = idle {
        println!("idle server: {idle:.1} MiB resident");
    }
    let run = unique();
    let world = Rc::new(load::users(&target, &run, options.users, options.connections).await);
    let groups = [
        (10, load::group_of(&target, &run, 10).await),
        (options.members, load::group_of(&target, &run, options.members).await),
    ];
    println!(
        "{} users loaded, {} connections, {} s each",
        options.users, options.connections, options.seconds
    );
    report::head();
    let mut rows = Vec::new();
    for operation in &operations::ALL {
        rows.push(measure(&target, &world, operation, options.connections, options.seconds).await);
        rows.last().into_iter().for_each(report::row);
    }
    let changes = members::measure(&target, &groups, options.rounds).await;
    changes.iter().for_each(report::row);
    let ratio = |small: &Figures, large: &Figures| large.millis(0.50) / small.millis(0.50);
    let (add, remove) = (ratio(&changes[0], &changes[1]), ratio(&changes[2], &changes[3]));
    println!("one member in {} against 10: add {add:.2} times, remove {remove:.2} times", options.members);
    let loaded = resident(&server);
    if let Some(loaded) = loaded {
        println!("server after all: {loaded:.1} MiB resident");
    }
    rows.extend(changes);
    let figures = json!({
        "users": options.users,
        "members": options.members,
        "connections": options.connections,
        "seconds": options.seconds,
        "idleMebibytes": idle,
        "afterMebibytes": loaded,
        "addRatio": add,
        "removeRatio": remove,
        "operations": rows.iter().map(Figures::json).collect::<Vec<_>>(),
    });
    report::write(options.json.as_deref(), &figures);
    if let Some(server) = server {
        server.stop().await;
    }
}
