use serde_json::{Value, json};

use super::patch;
use crate::error::Kind;
use crate::model::resource_type::ResourceType;

use crate::patch::request::{MAX_OPERATIONS, parse};
use crate::patch::tally::MAX_VALUES;
use crate::value::list::MAX_ELEMENTS;

fn operations(count: usize) -> Value {
    json!({ "Operations": vec![json!({ "op": "replace", "path": "title", "value": "x" }); count] })
}

#[test]
fn a_request_holds_so_many_operations_and_no_more() {
    assert_eq!(parse(operations(MAX_OPERATIONS)).unwrap().len(), MAX_OPERATIONS);
    let error = parse(operations(MAX_OPERATIONS + 1)).unwrap_err();
    assert_eq!(error.kind, Kind::InvalidValue);
    assert_eq!(
        error.detail,
        "a PATCH may hold 1000 operations, but holds 1001: send the rest in another one"
    );
}

#[test]
fn a_request_names_so_many_members_and_no_more() {
    let group = ResourceType::group();
    let before = json!({ "displayName": "T" });
    let named =
        |count: usize| -> Vec<Value> { (0..count).map(|n| json!({ "value": n.to_string() })).collect() };
    let sent = |first, second| {
        json!([{ "op": "add", "path": "members", "value": named(first) },
            { "op": "remove", "path": "members", "value": named(second) }])
    };
    assert!(patch(&group, &before, &sent(MAX_VALUES - 1, 1)).is_ok());
    let error = patch(&group, &before, &sent(MAX_VALUES - 1, 2)).unwrap_err();
    assert_eq!(error.kind, Kind::PayloadTooLarge);

    let by_filter = json!([{ "op": "add", "path": "members", "value": named(MAX_VALUES) },
        { "op": "remove", "path": "members[value eq \"a\"]" }]);
    assert_eq!(patch(&group, &before, &by_filter).unwrap_err().kind, Kind::PayloadTooLarge);
}

#[test]
fn a_list_grows_so_far_and_no_further() {
    let user = ResourceType::user();
    let emails: Vec<_> = (0..MAX_ELEMENTS).map(|n| json!({ "value": n.to_string() })).collect();
    let before = json!({ "userName": "ana", "emails": emails });
    for sent in [
        json!([{ "op": "add", "path": "emails", "value": ["one more"] }]),
        json!([{ "op": "add", "path": "emails[type eq \"work\"].value", "value": "one more" }]),
    ] {
        assert_eq!(patch(&user, &before, &sent).unwrap_err().kind, Kind::InvalidValue);
    }
    assert!(
        !patch(&user, &before, &json!([{ "op": "add", "path": "emails", "value": ["7"] }])).unwrap().changed
    );
}

#[test]
fn lists_of_users_and_the_comparisons_of_paths_count_too() {
    let user = ResourceType::user();
    let before = json!({ "userName": "ana" });
    let list = json!({ "op": "replace", "path": "phoneNumbers", "value": vec!["1"; MAX_ELEMENTS] });
    let lists = |count: usize| vec![list.clone(); count];
    assert!(patch(&user, &before, &json!(lists(MAX_VALUES / MAX_ELEMENTS))).is_ok());
    let error = patch(&user, &before, &json!(lists(MAX_VALUES / MAX_ELEMENTS + 1))).unwrap_err();
    assert_eq!(error.kind, Kind::PayloadTooLarge);
    let without_path = json!({ "op": "add", "value": { "phoneNumbers": vec!["1"; MAX_ELEMENTS] } });
    assert!(patch(&user, &before, &json!(vec![without_path; 6])).is_err());

    let filter = vec!["type eq \"x\""; 100].join(" or ");
    let removes = |count: usize| vec![json!({ "op": "remove", "path": format!("emails[{filter}]") }); count];
    assert!(patch(&user, &before, &json!(removes(MAX_VALUES / 100))).is_ok());
    let error = patch(&user, &before, &json!(removes(MAX_VALUES / 100 + 1))).unwrap_err();
    assert_eq!(error.kind, Kind::PayloadTooLarge);
}
