//! Reading: one resource, a lookup, a page.

use super::{Needs, Operation, user, without_members};
use crate::client::Ask;
use crate::world::PAGE;

pub(super) const ALL: [Operation; 9] = [
    Operation {
        name: "get user",
        done: &[200],
        needs: Needs::Nothing,
        lists: None,
        ask: |world| Some(Ask::get(user(world, world.any()))),
    },
    Operation {
        name: "userName eq, hit",
        done: &[200],
        needs: Needs::Nothing,
        lists: Some(1),
        ask: |world| Some(Ask::get(format!("/Users?filter=userName+eq+%22{}%22", world.name(world.any())))),
    },
    Operation {
        name: "userName eq, miss",
        done: &[200],
        needs: Needs::Nothing,
        lists: Some(0),
        ask: |world| Some(Ask::get(format!("/Users?filter=userName+eq+%22nobody-{}%22", world.fresh()))),
    },
    Operation {
        name: "externalId eq",
        done: &[200],
        needs: Needs::Nothing,
        lists: Some(1),
        ask: |world| {
            Some(Ask::get(format!("/Users?filter=externalId+eq+%22{}%22", world.external_id(world.any()))))
        },
    },
    Operation {
        name: "first page of 100",
        done: &[200],
        needs: Needs::Nothing,
        lists: Some(PAGE),
        ask: |_| Some(Ask::get(format!("/Users?startIndex=1&count={PAGE}"))),
    },
    Operation {
        name: "last page, after a walk",
        done: &[200],
        needs: Needs::Walk,
        lists: Some(PAGE),
        ask: |world| Some(Ask::get(format!("/Users?startIndex={}&count={PAGE}", world.last_page.get()))),
    },
    Operation {
        name: "page by cursor",
        done: &[200],
        needs: Needs::Cursor,
        lists: Some(PAGE),
        ask: |world| Some(Ask::get(format!("/Users?cursor={}&count={PAGE}", world.cursor.borrow()))),
    },
    Operation {
        name: "get group without members",
        done: &[200],
        needs: Needs::Nothing,
        lists: None,
        ask: |world| Some(Ask::get(without_members(&world.large))),
    },
    Operation {
        name: "get small group",
        done: &[200],
        needs: Needs::Nothing,
        lists: None,
        ask: |world| Some(Ask::get(format!("/Groups/{}", world.small))),
    },
];
