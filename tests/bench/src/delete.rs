//! Deletes of groups of any size, one at a time.

use std::time::Instant;

use serde_json::json;

use crate::client::{Ask, Connection};
use crate::process;
use crate::server::Server;

/// Milliseconds that deleting `group` takes.
pub(crate) async fn one(server: &Server, group: &str) -> f64 {
    // Wait for the sweep of the previous delete.
    process::quiet(server.pid(), 900).await;
    let mut connection = Connection::open(&server.target).await;
    // Warm the connection and the server's caches, and write once: the first write after a
    // pause waits for the disk when SQLite restarts its log.
    let rename = json!([{ "op": "replace", "path": "displayName", "value": format!("leaves {group}") }]);
    let reply = connection.ask(&Ask::patch(format!("/Groups/{group}?attributes=id"), &rename)).await;
    assert_eq!(reply.status, 200, "{}", reply.json());
    let began = Instant::now();
    let reply = connection.ask(&Ask::delete(format!("/Groups/{group}"))).await;
    let took = began.elapsed();
    assert_eq!(reply.status, 204, "{}", reply.json());
    took.as_secs_f64() * 1000.0
}

/// The best of a few samples: the time without disturbances.
pub(crate) fn best(times: impl IntoIterator<Item = f64>) -> f64 {
    times.into_iter().fold(f64::INFINITY, f64::min)
}
