//! Fills the directory before anything is measured.

use std::cell::Cell;
use std::rc::Rc;

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use tests::people::{group, member_values};

use crate::client::{Ask, Connection, Target};
use crate::world::{World, body};

/// Creates `count` users on some connections.
pub(crate) async fn users(target: &Target, run: &str, count: usize, connections: usize) -> World {
    let bar = ProgressBar::new(count as u64);
    let style = "loading users {wide_bar} {pos}/{len} {per_sec} {eta}";
    bar.set_style(ProgressStyle::with_template(style).expect("a template"));
    let next = Rc::new(Cell::new(0));
    let world = Rc::new(World::new(run.to_owned(), Vec::new()));
    let set = tokio::task::LocalSet::new();
    let tasks: Vec<_> = (0..connections)
        .map(|_| {
            let (target, next, world, bar) =
                (target.clone(), Rc::clone(&next), Rc::clone(&world), bar.clone());
            set.spawn_local(async move {
                let (mut connection, mut created) = (Connection::open(&target).await, Vec::new());
                while next.get() < count {
                    let number = next.get();
                    next.set(number + 1);
                    let user = body(&world.name(number), &world.external_id(number));
                    created.push((number, connection.ask(&Ask::post("/Users", user)).await.id()));
                    bar.inc(1);
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
    bar.finish();
    created.sort();
    World::new(run.to_owned(), created.into_iter().map(|(_, id)| id).collect())
}

/// Creates a group of `size` members; its id.
pub(crate) async fn group_of(target: &Target, run: &str, size: usize) -> String {
    let ids: Vec<_> = (0..size).map(|number| format!("01950000-0000-7000-8000-{number:012}")).collect();
    let body = group(&format!("group of {size} {run}"), &json!({ "members": member_values(&ids) }));
    let path = "/Groups?attributes=displayName";
    Connection::open(target).await.ask(&Ask::post(path, body)).await.id()
}
