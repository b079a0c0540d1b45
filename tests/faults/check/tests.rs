//! The checker sees what it is there for.

use super::check;
use crate::history::{End, Event, Kind, Members, Seen, What};

fn event(times: (u64, u64), what: What, end: End, seen: Vec<Seen>) -> Event {
    Event { kind: Kind::User, began: times.0, ended: times.1, what, end, seen, calm: false }
}

fn seen(id: &str, version: u64, name: &str, title: Option<&str>) -> Seen {
    let values = [Some(name.to_owned()), title.map(str::to_owned), None, None];
    Seen { id: id.to_owned(), token: format!("t{id}"), version: (version, 0), values, members: None }
}

fn create(times: (u64, u64), id: &str, name: &str) -> Event {
    let what = What::Create { token: format!("t{id}"), name: name.to_owned(), members: [].into() };
    event(times, what, End::Done, vec![seen(id, 1, name, None)])
}

fn change(times: (u64, u64), sets: &[(usize, &str)], end: End, seen: Vec<Seen>) -> Event {
    let sets = sets.iter().map(|(set, value)| (*set, (*value).to_owned())).collect();
    event(times, What::Change { id: "1".to_owned(), sets, members: Members::Same, expected: None }, end, seen)
}

fn get(times: (u64, u64), seen: Seen) -> Event {
    event(times, What::Get { id: seen.id.clone() }, End::Done, vec![seen])
}

fn wrong(events: &[Event], words: &str) {
    let found = check(events);
    assert!(found.iter().any(|found| found.contains(words)), "`{words}` is not in {found:?}");
}

#[test]
fn what_can_be_is_not_complained_of() {
    let events = [
        create((0, 1), "1", "a"),
        change((2, 9), &[(1, "x")], End::Unknown(503), vec![]),
        change((3, 5), &[(1, "y")], End::Done, vec![seen("1", 3, "a", Some("y"))]),
        get((6, 7), seen("1", 3, "a", Some("y"))),
        get((8, 9), seen("1", 4, "a", Some("x"))),
    ];
    assert_eq!(check(&events), Vec::<String>::new());
}

#[test]
fn two_owners_of_a_name() {
    wrong(&[create((0, 1), "1", "a"), create((2, 3), "2", "A")], "two owners");
}

#[test]
fn a_user_who_is_not_found() {
    let look = event((2, 3), What::LookUp { name: "A".to_owned() }, End::Done, vec![]);
    wrong(&[create((0, 1), "1", "a"), look], "not found by its name");
}

#[test]
fn a_lost_change() {
    let events = [
        create((0, 1), "1", "a"),
        change((2, 3), &[(1, "x")], End::Done, vec![seen("1", 2, "a", Some("x"))]),
        get((4, 5), seen("1", 3, "a", None)),
    ];
    wrong(&events, "lost");
}

#[test]
fn two_contents_of_a_version_and_one_that_goes_back() {
    let first = create((0, 1), "1", "a");
    let twice = change((2, 3), &[(1, "x")], End::Done, vec![seen("1", 1, "a", Some("x"))]);
    wrong(&[first.clone(), twice], "two contents");
    let back = [first.clone(), get((2, 3), seen("1", 7, "a", None)), get((4, 5), seen("1", 6, "a", None))];
    wrong(&back, "went back");
}

#[test]
fn a_refused_change_that_is_there() {
    let refused = change((2, 3), &[(1, "x")], End::Refused(409), vec![]);
    wrong(&[create((0, 1), "1", "a"), refused, get((4, 5), seen("1", 2, "a", Some("x")))], "refused");
}

#[test]
fn an_end_without_a_delete_and_a_delete_without_an_end() {
    let first = create((0, 1), "1", "a");
    let missing = event((2, 3), What::Get { id: "1".to_owned() }, End::Refused(404), vec![]);
    wrong(&[first.clone(), missing], "nobody deleted it");
    let deleted = event((2, 3), What::Delete { id: "1".to_owned() }, End::Done, vec![]);
    wrong(&[first, deleted, get((4, 5), seen("1", 1, "a", None))], "there again");
}

#[test]
fn a_list_that_leaves_somebody_out() {
    let list = |prefix: &str| event((2, 3), What::List { prefix: prefix.to_owned() }, End::Done, vec![]);
    for prefix in ["", "A"] {
        wrong(&[create((0, 1), "1", "ab"), list(prefix)], "not listed");
    }
}

#[test]
fn a_name_that_nobody_has_and_nobody_gets() {
    let what = What::Create { token: "t2".to_owned(), name: "b".to_owned(), members: [].into() };
    wrong(&[create((0, 1), "1", "a"), event((2, 3), what, End::Refused(409), vec![])], "nobody had the name");
}

#[test]
fn a_member_who_is_lost() {
    let group = |mut event: Event, members: &[&str]| {
        event.kind = Kind::Group;
        for seen in &mut event.seen {
            seen.members = Some(members.iter().map(|member| (*member).to_owned()).collect());
        }
        event
    };
    let add = Members::Some { add: ["m".to_owned()].into(), remove: [].into() };
    let what = What::Change { id: "1".to_owned(), sets: vec![], members: add, expected: None };
    let added = |end| group(event((2, 3), what.clone(), end, vec![seen("1", 1, "a", None)]), &["m"]);
    let lost = group(get((4, 5), seen("1", 1, "a", None)), &[]);
    let first = group(create((0, 1), "1", "a"), &[]);
    wrong(&[first.clone(), added(End::Done), lost.clone()], "not a member");
    let mut unknown = added(End::Unknown(503));
    unknown.seen.clear();
    assert_eq!(check(&[first, unknown, lost]), Vec::<String>::new());
}
