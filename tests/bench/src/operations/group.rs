//! Changing groups.

use serde_json::json;
use tests::people::member_values;

use super::{Needs, Operation, changed};
use crate::client::Ask;
use crate::world::{World, member};

/// Members added by one request.
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
            // The form of RFC 7644 §3.5.2.2; few servers know Entra's form, a value
            // next to the path.
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
            // Over many groups: a request that replaces a list while another one does
            // has to start again.
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
