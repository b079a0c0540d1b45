//! Changing groups.

use serde_json::json;
use tests::people::member_values;

use super::{Needs, Operation, changed};
use crate::client::Ask;
use crate::world::{World, member};

/// Members that come at once.
const MANY: usize = 1_000;

pub(super) const ALL: [Operation; 6] = [
    Operation {
        name: "add 1 member",
        done: &[200, 204],
        needs: Needs::Nothing,
        lists: None,
        ask: |world| {
            let ids = fresh(world, 1);
            Some(Ask { joins: ids.first().cloned(), ..add(world, &ids) })
        },
    },
    Operation {
        name: "remove 1 member",
        done: &[200, 204],
        needs: Needs::Members,
        lists: None,
        ask: |world| {
            let member = world.stock.borrow_mut().pop()?;
            // As RFC 7644 §3.5.2.2 has it; Entra's form, a value beside the path, few servers know.
            let remove = json!([{ "op": "remove", "path": format!("members[value eq \"{member}\"]") }]);
            Some(Ask::patch(changed(world, &world.large), &remove))
        },
    },
    Operation {
        name: "add a member who is one",
        done: &[200, 204],
        needs: Needs::Nothing,
        lists: None,
        ask: |world| {
            let member = member(fastrand::usize(..world.members));
            let add = json!([{ "op": "Add", "path": "members", "value": [{ "value": member }] }]);
            Some(Ask::patch(changed(world, &world.large), &add))
        },
    },
    Operation {
        name: "add 1,000 members",
        done: &[200, 204],
        needs: Needs::Nothing,
        lists: None,
        ask: |world| Some(add(world, &fresh(world, MANY))),
    },
    Operation {
        name: "replace all by 1,000",
        done: &[200, 204],
        needs: Needs::Groups,
        lists: None,
        ask: |world| {
            let first = world.fresh();
            // Of many groups: who replaces a list that is being replaced has to do it again.
            let stock = world.stock.borrow();
            let group = stock.get(first % stock.len().max(1))?;
            let ids: Vec<_> = (first..first + MANY).map(member).collect();
            let all = json!([{ "op": "replace", "path": "members", "value": member_values(&ids) }]);
            Some(Ask::patch(changed(world, group), &all))
        },
    },
    Operation {
        name: "delete group of 10",
        done: &[204],
        needs: Needs::Groups,
        lists: None,
        ask: |world| Some(Ask::delete(format!("/Groups/{}", world.stock.borrow_mut().pop()?))),
    },
];

fn fresh(world: &World, count: usize) -> Vec<String> {
    (0..count).map(|_| format!("fresh-{}-{}", world.run, world.fresh())).collect()
}

fn add(world: &World, ids: &[String]) -> Ask {
    let add = json!([{ "op": "Add", "path": "members", "value": member_values(ids) }]);
    Ask::patch(changed(world, &world.large), &add)
}
