use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::patch;
use crate::model::doc::Doc;
use crate::model::resource_type::ResourceType;
use crate::model::schema::ENTERPRISE_USER;
use crate::patch::request::parse;
use crate::read;
use crate::value::shape::is_empty;

/// Any JSON, with a preference for names and values that have a meaning.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,6}".prop_map(Value::from),
        word().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((word(), inner), 0..5)
                .prop_map(|pairs| Value::Object(Map::from_iter(pairs))),
        ]
    })
}

fn word() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "userName",
        "USERNAME",
        "name",
        "name.givenName",
        "givenName",
        "emails",
        "emails.value",
        "value",
        "type",
        "primary",
        "display",
        "active",
        "True",
        "work",
        "roles",
        "manager",
        "members",
        "displayName",
        "$ref",
        "id",
        "schemas",
        "password",
        "groups",
        "addresses",
        "locality",
        ENTERPRISE_USER,
        "op",
        "path",
        "Operations",
        "add",
        "Replace",
        "remove",
        "emails[type eq \"work\"]",
        "emails[type eq \"work\"].value",
        "members[value eq \"a\"]",
        "roles[primary eq \"True\"].value",
        "{\"value\":\"Admin\"}",
        "x509Certificates",
        "externalId",
        "",
        "urn:ietf:params:scim:schemas:core:2.0:User",
        "urn:ietf:params:scim:schemas:core:2.0:User:emails",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager",
    ]);
    prop_oneof![4 => known.prop_map(str::to_owned), 1 => ".{0,8}"]
}

fn any_operation(ops: &'static [&'static str]) -> impl Strategy<Value = Value> {
    (prop::sample::select(ops), prop::option::of(word()), prop::option::of(any_json())).prop_map(
        |(op, path, value)| {
            let mut operation = Map::from_iter([("op".to_owned(), json!(op))]);
            operation.extend(path.map(|path| ("path".to_owned(), json!(path))));
            operation.extend(value.map(|value| ("value".to_owned(), value)));
            Value::Object(operation)
        },
    )
}

/// Distinct elements, none of which is in [`resource`].
fn new_elements() -> impl Strategy<Value = Vec<Value>> {
    let types = prop::sample::select(vec![None, Some("work"), Some("home")]);
    prop::collection::btree_map("[a-z]{1,4}@new", (types, any::<bool>()), 1..5).prop_map(|elements| {
        let elements = elements.into_iter().map(|(value, (kind, shown))| {
            let mut element = json!({ "value": value });
            element.as_object_mut().unwrap().extend(kind.map(|kind| ("type".to_owned(), json!(kind))));
            if shown {
                element["display"] = json!("shown");
            }
            element
        });
        elements.collect()
    })
}

fn resource() -> Value {
    json!({ "userName": "ana", "title": "x", "active": true, "name": { "givenName": "Ana" },
        "emails": [{ "value": "a@there", "type": "work", "primary": true }, { "value": "b@there", "type": "home" }],
        "roles": [{ "value": "User" }], ENTERPRISE_USER: { "department": "R&D", "manager": { "value": "u-1" } } })
}

/// Whether `doc` is in normal form: canonical names, and no empty values.
fn is_normal(kind: &ResourceType, doc: &Doc) -> bool {
    doc.iter().all(|(name, value)| {
        let rows = match kind.extension(name) {
            Some(extension) if extension.schema.id == *name => {
                let Value::Object(object) = value else { return false };
                return !object.is_empty()
                    && object.iter().all(|(name, value)| {
                        extension
                            .schema
                            .attribute(name)
                            .is_some_and(|row| row.name == *name && is_valued(row, value))
                    });
            }
            _ => kind.attribute(name),
        };
        let derived = ["schemas", "id", "meta", "groups", "password", "members"].contains(&name.as_str());
        !derived && rows.is_some_and(|row| row.name == *name && is_valued(row, value))
    })
}

fn is_valued(row: &crate::model::attribute::Attribute, value: &Value) -> bool {
    let parts = |value: &Value| match value {
        Value::Object(parts) => {
            !parts.is_empty()
                && parts.iter().all(|(name, part)| {
                    row.sub(name).is_some_and(|sub| sub.name == *name) && !is_empty(part) && !part.is_object()
                })
        }
        simple => row.sub_attributes.is_empty() && !is_empty(simple),
    };
    match value {
        Value::Array(elements) => row.multi_valued && !elements.is_empty() && elements.iter().all(parts),
        single => !row.multi_valued && parts(single),
    }
}

fn primaries(doc: &Doc, list: &str) -> usize {
    let elements = doc.get(list).and_then(Value::as_array);
    elements.map_or(0, |elements| elements.iter().filter(|e| e["primary"] == json!(true)).count())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn no_body_of_a_patch_panics(body in any_json()) {
        if let Ok(operations) = parse(body) {
            _ = super::apply(&ResourceType::user(), resource().as_object().unwrap(), &operations);
        }
    }

    #[test]
    fn a_patched_resource_is_in_normal_form(operations in prop::collection::vec(any_operation(&["add", "Replace", "remove", "move"]), 1..6)) {
        for (kind, before) in [(ResourceType::user(), resource()), (ResourceType::group(), json!({ "displayName": "T" }))] {
            if let Ok(patched) = patch(&kind, &before, &json!(operations)) {
                prop_assert!(is_normal(&kind, &patched.doc), "{:?}", patched.doc);
                for list in ["emails", "roles", "addresses"] {
                    prop_assert!(primaries(&patched.doc, list) <= 1, "{:?}", patched.doc);
                }
                prop_assert_eq!(patched.changed, Value::Object(patched.doc.clone()) != before);
            }
        }
    }

    #[test]
    fn one_operation_of_add_or_replace_changes_nothing_the_second_time(operation in any_operation(&["add", "Replace"])) {
        if let Ok(once) = patch(&ResourceType::user(), &resource(), &json!([operation])) {
            let twice = patch(&ResourceType::user(), &Value::Object(once.doc.clone()), &json!([operation]));
            prop_assert_eq!(twice.map(|twice| twice.doc), Ok(once.doc));
        }
    }

    #[test]
    fn a_created_resource_is_in_normal_form_and_stays_itself(body in any_json()) {
        let user = ResourceType::user();
        let body = match body { Value::Object(mut o) => { o.insert("userName".to_owned(), json!("ana")); Value::Object(o) } other => other };
        if let Ok(doc) = read::create(&user, body) {
            prop_assert!(is_normal(&user, &doc), "{:?}", doc);
            prop_assert_eq!(read::create(&user, Value::Object(doc.clone())), Ok(doc));
        }
    }

    #[test]
    fn what_was_added_is_removed_again(elements in new_elements(), list in prop::sample::select(vec!["emails", "phoneNumbers", "roles"])) {
        let user = ResourceType::user();
        let with = |op: &str| json!([{ "op": op, "path": list, "value": elements }]);
        let added = patch(&user, &resource(), &with("add")).unwrap();
        prop_assert!(added.changed);
        let removed = patch(&user, &Value::Object(added.doc), &with("remove")).unwrap();
        prop_assert_eq!(Value::Object(removed.doc), resource());
    }

    #[test]
    fn a_list_that_is_replaced_is_the_list_that_was_sent(elements in new_elements()) {
        let sent = json!([{ "op": "replace", "path": "emails", "value": elements }]);
        let replaced = patch(&ResourceType::user(), &resource(), &sent).unwrap();
        prop_assert_eq!(&replaced.doc["emails"], &json!(elements));
    }
}
