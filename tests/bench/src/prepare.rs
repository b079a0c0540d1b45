//! Creates what an operation needs before it is measured.

use std::rc::Rc;

use serde_json::json;
use tests::people::{group, member_values};

use crate::client::{Ask, Connection, Target};
use crate::load::{self, NoBar};
use crate::operations::{Needs, Operation};
use crate::world::{PAGE, World, body, member};

/// Connections for the preparation.
const CONNECTIONS: usize = 8;

/// Prepares `operation`, with `stock` resources of a kind that it uses up. Returns false when the
/// server does not offer the operation or lists a wrong number of resources, because a wrong answer
/// is fast.
pub(crate) async fn prepare(target: &Target, world: &Rc<World>, operation: &Operation, stock: usize) -> bool {
    match operation.needs {
        Needs::Nothing => {}
        Needs::Walk => scan(target, world).await,
        Needs::Cursor => {
            let first = Ask::get(format!("/Users?cursor&count={PAGE}"));
            let page = Connection::open(target).await.ask(&first).await.json();
            let Some(cursor) = page["nextCursor"].as_str() else { return false };
            *world.cursor.borrow_mut() = cursor.to_owned();
        }
        Needs::Users => *world.stock.borrow_mut() = users(target, world, stock).await,
        Needs::Groups => {
            let world_of_asks = Rc::clone(world);
            let groups = load::many(target, CONNECTIONS, stock, NoBar, move |_| {
                let number = world_of_asks.fresh();
                let ids: Vec<_> = (0..10).map(member).collect();
                let members = json!({ "members": member_values(&ids) });
                Ask::post("/Groups", group(&format!("gone {number} {}", world_of_asks.run), &members))
            });
            *world.stock.borrow_mut() = groups.await;
        }
        Needs::Members => {
            let ids: Vec<_> = (0..stock).map(|_| format!("leaves-{}-{}", world.run, world.fresh())).collect();
            add(target, &world.large, &ids).await;
            *world.stock.borrow_mut() = ids;
        }
    }
    let Some(resources) = operation.lists else { return true };
    let ask = (operation.ask)(world).expect("nothing is used up by a list");
    let answer = Connection::open(target).await.ask(&ask).await.json();
    answer["Resources"].as_array().map_or(0, Vec::len) == resources
}

/// Prepares `operations` that are sent in turn, on a server that supports them: several need
/// nothing, because each creates what the next one uses up.
pub(crate) async fn ready(target: &Target, world: &Rc<World>, operations: &[&Operation], stock: usize) {
    if let [alone] = operations {
        assert!(prepare(target, world, alone, stock).await, "{}: not done", alone.name);
    }
}

/// Users, each in `world.groups` groups.
async fn users(target: &Target, world: &Rc<World>, stock: usize) -> Vec<String> {
    let world_of_asks = Rc::clone(world);
    let users = load::many(target, CONNECTIONS, stock, NoBar, move |_| {
        let (number, run) = (world_of_asks.fresh(), &world_of_asks.run);
        Ask::post("/Users", body(&format!("gone{number}.{run}@ex.io"), &format!("gone-{number}-{run}")))
    })
    .await;
    let mut connection = Connection::open(target).await;
    for _ in 0..world.groups {
        let name = format!("of the leaving {} {}", world.fresh(), world.run);
        let id = connection.ask(&Ask::post("/Groups", group(&name, &json!({})))).await.id();
        add(target, &id, &users).await;
    }
    users
}

async fn add(target: &Target, group: &str, ids: &[String]) {
    let mut connection = Connection::open(target).await;
    for some in ids.chunks(1_000) {
        load::add(&mut connection, group, some).await;
    }
}

/// Scans all pages by number: the server keeps the start of each next page for ten minutes.
async fn scan(target: &Target, world: &World) {
    let mut connection = Connection::open(target).await;
    let mut start = 1;
    loop {
        let page =
            connection.ask(&Ask::get(format!("/Users?startIndex={start}&count={PAGE}&attributes=id"))).await;
        let page = page.json();
        let total = page["totalResults"].as_u64().unwrap_or_else(|| panic!("no total: {page}")) as usize;
        world.last_page.set(start);
        if start + PAGE > total {
            return;
        }
        start += PAGE;
    }
}
