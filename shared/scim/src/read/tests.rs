#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use serde_json::{Value, json};

use super::*;
use crate::error::Kind;
use crate::model::attribute::{Attribute, Mutability};
use crate::model::schema::{ENTERPRISE_USER, USER};

#[track_caller]
fn user(mut sent: Value) -> Value {
    let body = sent.as_object_mut().unwrap();
    if !body.keys().any(|key| key.to_lowercase().ends_with("username")) {
        body.insert("userName".to_owned(), json!("ana"));
    }
    let mut doc = as_sent(&ResourceType::user(), &sent).unwrap();
    doc.shift_remove("userName");
    Value::Object(doc)
}

#[track_caller]
fn refused(kind: &ResourceType, sent: Value) -> Error {
    create(kind, sent).unwrap_err()
}

fn group(sent: Value) -> Result<Value, Error> {
    create(&ResourceType::group(), sent).map(Value::Object)
}

#[test]
fn names_are_read_in_any_case_and_spelled_as_the_schema_has_them() {
    assert_eq!(
        user(
            json!({ "USERNAME": "ana", "DisplayName": "Ana", "NAME": { "GIVENNAME": "Ana" }, "Emails": [{ "Value": "a@x" }] })
        ),
        json!({ "displayName": "Ana", "name": { "givenName": "Ana" }, "emails": [{ "value": "a@x" }] })
    );
}

#[test]
fn one_attribute_under_two_keys_is_refused_by_both() {
    for (sent, first, second) in [
        (json!({ "title": "x", "TITLE": null }), "title", "TITLE"),
        (json!({ "userName": "a", format!("{USER}:userName"): "b" }), "userName", "User:userName"),
        (json!({ "title": "x", USER: { "title": "y" } }), "title", "title"),
        (
            json!({ ENTERPRISE_USER: { "department": "x" }, "department": "y" }),
            "User:department",
            "department",
        ),
        (json!({ "name.givenName": "x", "Name.givenName": "y" }), "name.givenName", "Name.givenName"),
    ] {
        let error = refused(&ResourceType::user(), sent);
        assert_eq!(error.kind, Kind::InvalidSyntax);
        assert!(error.detail.contains(&format!("{first}` and as `")), "{}", error.detail);
        assert!(error.detail.contains(&format!("{second}`: send it once")), "{}", error.detail);
    }
    let read_only = json!({ "id": "1", format!("{USER}:id"): "2", "schemas": [], "SCHEMAS": [] });
    assert_eq!(user(read_only), json!({}), "what is ignored may come twice");
}

#[test]
fn values_are_kept_exactly_as_sent() {
    assert_eq!(
        user(json!({ "title": " x ", "displayName": "A\nB" })),
        json!({ "title": " x ", "displayName": "A\nB" })
    );
}

#[test]
fn a_user_name_is_trimmed_and_has_no_control_characters() {
    let doc = create(&ResourceType::user(), json!({ "userName": "  Ana@Ex.IO\u{a0}" })).unwrap();
    assert_eq!(doc.get("userName"), Some(&json!("Ana@Ex.IO")));
    for name in ["ana\n", "a\u{0}na", "\u{202e}ana", "\u{2067}ana"] {
        let error = refused(&ResourceType::user(), json!({ "userName": name }));
        assert_eq!(error.kind, Kind::InvalidValue);
        assert!(error.detail.contains("`userName` contains"), "{}", error.detail);
    }
}

#[test]
fn a_new_user_is_active_unless_the_body_says_otherwise() {
    let active = |sent: Value| create(&ResourceType::user(), sent).unwrap().get("active").cloned();
    for sent in [
        json!({ "userName": "a" }),
        json!({ "userName": "a", "active": null }),
        json!({ "userName": "a", "active": "" }),
    ] {
        assert_eq!(active(sent), Some(json!(true)));
    }
    assert_eq!(active(json!({ "userName": "a", "active": "False" })), Some(json!(false)));
    assert_eq!(create(&ResourceType::group(), json!({ "displayName": "T" })).unwrap().get("active"), None);
    let taken_over = as_sent(&ResourceType::user(), &json!({ "userName": "a" })).unwrap();
    assert_eq!(taken_over.get("active"), None, "a user who exists keeps what is there");
}

