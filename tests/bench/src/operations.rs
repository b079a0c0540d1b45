//! The operations that are measured, as a table of names and requests.

use serde_json::json;

use crate::client::Ask;
use crate::world::{World, body};

/// One operation.
pub(crate) struct Operation {
    /// What it is called in the report.
    pub(crate) name: &'static str,
    /// The statuses that count as done.
    pub(crate) done: &'static [u16],
    /// The next request.
    pub(crate) ask: fn(&World) -> Ask,
}

/// Reads before writes: what is read is what was loaded. Renames come last: they change
/// the names that the lookups use.
pub(crate) const ALL: [Operation; 9] = [
    Operation { name: "get by id", done: &[200], ask: |world| Ask::get(user(world, world.any())) },
    Operation {
        name: "userName eq, hit",
        done: &[200],
        ask: |world| Ask::get(format!("/Users?filter=userName+eq+%22{}%22", world.name(world.any()))),
    },
    Operation {
        name: "userName eq, miss",
        done: &[200],
        ask: |world| Ask::get(format!("/Users?filter=userName+eq+%22nobody-{}%22", world.fresh())),
    },
    Operation {
        name: "externalId eq",
        done: &[200],
        ask: |world| {
            Ask::get(format!("/Users?filter=externalId+eq+%22{}%22", world.external_id(world.any())))
        },
    },
    Operation {
        name: "list, first page of 100",
        done: &[200],
        ask: |_| Ask::get("/Users?startIndex=1&count=100"),
    },
    Operation {
        name: "PATCH active",
        done: &[200, 204],
        ask: |world| {
            let number = world.any();
            let now = !world.active.borrow()[number];
            world.active.borrow_mut()[number] = now;
            Ask::patch(user(world, number), &json!([{ "op": "Replace", "path": "active", "value": now }]))
        },
    },
    Operation {
        name: "PATCH, no change",
        done: &[200, 204],
        ask: |world| {
            Ask::patch(
                user(world, world.any()),
                &json!([{ "op": "replace", "path": "title", "value": "Guide" }]),
            )
        },
    },
    Operation {
        name: "create",
        done: &[201],
        ask: |world| {
            let number = world.fresh();
            Ask::post(
                "/Users",
                body(&format!("new{number}.{}@ex.io", world.run), &format!("new-{number}-{}", world.run)),
            )
        },
    },
    Operation {
        name: "rename",
        done: &[200, 204],
        ask: |world| {
            let name = format!("renamed{}.{}@ex.io", world.fresh(), world.run);
            Ask::patch(
                user(world, world.any()),
                &json!([{ "op": "replace", "path": "userName", "value": name }]),
            )
        },
    },
];

fn user(world: &World, number: usize) -> String {
    format!("/Users/{}", world.ids[number])
}
