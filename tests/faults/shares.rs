//! The share of requests of each kind that succeed: a service that refuses everything would pass
//! the checker.

use std::collections::BTreeMap;

use crate::history::{End, Event, Kind, Members, NAME, What};

/// With fewer requests of a kind, its share means nothing.
const ENOUGH: usize = 50;

/// Requests of one kind, by result.
#[derive(Debug, Default)]
struct Share {
    done: usize,
    refused: usize,
    /// Without a clear response.
    lost: usize,
}

/// By kind of request.
#[derive(Debug)]
pub(crate) struct Shares(BTreeMap<(Kind, &'static str), Share>);

impl Shares {
    /// All requests while the table had faults.
    pub(crate) fn of(histories: &[Vec<Event>]) -> Self {
        let mut shares: BTreeMap<_, Share> = BTreeMap::new();
        for event in histories.iter().flatten().filter(|event| !event.calm) {
            let share = shares.entry((event.kind, name(&event.what))).or_default();
            match event.end {
                End::Done => share.done += 1,
                End::Refused(_) => share.refused += 1,
                End::Unknown(_) => share.lost += 1,
            }
        }
        Self(shares)
    }

    /// The figures as text: succeeded, refused and without a clear response.
    pub(crate) fn report(&self) -> String {
        let one = |((kind, name), share): (&(Kind, &str), &Share)| {
            let Share { done, refused, lost } = share;
            format!("{kind:?} {name} {done}/{refused}/{lost}")
        };
        self.0.iter().map(one).collect::<Vec<_>>().join(", ")
    }

    /// Whether of each kind at least half of the requests that were not refused succeeded, and
    /// a tenth of all: most refused requests want a name that is taken, which the checker
    /// verifies.
    pub(crate) fn suffice(&self) -> bool {
        self.0.values().all(|Share { done, refused, lost }| {
            done + lost < ENOUGH || done > lost && done * 10 > done + refused + lost
        })
    }
}

fn name(what: &What) -> &'static str {
    match what {
        What::Create { .. } => "create",
        What::Change { members: Members::Some { .. }, .. } => "members",
        What::Change { members: Members::Whole(_), .. } => "whole list",
        What::Change { sets, .. } if sets.iter().any(|(set, _)| *set == NAME) => "rename",
        What::Change { .. } => "change",
        What::Delete { .. } => "delete",
        What::Get { .. } => "get",
        What::LookUp { .. } => "look-up",
        What::List { .. } => "list",
        What::Ask { .. } => "ask",
    }
}
