//! Memberships: each state of a switch needs a reason.

use super::{check, create, event, get, seen, wrong};
use crate::history::{End, Event, Kind, Members, What};

/// Whether `m` is a member of the group in the answer, if there is a group in it.
fn group(mut event: Event, on: bool) -> Event {
    event.kind = Kind::Group;
    for seen in &mut event.seen {
        seen.members = Some(on.then(|| "m".to_owned()).into_iter().collect());
    }
    event
}

fn first() -> Event {
    group(create((0, 1), "1", "a"), false)
}

fn read(times: (u64, u64), on: bool) -> Event {
    group(get(times, seen("1", 1, "a", None)), on)
}

/// An add or a removal of `m`.
fn turn(times: (u64, u64), on: bool, end: End) -> Event {
    let m = || ["m".to_owned()].into();
    let members = match on {
        true => Members::Some { add: m(), remove: [].into() },
        false => Members::Some { add: [].into(), remove: m() },
    };
    let what = What::Change { id: "1".to_owned(), sets: vec![], members, expected: None };
    let answered = if end == End::Done { vec![seen("1", 1, "a", None)] } else { vec![] };
    group(event(times, what, end, answered), on)
}

/// A request whether `m` is a member.
fn ask(times: (u64, u64), on: bool) -> Event {
    let what = What::Ask { id: "1".to_owned(), member: "m".to_owned() };
    let mut found = seen("1", 1, "a", None);
    found.members = None;
    Event { kind: Kind::Group, ..event(times, what, End::Done, on.then_some(found).into_iter().collect()) }
}

const LOST: End = End::Unknown(503);

#[test]
fn what_can_be_is_not_complained_of() {
    let events = [
        first(),
        turn((2, 9), true, LOST),
        turn((3, 10), false, LOST),
        turn((4, 5), true, End::Done),
        read((4, 5), false),
        read((6, 7), false),
        ask((8, 11), true),
        ask((9, 12), false),
        read((13, 14), false),
    ];
    assert_eq!(check(&events), Vec::<String>::new());
    let never = [first(), turn((2, 3), true, LOST), read((4, 5), false), ask((6, 7), false)];
    assert_eq!(check(&never), Vec::<String>::new());
}

#[test]
fn a_member_who_is_lost() {
    for look in [read, ask] {
        let events = [first(), turn((2, 3), true, End::Done), look((4, 5), false)];
        wrong(&events, "`m` is not a member");
    }
}

#[test]
fn a_member_that_no_request_added() {
    for look in [read, ask] {
        wrong(&[first(), turn((4, 5), true, End::Done), look((2, 3), true)], "`m` is a member");
        let removed =
            [first(), turn((2, 3), true, End::Done), turn((4, 5), false, End::Done), look((6, 7), true)];
        wrong(&removed, "`m` is a member");
    }
}

#[test]
fn a_member_who_was_seen_and_vanishes() {
    for look in [read, ask] {
        let events = [first(), turn((2, 3), true, LOST), look((4, 5), true), look((6, 7), false)];
        wrong(&events, "`m` is not a member");
    }
}

#[test]
fn a_member_who_comes_and_goes_when_nothing_moves_any_more() {
    let both = [first(), turn((2, 9), true, End::Done), turn((3, 9), false, End::Done)];
    for on in [true, false] {
        let events = [&both[..], &[read((10, 11), on), read((12, 13), !on)]].concat();
        wrong(&events, if on { "`m` is not a member" } else { "`m` is a member" });
    }
}

/// The whole list is `m` alone, or empty.
fn whole(times: (u64, u64), on: bool) -> Event {
    let mut event = turn(times, on, End::Done);
    let What::Change { members, .. } = &mut event.what else { panic!("a change") };
    *members = Members::Whole(on.then(|| "m".to_owned()).into_iter().collect());
    event
}

/// The group's members are at `version` in the answer.
fn at(version: u64, mut event: Event) -> Event {
    event.seen[0].version.1 = version;
    event
}

#[test]
fn a_member_who_is_lost_to_a_list_that_was_replaced_before() {
    let events = |replacing| {
        let added = at(2, turn((2, 9), true, End::Done));
        [first(), added, at(replacing, whole((2, 9), false)), at(3, read((10, 11), false))]
    };
    assert_eq!(check(&events(3)), Vec::<String>::new());
    wrong(&events(1), "`m` is not a member");
}

#[test]
fn an_answer_that_was_read_after_others_had_replaced_the_list_says_nothing_of_its_own() {
    let emptied = group(at(6, whole((2, 9), false)), true);
    let events = [first(), at(5, whole((2, 9), true)), emptied, at(6, read((10, 11), true))];
    assert_eq!(check(&events), Vec::<String>::new());
}
