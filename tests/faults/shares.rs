//! How many requests of each kind are done: a service that refuses everything does nothing wrong.

use std::collections::BTreeMap;

use crate::history::{End, Event, Kind, Members, NAME, What};

/// Fewer requests of a kind say nothing of its share.
const ENOUGH: usize = 50;

/// Requests of one kind, by how they ended.
#[derive(Debug, Default)]
struct Share {
    done: usize,
    refused: usize,
    /// Without a clear answer.
    lost: usize,
}

/// By kind of request.
#[derive(Debug)]
pub(crate) struct Shares(BTreeMap<(Kind, &'static str), Share>);

impl Shares {
    /// Of all requests while the table misbehaved.
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

    /// All of them, in words: those done, refused and without a clear answer.
    pub(crate) fn report(&self) -> String {
        let one = |((kind, name), share): (&(Kind, &str), &Share)| {
            let Share { done, refused, lost } = share;
            format!("{kind:?} {name} {done}/{refused}/{lost}")
        };
        self.0.iter().map(one).collect::<Vec<_>>().join(", ")
    }

    /// Whether of each kind at least half is done of those that were not refused, and a tenth of
    /// all: most of the refused want a name that is taken, for which the checker asks a reason.
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
