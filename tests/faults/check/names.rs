//! Unique names: one owner at any time, found by the name, and free when no resource has it.

use std::collections::BTreeMap;

use super::lives::{Life, Lives};
use crate::history::{End, Event, NAME, What, key};

/// A name that a resource had for some time.
#[derive(Debug)]
pub(super) struct Hold<'a> {
    pub(super) token: &'a str,
    pub(super) write: &'a Event,
    /// When it certainly had it; never, if the end is not after the start.
    pub(super) certain: (u64, u64),
    /// When it may have had it.
    possible: (u64, u64),
}

impl Hold<'_> {
    /// Whether it was held during all of `event`.
    pub(super) fn covers(&self, event: &Event) -> bool {
        self.certain.0 < event.began && event.ended < self.certain.1
    }
}

fn name(event: &Event) -> Option<&str> {
    match &event.what {
        What::Create { name, .. } => Some(name),
        What::Change { sets, .. } => sets.iter().find(|(set, _)| *set == NAME).map(|(_, name)| &**name),
        _ => None,
    }
}

/// The names that `life` had.
pub(super) fn holds<'a>(token: &'a str, life: &Life<'a>) -> Vec<(String, Hold<'a>)> {
    // A change that was refused because the resource was gone or at another version may have been
    // applied for a moment: see `overtaken`.
    let refused = life.changes.iter().copied().filter(|event| matches!(event.end, End::Refused(404 | 412)));
    let named: Vec<&Event> = life.writes().chain(refused).filter(|write| name(write).is_some()).collect();
    let deletes = life.deletes.iter().copied().filter(|delete| delete.may_have_happened());
    let enders: Vec<&Event> = named.iter().copied().chain(deletes).collect();
    let hold = |write: &'a Event| {
        let others = || enders.iter().filter(move |ender| !std::ptr::eq(**ender, write));
        let may_end = others().filter(|ender| ender.ended > write.began).map(|ender| ender.began).min();
        let ends =
            others().filter(|ender| ender.is_done() && write.is_before(ender)).map(|ender| ender.ended).min();
        let certain = if write.is_done() { (write.ended, may_end.unwrap_or(u64::MAX)) } else { (0, 0) };
        let possible = (write.began, ends.unwrap_or(u64::MAX));
        Some((key(name(write)?), Hold { token, write, certain, possible }))
    };
    named.iter().copied().filter_map(hold).collect()
}

pub(super) fn check(lives: &Lives<'_>, events: &[&Event], wrong: &mut Vec<String>) {
    let mut owners: BTreeMap<String, Vec<Hold<'_>>> = BTreeMap::new();
    for (token, life) in lives {
        for (name, hold) in holds(token, life) {
            owners.entry(name).or_default().push(hold);
        }
    }
    for holds in owners.values_mut() {
        one_owner(holds, wrong);
    }
    for event in events {
        match (&event.what, event.end) {
            (What::LookUp { name }, End::Done) => {
                looked_up(event, &key(name), owners.get(&key(name)).map_or(&[], Vec::as_slice), wrong);
            }
            (_, End::Refused(409)) => {
                let owners = name(event).and_then(|name| owners.get(&key(name)));
                let met = |hold: &Hold<'_>| {
                    hold.possible.0 < event.ended
                        && hold.possible.1 > event.began
                        && lives.get(hold.token).and_then(|life| life.id) != event.id().or(Some(""))
                };
                if !owners.into_iter().flatten().any(met) {
                    wrong.push(format!("no resource had the name, and it was refused: {event:?}"));
                }
            }
            _ => {}
        }
    }
}

fn one_owner(holds: &mut [Hold<'_>], wrong: &mut Vec<String>) {
    holds.sort_by_key(|hold| hold.certain.0);
    let mut last: Option<&Hold<'_>> = None;
    for hold in holds.iter().filter(|hold| hold.certain.0 < hold.certain.1) {
        if let Some(last) = last
            && last.token != hold.token
            && hold.certain.0 < last.certain.1
        {
            wrong.push(format!("two owners of one name: {:?} and {:?}", last.write, hold.write));
        }
        if last.is_none_or(|last| last.certain.1 < hold.certain.1) {
            last = Some(hold);
        }
    }
}

fn looked_up(event: &Event, name: &str, owners: &[Hold<'_>], wrong: &mut Vec<String>) {
    if event.seen.len() > 1 {
        wrong.push(format!("two have one name: {event:?}"));
    }
    for seen in &event.seen {
        if seen.values[NAME].as_deref().map(key).as_deref() != Some(name) {
            wrong.push(format!("found by a name that it does not have: {event:?}"));
        }
    }
    for hold in owners.iter().filter(|hold| hold.covers(event)) {
        if !event.seen.iter().any(|seen| seen.token == hold.token) {
            wrong.push(format!("not found by its name: {event:?}, of {:?}", hold.write));
        }
    }
}
