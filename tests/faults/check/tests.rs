//! The checker finds each violation that it is made for.

mod members;

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

fn look_up(name: &str, seen: Vec<Seen>) -> Event {
    event((2, 3), What::LookUp { name: name.to_owned() }, End::Done, seen)
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

/// The rename was applied, and the delete came before its answer.
#[test]
fn a_rename_that_was_refused_because_the_user_was_gone_may_have_freed_the_name() {
    let renamed = change((2, 9), &[(0, "b")], End::Refused(404), vec![]);
    let deleted = event((6, 7), What::Delete { id: "1".to_owned() }, End::Done, vec![]);
    let events = [create((0, 1), "1", "a"), renamed, create((3, 5), "2", "a"), deleted];
    assert_eq!(check(&events), Vec::<String>::new());
}

#[test]
fn a_user_who_is_not_found() {
    wrong(&[create((0, 1), "1", "a"), look_up("A", vec![])], "not found by its name");
}

#[test]
fn a_user_who_is_found_by_the_name_of_another_and_two_who_are_found() {
    let (a, b) = (seen("1", 1, "a", None), seen("2", 1, "b", None));
    let both = [create((0, 1), "1", "a"), create((0, 1), "2", "b")];
    let found = |seen| [&both[..], &[look_up("b", seen)]].concat();
    wrong(&found(vec![a.clone()]), "found by a name that it does not have");
    wrong(&found(vec![a, b]), "two have one name");
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
    let there = get((4, 5), seen("1", 2, "a", Some("x")));
    wrong(&[create((0, 1), "1", "a"), refused, there], "it was refused, ");
}

#[test]
fn a_refused_create_that_is_there() {
    let mut refused = create((0, 1), "1", "a");
    (refused.end, refused.seen) = (End::Refused(409), vec![]);
    wrong(&[refused, get((2, 3), seen("1", 1, "a", None))], "its create was refused");
}

#[test]
fn a_version_that_was_refused_and_is_still_there() {
    let mut refused = change((2, 3), &[(1, "x")], End::Refused(412), vec![]);
    let What::Change { expected, .. } = &mut refused.what else { panic!("a change") };
    *expected = Some((1, 0));
    let events = [create((0, 1), "1", "a"), refused, get((4, 5), seen("1", 1, "a", None))];
    wrong(&events, "refused for its version");
}

#[test]
fn a_value_from_nowhere_and_one_from_the_future() {
    let first = create((0, 1), "1", "a");
    let early = get((2, 3), seen("1", 2, "a", Some("x")));
    wrong(&[first.clone(), early.clone()], "that was never written");
    let written = change((4, 5), &[(1, "x")], End::Done, vec![seen("1", 2, "a", Some("x"))]);
    wrong(&[first, early, written], "seen before it was written");
}

#[test]
fn a_create_that_makes_two_and_a_resource_without_a_create() {
    let mut other = seen("2", 1, "a", None);
    other.token = "t1".to_owned();
    wrong(&[create((0, 1), "1", "a"), get((2, 3), other)], "one create, two resources");
    wrong(&[get((2, 3), seen("1", 1, "a", None))], "that was never created");
}

#[test]
fn an_answer_without_a_reason() {
    let answered = |end| [create((0, 1), "1", "a"), change((2, 3), &[(1, "x")], end, vec![])];
    let words = "an answer that nothing explains";
    wrong(&answered(End::Unknown(500)), words);
    wrong(&answered(End::Refused(400)), words);
    // The request required no version.
    wrong(&answered(End::Refused(412)), words);
    let mut calm = answered(End::Unknown(503));
    assert_eq!(check(&calm), Vec::<String>::new());
    calm[1].calm = true;
    wrong(&calm, words);
}

#[test]
fn an_end_without_a_delete_and_a_delete_without_an_end() {
    let first = create((0, 1), "1", "a");
    let missing = event((2, 3), What::Get { id: "1".to_owned() }, End::Refused(404), vec![]);
    wrong(&[first.clone(), missing], "it was never deleted");
    let deleted = event((2, 3), What::Delete { id: "1".to_owned() }, End::Done, vec![]);
    wrong(&[first.clone(), deleted.clone(), get((4, 5), seen("1", 1, "a", None))], "there again");
    wrong(&[first, deleted.clone(), deleted], "deleted twice");
}

#[test]
fn a_list_with_a_missing_a_repeated_or_a_wrong_resource() {
    let list = |prefix: &str, seen: &[Seen]| {
        let list = event((2, 3), What::List { prefix: prefix.to_owned() }, End::Done, seen.to_vec());
        [create((0, 1), "1", "ab"), list]
    };
    let ab = seen("1", 1, "ab", None);
    for prefix in ["", "A"] {
        assert_eq!(check(&list(prefix, std::slice::from_ref(&ab))), Vec::<String>::new());
        wrong(&list(prefix, &[]), "not listed");
        wrong(&list(prefix, &[ab.clone(), ab.clone()]), "listed twice");
    }
    wrong(&list("b", &[ab]), "listed by a name that it does not have");
}

#[test]
fn a_name_that_is_refused_as_taken_but_has_no_owner() {
    let what = What::Create { token: "t2".to_owned(), name: "b".to_owned(), members: [].into() };
    wrong(
        &[create((0, 1), "1", "a"), event((2, 3), what, End::Refused(409), vec![])],
        "no resource had the name",
    );
}
