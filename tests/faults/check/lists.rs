//! Lists: a resource that exists during the whole request is in them, once.

use std::collections::BTreeSet;

use super::lives::Lives;
use super::names::{Hold, holds};
use crate::history::{End, Event, NAME, What, key};

pub(super) fn check(lives: &Lives<'_>, events: &[&Event], wrong: &mut Vec<String>) {
    let holds: Vec<(String, Hold<'_>)> = lives.iter().flat_map(|(token, life)| holds(token, life)).collect();
    for event in events.iter().filter(|event| event.end == End::Done) {
        let What::List { prefix } = &event.what else { continue };
        let listed: BTreeSet<&str> = event.seen.iter().map(|seen| &*seen.token).collect();
        if listed.len() != event.seen.len() {
            wrong.push(format!("listed twice: {event:?}"));
        }
        let fits = |name: &str| key(name).starts_with(&key(prefix));
        if !event.seen.iter().all(|seen| seen.values[NAME].as_deref().is_some_and(fits)) {
            wrong.push(format!("listed by a name that it does not have: {event:?}"));
        }
        let mut missing = |token: &str| {
            if !listed.contains(token) {
                wrong.push(format!("not listed: {token} in {event:?}"));
            }
        };
        if prefix.is_empty() {
            let there = |life: &super::lives::Life<'_>| {
                life.begins().is_some_and(|begins| begins < event.began) && event.ended < life.ends()
            };
            lives.iter().filter(|(_, life)| there(life)).for_each(|(token, _)| missing(token));
        } else {
            let named = holds.iter().filter(|(name, hold)| fits(name) && hold.covers(event));
            named.for_each(|(_, hold)| missing(hold.token));
        }
    }
}
