//! Memberships: each is a switch that adds, removes and whole lists turn.

use std::collections::{BTreeMap, BTreeSet};

use super::lives::{Life, Lives};
use crate::history::{End, Event, What};

/// One time that a switch was turned, or seen.
struct Turn<'a> {
    event: &'a Event,
    on: bool,
    /// Whether it certainly was.
    certain: bool,
    /// When it was at the latest.
    ended: u64,
}

pub(super) fn check(lives: &Lives<'_>, groups: &[&Event], users: &[&Event], wrong: &mut Vec<String>) {
    let mut leaving: BTreeMap<&str, Vec<&Event>> = BTreeMap::new();
    for event in users {
        if let What::Delete { id } = &event.what
            && event.may_have_happened()
        {
            leaving.entry(id).or_default().push(event);
        }
    }
    let mut asked: BTreeMap<&str, Vec<&Event>> = BTreeMap::new();
    for event in groups {
        if let (What::Ask { id, .. }, End::Done) = (&event.what, event.end) {
            asked.entry(id).or_default().push(event);
        }
    }
    for life in lives.values() {
        let asked = life.id.and_then(|id| asked.get(id)).map_or(&[][..], Vec::as_slice);
        for member in everybody(life) {
            let gone = leaving.get(member).map_or(&[][..], Vec::as_slice);
            switch(life, member, asked, gone, wrong);
        }
    }
}

/// All that were ever named.
fn everybody<'a>(life: &Life<'a>) -> BTreeSet<&'a str> {
    let named = life.writes().flat_map(|event| -> Box<dyn Iterator<Item = &'a String>> {
        match &event.what {
            What::Create { members, .. } => Box::new(members.iter()),
            What::Change { members: crate::history::Members::Some { add, remove }, .. } => {
                Box::new(add.iter().chain(remove))
            }
            What::Change { members: crate::history::Members::Whole(list), .. } => Box::new(list.iter()),
            _ => Box::new(std::iter::empty()),
        }
    });
    let seen = life.seen.iter().flat_map(|(_, seen)| seen.members.iter().flatten());
    named.chain(seen).map(String::as_str).collect()
}

/// What `event` makes of `member`, if anything.
fn turn<'a>(event: &'a Event, member: &str) -> Option<Turn<'a>> {
    let on = match &event.what {
        What::Create { members, .. } => Some(members.contains(member)),
        What::Change { members, .. } => members.of(member),
        _ => None,
    };
    Some(Turn { event, on: on?, certain: event.is_done(), ended: event.ended })
}

fn switch(life: &Life<'_>, member: &str, asked: &[&Event], gone: &[&Event], wrong: &mut Vec<String>) {
    // Memberships are written first, or may be overtaken: what is refused then may have been seen.
    let refused = |event: &&Event| matches!(event.end, End::Refused(404 | 412));
    let changes = life.writes().chain(life.changes.iter().copied().filter(refused));
    let mut turns: Vec<Turn<'_>> = changes.filter_map(|event| turn(event, member)).collect();
    // Who is deleted leaves, now or when a sweep comes by.
    let swept = gone.iter().map(|event| Turn { event, on: false, certain: false, ended: u64::MAX });
    turns.extend(swept);
    let mut reads: Vec<(&Event, bool)> = life
        .seen
        .iter()
        .filter_map(|(event, seen)| Some((*event, seen.members.as_ref()?.contains(member))))
        .collect();
    for event in asked {
        let What::Ask { member: about, .. } = &event.what else { continue };
        // Of a group that may be gone nobody is a member.
        if about == member && (!event.seen.is_empty() || event.ended < life.ends()) {
            reads.push((event, !event.seen.is_empty()));
        }
    }
    for (read, on) in reads {
        let undone = turns.iter().filter(|turn| turn.certain && turn.on != on && turn.ended < read.began);
        let undone = undone.max_by_key(|turn| turn.event.began);
        let explains = |turn: &&Turn<'_>| {
            turn.on == on
                && turn.event.began < read.ended
                && undone.is_none_or(|undone| turn.ended >= undone.event.began)
        };
        if !turns.iter().any(|turn| explains(&turn)) {
            let is = if on { "is" } else { "is not" };
            let told: Vec<String> = turns.iter().map(|turn| format!("{:?}", turn.event)).collect();
            wrong.push(format!("`{member}` {is} a member in {read:?}, of\n  {}", told.join("\n  ")));
        }
    }
}
