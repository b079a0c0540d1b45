use serde_json::{Value, json};

use super::patch;
use crate::error::Kind;
use crate::model::member::Member;
use crate::model::resource_type::ResourceType;
use crate::patch::members::MemberChange;

#[track_caller]
fn changes(sent: &Value) -> Vec<MemberChange> {
    let patched = patch(&ResourceType::group(), &json!({ "displayName": "T" }), sent).unwrap();
    assert!(
        !patched.changed && !patched.doc.contains_key("members"),
        "members are no part of the stored group"
    );
    patched.members
}

fn member(value: &str) -> Member {
    Member { value: value.to_owned(), kind: None, display: None }
}

fn remove(ids: &[&str]) -> MemberChange {
    MemberChange::Remove(ids.iter().map(|id| (*id).to_owned()).collect())
}

#[test]
fn changes_come_in_the_order_of_the_operations() {
    let sent = json!([
        { "op": "Replace", "path": "members", "value": [{ "value": "a" }] },
        { "op": "Add", "path": "MEMBERS", "value": [{ "value": "b", "type": "User", "display": "B", "$ref": null }] },
        { "op": "Remove", "path": "members", "value": [{ "value": "a" }, "c"] },
        { "op": "Remove", "path": "members[value eq \"b\"]" },
        { "op": "Remove", "path": "members" },
    ]);
    let b = Member { value: "b".to_owned(), kind: Some("User".to_owned()), display: Some("B".to_owned()) };
    assert_eq!(
        changes(&sent),
        [
            MemberChange::Replace(vec![member("a")]),
            MemberChange::Add(vec![b]),
            remove(&["a", "c"]),
            remove(&["b"]),
            MemberChange::Replace(Vec::new()),
        ]
    );
}

#[test]
fn only_a_remove_without_filter_and_value_or_an_empty_replace_empties_a_group() {
    for sent in [
        json!([{ "op": "remove", "path": "members", "value": [] }]),
        json!([{ "op": "add", "path": "members", "value": [] }]),
        json!([{ "op": "add", "path": "members", "value": null }]),
        json!([{ "op": "replace", "value": { "displayName": "T" } }]),
        json!([{ "op": "remove", "path": "members[value eq \"\"]" }]),
    ] {
        assert_eq!(changes(&sent), [], "{sent}");
    }
    for sent in [
        json!([{ "op": "remove", "path": "members" }]),
        json!([{ "op": "remove", "path": "members", "value": null }]),
        json!([{ "op": "replace", "path": "members", "value": [] }]),
        json!([{ "op": "replace", "path": "members", "value": null }]),
        json!([{ "op": "replace", "value": { "members": [] } }]),
    ] {
        assert_eq!(changes(&sent), [MemberChange::Replace(Vec::new())], "{sent}");
    }
}

#[test]
fn a_value_of_another_shape_changes_no_member() {
    for sent in [
        json!("[{\"value\":\"a\"}]"),
        json!("a,b"),
        json!("a"),
        json!(" "),
        json!(""),
        json!(7),
        json!(true),
        json!({}),
        json!([null]),
    ] {
        for operation in [
            json!({ "op": "replace", "path": "members", "value": sent }),
            json!({ "op": "add", "path": "members", "value": sent }),
            json!({ "op": "remove", "path": "members", "value": sent }),
            json!({ "op": "replace", "value": { "members": sent } }),
            json!({ "op": "add", "value": { "members": sent } }),
        ] {
            let error = patch(&ResourceType::group(), &json!({ "displayName": "T" }), &json!([operation]))
                .unwrap_err();
            assert_eq!(error.kind, Kind::InvalidValue, "{operation}");
        }
    }
}

#[test]
fn filters_by_ids_are_recognised() {
    let by = |filter: &str| changes(&json!([{ "op": "remove", "path": format!("members[{filter}]") }]));
    assert_eq!(by("value eq \"a\""), [remove(&["a"])]);
    assert_eq!(by("Value EQ \"a\" or value eq \"b\" or value eq \"a\""), [remove(&["a", "b"])]);
    for filter in
        ["type eq \"User\"", "value eq \"a\" and type eq \"User\"", "value sw \"a\"", "not (value eq \"a\")"]
    {
        assert!(matches!(by(filter)[..], [MemberChange::RemoveWhere(_)]), "{filter}");
    }
}

#[test]
fn a_member_is_added_or_removed_but_never_changed() {
    for sent in [
        json!([{ "op": "replace", "path": "members[value eq \"a\"].display", "value": "x" }]),
        json!([{ "op": "replace", "path": "members[value eq \"a\"]", "value": { "value": "b" } }]),
        json!([{ "op": "add", "path": "members[value eq \"a\"].type", "value": "User" }]),
        json!([{ "op": "replace", "path": "members.value", "value": "b" }]),
        json!([{ "op": "remove", "path": "members.display" }]),
        json!([{ "op": "remove", "path": "members.value" }]),
    ] {
        let error = patch(&ResourceType::group(), &json!({ "displayName": "T" }), &sent).unwrap_err();
        assert_eq!(error.kind, Kind::Mutability, "{sent}");
    }
    let sent = json!([{ "op": "add", "path": "members.value", "value": "a" }]);
    assert_eq!(changes(&sent), [MemberChange::Add(vec![member("a")])], "the value stands for the member");
}
