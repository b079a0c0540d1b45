//! Fills the directory before anything is measured, over HTTP.

pub(crate) mod direct;

use std::cell::Cell;
use std::rc::Rc;

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use tests::people::{group, member_values};

use crate::client::{Ask, Connection, Target};
use crate::world::{body, external_id, member, name};

/// Members added by one request.
const MEMBERS: usize = 2_000;

/// The progress of a load.
pub(crate) trait Bar: Clone + 'static {
    /// This many more have been loaded.
    fn advance(&self, count: u64);
}

/// Shows no progress.
#[derive(Clone)]
pub(crate) struct NoBar;

impl Bar for NoBar {
    fn advance(&self, _: u64) {}
}

impl Bar for ProgressBar {
    fn advance(&self, count: u64) {
        self.inc(count);
    }
}

/// A bar on the terminal.
pub(crate) fn bar(what: &str, count: usize) -> ProgressBar {
    let bar = ProgressBar::new(count as u64);
    let style = format!("loading {what} {{wide_bar}} {{pos}}/{{len}} {{per_sec}} {{eta}}");
    bar.set_style(ProgressStyle::with_template(&style).expect("a template"));
    bar
}

/// Sends the request that `ask` makes for each number below `count`; returns the ids, in this
/// order.
pub(crate) async fn many(
    target: &Target,
    connections: usize,
    count: usize,
    bar: impl Bar,
    ask: impl Fn(usize) -> Ask + 'static,
) -> Vec<String> {
    let (next, ask) = (Rc::new(Cell::new(0)), Rc::new(ask));
    let set = tokio::task::LocalSet::new();
    let tasks: Vec<_> = (0..connections)
        .map(|_| {
            let (target, next, ask, bar) = (target.clone(), Rc::clone(&next), Rc::clone(&ask), bar.clone());
            set.spawn_local(async move {
                let (mut connection, mut created) = (Connection::open(&target).await, Vec::new());
                while next.get() < count {
                    let number = next.get();
                    next.set(number + 1);
                    created.push((number, connection.ask(&ask(number)).await.id()));
                    bar.advance(1);
                }
                created
            })
        })
        .collect();
    let finished = set.run_until(async move {
        let mut all = Vec::new();
        for task in tasks {
            all.extend(task.await.expect("a loader"));
        }
        all
    });
    let mut created = finished.await;
    created.sort();
    created.into_iter().map(|(_, id)| id).collect()
}

/// Creates `count` users on some connections; returns their ids.
pub(crate) async fn users(target: &Target, run: &str, count: usize, connections: usize) -> Vec<String> {
    let (bar, run) = (bar("users", count), run.to_owned());
    let ids = many(target, connections, count, bar.clone(), move |number| {
        Ask::post("/Users", body(&name(&run, number), &external_id(&run, number)))
    });
    let ids = ids.await;
    bar.finish();
    ids
}

/// Creates a group of `size` members; returns its id.
pub(crate) async fn group_of(target: &Target, run: &str, size: usize) -> String {
    let mut connection = Connection::open(target).await;
    let bar = bar("members", size);
    let ids: Vec<_> = (0..size).map(member).collect();
    let mut parts = ids.chunks(MEMBERS);
    let first = parts.next().unwrap_or_default();
    let body = group(&format!("group of {size} {run}"), &json!({ "members": member_values(first) }));
    let id = connection.ask(&Ask::post("/Groups", body)).await.id();
    bar.inc(first.len() as u64);
    for part in parts {
        add(&mut connection, &id, part).await;
        bar.inc(part.len() as u64);
    }
    bar.finish();
    id
}

/// Adds members to a group.
pub(crate) async fn add(connection: &mut Connection, group: &str, ids: &[String]) {
    let add = json!([{ "op": "add", "path": "members", "value": member_values(ids) }]);
    let reply = connection.ask(&Ask::patch(format!("/Groups/{group}"), &add)).await;
    assert!(matches!(reply.status, 200 | 204), "{} {}", reply.status, reply.json());
}
