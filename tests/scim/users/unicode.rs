//! Values that do not fit a DynamoDB key, or whose key differs from the text: they are still found,
//! unique and kept.

use serde_json::json;
use tests::endpoint::Endpoint;
use tests::names::unique;
use tests::people::user;

#[test]
fn values_longer_than_a_key_are_found_and_unique() {
    let scim = Endpoint::shared();
    for length in [1_024, 1_100, 5_000] {
        let name = format!("{}{}", unique(), "x".repeat(length - 12));
        let id = scim.create_user(
            &name,
            &json!({ "externalId": name, "displayName": name, "emails": [{ "value": name }] }),
        );
        for attribute in ["userName", "externalId", "displayName", "emails.value"] {
            assert_eq!(
                scim.users_where(&format!("{attribute} eq \"{name}\"")),
                [id.as_str()],
                "{attribute} of {length}"
            );
        }
        let twin = format!("{}y", &name[..length - 1]);
        assert!(scim.users_where(&format!("userName eq \"{twin}\"")).is_empty(), "only the end differs");
        assert_eq!(scim.users_where(&format!("userName sw \"{}\"", &name[..600])), [id.as_str()]);
        scim.post("/Users", &user(&name.to_uppercase(), &json!({}))).send().error(409, "uniqueness");
        scim.create_user(&twin, &json!({}));
        scim.get(&format!("/Users/{id}")).send().holds(&json!({ "userName": name, "externalId": name }));
    }
}

#[test]
fn a_long_group_name_is_found_and_unique() {
    let (scim, name) = (Endpoint::shared(), format!("{}{}", unique(), "g".repeat(1_500)));
    let id = scim.create_group(&name, &[]);
    assert_eq!(scim.groups_where(&format!("displayName eq \"{}\"", name.to_uppercase())), [id]);
    scim.post("/Groups", &tests::people::group(&name, &json!({}))).send().error(409, "uniqueness");
}

#[test]
fn one_name_in_two_spellings_is_one_name() {
    let scim = Endpoint::shared();
    for (one, other) in [
        ("é", "e\u{301}"),
        ("É", "e\u{301}"),
        ("straße", "STRASSE"),
        ("Å", "å"),
        ("Σίσυφος", "ΣΊΣΥΦΟΣ"),
        ("가", "\u{1100}\u{1161}"),
        ("ⅷ", "Ⅷ"),
    ] {
        let suffix = unique();
        let id = scim.create_user(&format!("{one}{suffix}"), &json!({}));
        scim.post("/Users", &user(&format!("{other}{suffix}"), &json!({}))).send().error(409, "uniqueness");
        assert_eq!(
            scim.users_where(&format!("userName eq \"{other}{suffix}\"")),
            [id.as_str()],
            "{one} {other}"
        );
        scim.get(&format!("/Users/{id}")).send().holds(&json!({ "userName": format!("{one}{suffix}") }));
    }
}

#[test]
fn names_that_only_look_alike_are_two() {
    let scim = Endpoint::shared();
    for (one, other) in [("a", "а"), ("e", "é"), ("o", "0"), ("a#b", "a%23b"), ("😀", "😁"), ("a", "a#")]
    {
        let suffix = unique();
        let first = scim.create_user(&format!("{suffix}{one}"), &json!({}));
        let second = scim.create_user(&format!("{suffix}{other}"), &json!({}));
        assert_eq!(scim.users_where(&format!("userName eq {}", json!(format!("{suffix}{one}")))), [first]);
        assert_eq!(scim.users_where(&format!("userName eq {}", json!(format!("{suffix}{other}")))), [second]);
    }
}

#[test]
fn exact_values_that_differ_only_in_form_are_two() {
    let (scim, suffix) = (Endpoint::shared(), unique());
    let composed = scim.create_user(&unique(), &json!({ "externalId": format!("é{suffix}") }));
    let plain = scim.create_user(&unique(), &json!({ "externalId": format!("É{suffix}") }));
    assert_eq!(scim.users_where(&format!("externalId eq \"é{suffix}\"")), [composed]);
    assert_eq!(scim.users_where(&format!("externalId eq \"É{suffix}\"")), [plain]);
}

#[test]
fn an_empty_value_finds_no_user() {
    let scim = Endpoint::shared();
    scim.create_user(&unique(), &json!({}));
    for filter in ["userName eq \"\"", "externalId eq \"\"", "emails.value eq \"\"", "id eq \"\""] {
        assert!(scim.users_where(filter).is_empty(), "{filter}");
    }
}

#[test]
fn a_hash_in_a_value_never_reaches_another_value() {
    let (scim, suffix) = (Endpoint::shared(), unique());
    let first = scim.create_user(&unique(), &json!({ "externalId": suffix }));
    let second = scim.create_user(&unique(), &json!({ "externalId": format!("{suffix}#{first}") }));
    assert_eq!(scim.users_where(&format!("externalId eq \"{suffix}\"")), [first.as_str()]);
    assert_eq!(scim.users_where(&format!("externalId eq \"{suffix}#{first}\"")), [second]);
    assert!(scim.users_where(&format!("externalId eq \"{suffix}#\"")).is_empty());
}

#[test]
fn a_rename_that_changes_only_the_letter_case_is_kept() {
    let (scim, suffix) = (Endpoint::shared(), unique());
    let id = scim.create_user(&format!("ana{suffix}"), &json!({}));
    let renamed = scim
        .patch_user(&id, &json!([{ "op": "replace", "path": "userName", "value": format!("ANA{suffix}") }]));
    assert_eq!(renamed["userName"], json!(format!("ANA{suffix}")));
    assert_eq!(scim.users_where(&format!("userName eq \"ana{suffix}\"")), [id]);
}

#[test]
fn two_values_with_one_key_are_both_kept() {
    let (scim, suffix) = (Endpoint::shared(), unique());
    let emails = json!([{ "value": format!("A{suffix}"), "type": "work" }, { "value": format!("a{suffix}"), "type": "home" }]);
    let id = scim.create_user(&unique(), &json!({ "emails": emails }));
    assert_eq!(scim.users_where(&format!("emails.value eq \"a{suffix}\"")), [id.as_str()]);
    scim.patch_user(&id, &json!([{ "op": "remove", "path": "emails[type eq \"home\"]" }]));
    assert_eq!(scim.users_where(&format!("emails.value eq \"a{suffix}\"")), [id]);
}
