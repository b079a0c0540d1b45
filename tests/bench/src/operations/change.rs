//! Changing users.

use super::{Needs, Operation, set, user};
use crate::client::Ask;
use crate::world::body;

pub(super) const ALL: [Operation; 5] = [
    Operation {
        name: "PATCH active",
        done: &[200, 204],
        needs: Needs::Nothing,
        lists: None,
        ask: |world| {
            let number = world.any();
            let now = !world.active.borrow()[number];
            world.active.borrow_mut()[number] = now;
            Some(Ask::patch(user(world, number), &set("active", now)))
        },
    },
    Operation {
        name: "PATCH, no change",
        done: &[200, 204],
        needs: Needs::Nothing,
        lists: None,
        ask: |world| Some(Ask::patch(user(world, world.any()), &set("title", "Guide"))),
    },
    Operation {
        name: "create user",
        done: &[201],
        needs: Needs::Nothing,
        lists: None,
        ask: |world| {
            let (number, run) = (world.fresh(), &world.run);
            Some(Ask::post(
                "/Users",
                body(&format!("new{number}.{run}@ex.io"), &format!("new-{number}-{run}")),
            ))
        },
    },
    Operation {
        name: "delete user in groups",
        done: &[204],
        needs: Needs::Users,
        lists: None,
        ask: |world| Some(Ask::delete(format!("/Users/{}", world.stock.borrow_mut().pop()?))),
    },
    Operation {
        name: "rename",
        done: &[200, 204],
        needs: Needs::Nothing,
        lists: None,
        ask: |world| {
            let name = format!("renamed{}.{}@ex.io", world.fresh(), world.run);
            Some(Ask::patch(user(world, world.any()), &set("userName", name)))
        },
    },
];