#[test]
fn attributes_stay_in_the_order_in_which_they_were_sent() {
    let doc =
        create(&ResourceType::user(), json!({ "title": "x", "userName": "ana", "active": true })).unwrap();
    assert_eq!(doc.keys().collect::<Vec<_>>(), ["title", "userName", "active"]);
}

#[test]
fn what_nobody_declared_is_ignored() {
    assert_eq!(
        user(
            json!({ "shoeSize": 42, "name": { "shoeSize": 42 }, "urn:example:1.0:User": { "a": 1 }, "emails": [{ "x": 1 }],
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0User": { "department": "R&D" } })
        ),
        json!({})
    );
}

#[test]
fn schemas_of_any_kind_or_none_are_tolerated() {
    for schemas in [
        json!(null),
        json!("urn:scim:schemas:core:1.0"),
        json!(["urn:scim:schemas:core:2.0", "urn:scim:schemas:extension:enterprise:2.0"]),
        json!(["http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"]),
        json!(7),
    ] {
        assert_eq!(user(json!({ "schemas": schemas, "title": "x" })), json!({ "title": "x" }));
    }
}

#[test]
fn an_extension_is_read_though_schemas_do_not_name_it_and_in_any_case() {
    let sent = json!({ "schemas": [], ENTERPRISE_USER.to_uppercase(): { "Department": "R&D" } });
    assert_eq!(user(sent), json!({ ENTERPRISE_USER: { "department": "R&D" } }));
}

#[test]
fn dotted_and_urn_keys_are_attributes() {
    let sent = json!({
        "name.givenName": "Ana", "name": { "familyName": "Ito" }, "emails.value": "a@x",
        format!("{ENTERPRISE_USER}:department"): "R&D", ENTERPRISE_USER: { "manager.value": "u-1" },
        "urn:ietf:params:scim:schemas:core:2.0:User:userName": "ana",
    });
    assert_eq!(
        user(sent),
        json!({ "name": { "familyName": "Ito", "givenName": "Ana" }, "emails": [{ "value": "a@x" }],
            ENTERPRISE_USER: { "department": "R&D", "manager": { "value": "u-1" } } }),
        "a part is kept, whether its whole comes before or after it"
    );
    assert_eq!(
        user(json!({ "name": { "familyName": "Ito" }, "name.givenName": "Ana" })),
        json!({ "name": { "familyName": "Ito", "givenName": "Ana" } })
    );
}

#[test]
fn the_core_schema_may_be_an_object_as_an_extension_is() {
    let sent = json!({ "urn:ietf:params:scim:schemas:core:2.0:User": { "title": "x", "id": "7" } });
    assert_eq!(user(sent), json!({ "title": "x" }));
}

#[test]
fn a_dotted_key_of_a_list_is_its_first_element() {
    let emails = json!([{ "value": "a" }, { "value": "b" }]);
    assert_eq!(
        user(json!({ "emails": emails, "emails.type": "work" })),
        json!({ "emails": [{ "value": "a", "type": "work" }, { "value": "b" }] })
    );
    assert_eq!(
        user(json!({ "emails": emails, "emails.value": "b" })),
        json!({ "emails": [{ "value": "b" }] })
    );
}

#[test]
fn what_the_server_writes_is_ignored_under_a_dotted_key_too() {
    assert_eq!(
        user(json!({ "meta.version": "x", "manager.displayName": "Bo", "manager.$ref": "../Users/u-1" })),
        json!({})
    );
}

#[test]
fn nulls_and_empties_are_no_values() {
    assert_eq!(
        user(
            json!({ "title": null, "nickName": "", "roles": [], "emails": [null, {}, { "value": "", "type": "work" }],
            "name": { "givenName": "" }, ENTERPRISE_USER: { "department": null, "manager": null } })
        ),
        json!({})
    );
}

#[test]
fn what_the_server_writes_is_ignored() {
    assert_eq!(
        user(json!({ "id": "7", "meta": { "resourceType": "User" }, "groups": [{ "value": "g" }],
            ENTERPRISE_USER: { "manager": { "value": "u-1", "displayName": "Bo", "$ref": "../Users/u-1" } } })),
        json!({ ENTERPRISE_USER: { "manager": { "value": "u-1" } } })
    );
}

#[test]
fn a_password_is_accepted_and_forgotten() {
    assert_eq!(user(json!({ "password": "s3cret" })), json!({}));
}

#[test]
fn a_manager_may_be_text_an_array_an_object_or_a_reference() {
    for manager in [
        json!("u-1"),
        json!(["u-1"]),
        json!({ "value": "u-1" }),
        json!([{ "$ref": null, "value": "u-1" }]),
        json!({ "$ref": "https://example.com/scim/v2/Users/u-1" }),
    ] {
        let doc = user(json!({ ENTERPRISE_USER: { "manager": manager } }));
        assert_eq!(doc, json!({ ENTERPRISE_USER: { "manager": { "value": "u-1" } } }), "{manager}");
        assert_eq!(user(json!({ "manager": manager })), doc, "without the URN: {manager}");
    }
}

#[test]
fn of_several_primary_elements_the_last_one_is() {
    assert_eq!(
        user(
            json!({ "emails": [{ "value": "a", "primary": "True" }, { "value": "b", "primary": true }, { "value": "c" }] })
        ),
        json!({ "emails": [{ "value": "a", "primary": false }, { "value": "b", "primary": true }, { "value": "c" }] })
    );
}

#[test]
fn equal_elements_are_one_and_roles_are_one_by_value() {
    assert_eq!(
        user(
            json!({ "emails": [{ "value": "a", "type": "work" }, { "type": "work", "value": "a" }, { "value": "a" }],
            "roles": [{ "value": "Admin", "primary": true }, { "value": "{\"value\":\"admin\",\"displayName\":\"A\",\"id\":\"1\"}" }] })
        ),
        json!({ "emails": [{ "value": "a", "type": "work" }, { "value": "a" }],
            "roles": [{ "value": "admin", "primary": true, "display": "A" }] })
    );
}

#[test]
fn json_text_is_a_role_only_where_it_is_one() {
    for text in ["{}", "{\"value\":7}", "[1]", "{broken", "\"Admin\""] {
        assert_eq!(user(json!({ "roles": [{ "value": text }] })), json!({ "roles": [{ "value": text }] }));
    }
    let text = "{\"value\":\"a\"}";
    assert_eq!(user(json!({ "emails": [{ "value": text }] })), json!({ "emails": [{ "value": text }] }));
}

#[test]
fn a_list_may_hold_texts_or_be_a_single_object() {
    for emails in [json!(["a@x"]), json!({ "value": "a@x" })] {
        assert_eq!(user(json!({ "emails": emails })), json!({ "emails": [{ "value": "a@x" }] }), "{emails}");
    }
}

#[test]
fn a_value_of_another_shape_is_not_a_list() {
    for sent in [
        json!("a@x"),
        json!(""),
        json!("[\"a@x\"]"),
        json!(7),
        json!(true),
        json!({}),
        json!({ "mail": "a@x" }),
    ] {
        for name in [
            "emails",
            "phoneNumbers",
            "ims",
            "photos",
            "addresses",
            "roles",
            "entitlements",
            "x509Certificates",
        ] {
            let error = refused(&ResourceType::user(), json!({ "userName": "ana", name: sent }));
            assert_eq!(error.kind, Kind::InvalidValue, "{name} {sent}");
            assert!(error.detail.starts_with(&format!("`{name}` must be a list, but ")), "{}", error.detail);
        }
        let members = group(json!({ "displayName": "T", "members": sent })).unwrap_err();
        assert_eq!(members.kind, Kind::InvalidValue, "{sent}");
    }
    let nulls = group(json!({ "displayName": "T", "members": [null] })).unwrap_err();
    assert!(nulls.detail.starts_with("every member needs a `value`"), "{}", nulls.detail);
}

#[test]
fn locales_time_zones_and_urls_are_not_checked() {
    let sent =
        json!({ "locale": "NJWX", "timezone": "nowhere", "profileUrl": "SDPZ", "preferredLanguage": "?" });
    assert_eq!(user(sent.clone()), sent);
}

#[test]
fn a_wrong_type_is_named_with_its_path() {
    let user = ResourceType::user();
    for (sent, detail) in [
        (json!({ "userName": 7 }), "`userName` must be a string, but a number was sent: put it in quotes"),
        (json!({ "name": "Ana" }), "`name` must be an object, but a string was sent"),
        (
            json!({ "emails": [{ "value": true }] }),
            "`emails.value` must be a string, but a boolean was sent: put it in quotes",
        ),
        (
            json!({ "emails": 7 }),
            "`emails` must be a list, but a number was sent: put the values in `[` and `]`",
        ),
        (json!({ "active": "yes" }), "`active` must be true or false, but a string was sent"),
        (json!({ "addresses": ["x"] }), "`addresses` must be an object, but a string was sent"),
        (
            json!({ ENTERPRISE_USER: "x" }),
            "`urn:ietf:params:scim:schemas:extension:enterprise:2.0:User` must be an object, but a string was sent",
        ),
    ] {
        assert_eq!(refused(&user, sent), Error::new(Kind::InvalidValue, detail));
    }
}

#[test]
fn a_body_is_an_object() {
    for sent in [json!(null), json!([]), json!("x"), json!(1)] {
        assert_eq!(refused(&ResourceType::user(), sent).kind, Kind::InvalidSyntax);
    }
}

#[test]
fn what_is_required_must_be_there_and_say_something() {
    for sent in
        [json!({}), json!({ "userName": null }), json!({ "userName": "" }), json!({ "userName": "  " })]
    {
        let error = refused(&ResourceType::user(), sent);
        assert_eq!(
            error,
            Error::new(Kind::MissingValue, "`userName` is required: send a value that is not empty")
        );
    }
    assert!(group(json!({ "members": [] })).unwrap_err().detail.starts_with("`displayName`"));
}

#[test]
fn a_list_has_an_end() {
    let emails: Vec<_> =
        (0..=crate::value::list::MAX_ELEMENTS).map(|n| json!({ "value": n.to_string() })).collect();
    let error = refused(&ResourceType::user(), json!({ "userName": "ana", "emails": emails }));
    assert_eq!(error.detail, "`emails` may hold 1000 values, but 1001 were sent: remove some");
}

#[test]
fn members_are_listed_once_with_what_was_sent_of_them() {
    let sent = json!({ "displayName": "T", "members": [
        { "value": "u-1", "$ref": null, "type": "User", "display": "Ana" }, "u-2", { "value": "u-1" }, null,
        { "Value": "g-1", "displayName": "G", "type": null } ] });
    assert_eq!(
        group(sent).unwrap(),
        json!({ "displayName": "T", "members": [
            { "value": "u-1", "type": "User", "display": "Ana" }, { "value": "u-2" }, { "value": "g-1", "display": "G" } ] })
    );
    assert_eq!(group(json!({ "displayName": "T", "members": [] })).unwrap(), json!({ "displayName": "T" }));
}

#[test]
fn a_member_needs_an_id_of_a_usable_length() {
    let long = "x".repeat(members::MAX_ID_BYTES);
    assert!(group(json!({ "displayName": "T", "members": [long] })).is_ok());
    for member in [
        json!({}),
        json!({ "value": "" }),
        json!({ "value": format!("{long}x") }),
        json!(7),
        json!({ "value": 7 }),
    ] {
        let error = group(json!({ "displayName": "T", "members": [member] })).unwrap_err();
        assert_eq!(error.kind, Kind::InvalidValue, "{member}");
    }
}

#[test]
fn a_put_clears_what_it_does_not_name_but_keeps_active() {
    let current =
        json!({ "userName": "ana", "title": "x", "active": false, ENTERPRISE_USER: { "department": "R&D" } });
    let put = |sent| replace(&ResourceType::user(), current.as_object().unwrap(), sent).map(Value::Object);
    assert_eq!(
        put(json!({ "id": "another", "userName": "bea" })).unwrap(),
        json!({ "userName": "bea", "active": false })
    );
    for unsaid in [json!(null), json!("")] {
        let sent = json!({ "userName": "bea", "active": unsaid });
        assert_eq!(put(sent).unwrap(), json!({ "userName": "bea", "active": false }), "{unsaid}");
    }
    assert_eq!(
        put(json!({ "userName": "ana", "active": true })).unwrap(),
        json!({ "userName": "ana", "active": true })
    );
    assert_eq!(put(json!({ "title": "x" })).unwrap_err().kind, Kind::MissingValue, "userName is required");
}

#[test]
fn a_put_names_all_members() {
    let current = json!({ "displayName": "T" });
    let put = |sent| {
        replace(&ResourceType::group(), current.as_object().unwrap(), sent).map(Value::Object).unwrap()
    };
    assert_eq!(
        put(json!({ "displayName": "T", "members": ["u"] })),
        json!({ "displayName": "T", "members": [{ "value": "u" }] })
    );
    assert_eq!(
        put(json!({ "displayName": "T" })),
        json!({ "displayName": "T" }),
        "and none when it names none"
    );
}

#[test]
fn an_immutable_attribute_is_written_once() {
    let mut kind = ResourceType::user();
    kind.schema.attributes.push(Attribute::string("badge", "").mutability(Mutability::Immutable));
    let unset = json!({ "userName": "ana", "active": true });
    let set = json!({ "userName": "ana", "active": true, "badge": "7" });
    let put = |current: &Value, sent: &Value| {
        replace(&kind, current.as_object().unwrap(), sent.clone()).map(Value::Object)
    };

    assert_eq!(put(&unset, &set).unwrap(), set, "it had no value");
    assert_eq!(put(&set, &set).unwrap(), set, "it matches");
    assert_eq!(put(&set, &unset).unwrap(), set, "it is not named");
    let error = put(&set, &json!({ "userName": "ana", "badge": "8" })).unwrap_err();
    assert_eq!(
        error,
        Error::new(Kind::Mutability, "`badge` is immutable: it cannot be changed once it has a value")
    );
}

#[test]
fn a_part_may_be_immutable_or_required_by_itself() {
    let mut kind = ResourceType::user();
    let badge = Attribute::complex(
        "badge",
        "",
        vec![
            Attribute::string("number", "").required().mutability(Mutability::Immutable),
            Attribute::string("colour", ""),
        ],
    );
    kind.schema.attributes.push(badge);
    let body = |badge: Value| json!({ "userName": "ana", "badge": badge });

    let error = refused(&kind, body(json!({ "colour": "red" })));
    assert_eq!(error.detail, "`badge.number` is required: send a value that is not empty");
    let current = create(&kind, body(json!({ "number": "7", "colour": "red" }))).unwrap();
    assert!(replace(&kind, &current, body(json!({ "number": "7", "colour": "blue" }))).is_ok());
    let error = replace(&kind, &current, body(json!({ "number": "8" }))).unwrap_err();
    assert_eq!(
        error,
        Error::new(Kind::Mutability, "`badge.number` is immutable: it cannot be changed once it has a value")
    );
}

#[test]
fn an_extension_may_be_required() {
    let mut kind = ResourceType::user();
    for extension in &mut kind.extensions {
        extension.required = true;
        extension.schema.attributes.push(Attribute::string("badge", "").required());
    }
    let error = refused(&kind, json!({ "userName": "ana" }));
    assert!(error.detail.contains(ENTERPRISE_USER), "{}", error.detail);
    let error = refused(&kind, json!({ "userName": "ana", ENTERPRISE_USER: { "department": "R&D" } }));
    assert!(error.detail.contains(":badge`"), "{}", error.detail);
    assert!(create(&kind, json!({ "userName": "ana", "badge": "7" })).is_ok());
}
