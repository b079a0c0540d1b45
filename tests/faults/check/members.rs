//! Memberships: each is a switch that adds, removes and whole lists change.

use std::collections::{BTreeMap, BTreeSet};

use super::lives::{Life, Lives};
use crate::history::{End, Event, Members, What};

/// One change or observation of a switch.
struct Turn<'a> {
    event: &'a Event,
    on: bool,
    /// Whether it certainly happened.
    certain: bool,
    /// The latest time at which it happened.
    ended: u64,
}

impl Turn<'_> {
    /// The group's member version in the response, if it is certain.
    fn version(&self) -> Option<u64> {
        Some(self.event.seen.first().filter(|_| self.certain)?.version.1)
    }

    /// A version at or after which `member` had this state. A response may contain members that
    /// were read later than they were changed, and then other clients' lists are in it.
    fn stands_at(&self, member: &str) -> Option<u64> {
        let What::Change { sets, members, expected: None, .. } = &self.event.what else { return None };
        let stands = match &self.event.seen.first()?.members {
            Some(shown) => shown.contains(member) == self.on,
            None => matches!(members, Members::Some { .. }),
        };
        self.version().filter(|_| sets.is_empty() && stands)
    }

    /// The version before which a new list last replaced the whole old one.
    fn replaced_by(&self) -> Option<u64> {
        match &self.event.what {
            What::Change { members: Members::Whole(_), .. } => self.version(),
            _ => None,
        }
    }
}

/// Numbers that grow with time: for each moment the highest one known by then.
struct Highest(Vec<(u64, u64)>);

impl Highest {
    /// From pairs of a moment and a number.
    fn new(pairs: impl Iterator<Item = (u64, u64)>) -> Self {
        let mut pairs: Vec<(u64, u64)> = pairs.collect();
        pairs.sort_unstable();
        let mut highest = 0;
        for (_, number) in &mut pairs {
            highest = highest.max(*number);
            *number = highest;
        }
        Self(pairs)
    }

    fn before(&self, moment: u64) -> Option<u64> {
        let upto = self.0.partition_point(|(known, _)| *known < moment);
        upto.checked_sub(1).map(|last| self.0[last].1)
    }
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

/// All members that were ever named.
fn everybody<'a>(life: &Life<'a>) -> BTreeSet<&'a str> {
    let named = life.writes().flat_map(|event| -> Box<dyn Iterator<Item = &'a String>> {
        match &event.what {
            What::Create { members, .. } => Box::new(members.iter()),
            What::Change { members: Members::Some { add, remove }, .. } => Box::new(add.iter().chain(remove)),
            What::Change { members: Members::Whole(list), .. } => Box::new(list.iter()),
            _ => Box::new(std::iter::empty()),
        }
    });
    let seen = life.seen.iter().flat_map(|(_, seen)| seen.members.iter().flatten());
    named.chain(seen).map(String::as_str).collect()
}

/// How `event` changes `member`, if it does.
fn turn<'a>(event: &'a Event, member: &str) -> Option<Turn<'a>> {
    let on = match &event.what {
        What::Create { members, .. } => Some(members.contains(member)),
        What::Change { members, .. } => members.of(member),
        _ => None,
    };
    Some(Turn { event, on: on?, certain: event.is_done(), ended: event.ended })
}

fn switch(life: &Life<'_>, member: &str, asked: &[&Event], gone: &[&Event], wrong: &mut Vec<String>) {
    // Memberships are written first, and other requests may overtake: even refused changes may
    // have been seen.
    let refused = |event: &&Event| matches!(event.end, End::Refused(404 | 412));
    let changes = life.writes().chain(life.changes.iter().copied().filter(refused));
    let mut turns: Vec<Turn<'_>> = changes.filter_map(|event| turn(event, member)).collect();
    // A deleted user leaves, at once or with a later sweep.
    let swept = gone.iter().map(|event| Turn { event, on: false, certain: false, ended: u64::MAX });
    turns.extend(swept);
    let mut reads: Vec<(&Event, bool)> = life
        .seen
        .iter()
        .filter_map(|(event, seen)| Some((*event, seen.members.as_ref()?.contains(member))))
        .collect();
    for event in asked {
        let What::Ask { member: about, .. } = &event.what else { continue };
        // A group that may have been deleted has no members.
        if about == member && (!event.seen.is_empty() || event.ended < life.ends()) {
            reads.push((event, !event.seen.is_empty()));
        }
    }
    // For each state: when it was certainly set or seen, by the start of that event, and the
    // version at which it certainly held.
    let [ons, offs] = [true, false].map(|on| {
        let turned = || turns.iter().filter(move |turn| turn.certain && turn.on == on);
        let times = turned().map(|turn| (turn.ended, turn.event.began));
        let seen = reads.iter().filter(|(_, seen)| *seen == on).map(|(read, _)| (read.ended, read.began));
        let versions = turned().filter_map(|turn| Some((turn.ended, turn.stands_at(member)?)));
        (Highest::new(times.chain(seen)), Highest::new(versions))
    });
    for (read, on) in reads {
        // It had the other state, and no longer: a later event changed it, and it was not
        // read from a list of an older version.
        let (times, versions) = if on { &offs } else { &ons };
        let (undone, stood) = (times.before(read.began), versions.before(read.began));
        let explains = |turn: &&Turn<'_>| {
            turn.on == on
                && turn.event.began < read.ended
                && undone.is_none_or(|undone| turn.ended >= undone)
                && turn.replaced_by().zip(stood).is_none_or(|(replaced, stood)| replaced >= stood)
        };
        if !turns.iter().any(|turn| explains(&turn)) {
            let is = if on { "is" } else { "is not" };
            let events: Vec<String> = turns.iter().map(|turn| format!("{:?}", turn.event)).collect();
            wrong.push(format!("`{member}` {is} a member in {read:?}, of\n  {}", events.join("\n  ")));
        }
    }
}
