//! People who existed in the product before provisioning: each is linked once, and new addresses
//! are marked as unverified.

use directory::error::Error;
use directory::registry::change;
use directory::resource::existing::{Existing, Policy, Unverified};
use directory::resource::stored::Resource;
use directory::transfer::export;
use directory::transfer::import::{self, Options};
use directory::{Directory, Wants};
use scim::model::resource_type::ResourceType;
use serde_json::{Value, json};
use tests::endpoint::Endpoint;
use tests::runtime::{at_once, block_on};

fn scope(scim: &Endpoint) -> Directory {
    Directory::open(&scim.stack().unwrap().table(), &scim.directory(), &"test".parse().unwrap())
}

/// Imports users; their ids.
fn imported(scim: &Endpoint, users: &[Value]) -> Vec<String> {
    let (id, stack) = (scim.directory(), scim.stack().unwrap());
    let (table, profiles) = (stack.table(), stack.profiles());
    let lines: Vec<String> = users.iter().map(Value::to_string).collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let by = "import".parse().unwrap();
    let outcomes = block_on(import::lines(&table, &id, &by, &profiles, &lines, Options::default())).unwrap();
    outcomes.into_iter().map(|outcome| outcome.id.unwrap()).collect()
}

fn adoptable(scim: &Endpoint, id: &str) -> Option<Resource> {
    block_on(scope(scim).adoptable(&ResourceType::user(), id)).unwrap()
}

fn unverified(scim: &Endpoint) -> Vec<String> {
    let (found, next) = block_on(scope(scim).unverified(None)).unwrap();
    assert_eq!(next, None);
    found.into_iter().map(|Unverified { id, .. }| id).collect()
}

fn ana() -> Value {
    json!({ "userName": "ana", "title": "Dr", "emails": [{ "value": "ana@ex.io", "type": "work" }] })
}

#[test]
fn only_who_was_imported_without_an_external_id_can_be_adopted() {
    let Some(scim) = Endpoint::empty_directory() else { return };
    let ids = imported(&scim, &[ana(), json!({ "userName": "bob", "externalId": "b" })]);
    let made = scim.create_user("carl", &json!({}));
    assert!(adoptable(&scim, &ids[0]).is_some());
    assert!(adoptable(&scim, &ids[1]).is_none());
    assert!(adoptable(&scim, &made).is_none());
    assert!(adoptable(&scim, "0190b1a2-0000-7000-8000-000000000000").is_none());
}

/// A client that finds a user by a filter continues with a PATCH.
#[test]
fn a_match_links_by_an_external_id_and_marks_another_address() {
    let Some(scim) = Endpoint::empty_directory() else { return };
    let id = imported(&scim, &[ana()]).remove(0);
    scim.patch_user(&id, &json!([{ "op": "replace", "path": "title", "value": "Prof" }]));
    assert!(adoptable(&scim, &id).is_some(), "no client has linked the user yet");
    assert!(unverified(&scim).is_empty());
    scim.patch_user(&id, &json!([{ "op": "add", "path": "externalId", "value": "e1" }]));
    assert!(adoptable(&scim, &id).is_none());
    assert!(unverified(&scim).is_empty(), "the address is the one that was imported");
    let address =
        json!([{ "op": "replace", "path": "emails[type eq \"work\"].value", "value": "mallory@ex.io" }]);
    scim.patch_user(&id, &address);
    assert_eq!(unverified(&scim), [id.as_str()], "also later");
    // The mark is part of an export.
    let stack = scim.stack().unwrap();
    let lines = block_on(export::lines(&stack.table(), &scim.directory(), &stack.profiles(), None, 10_000))
        .unwrap()
        .lines;
    let line: Value = serde_json::from_str(&lines).unwrap();
    let known = &line[export::EXTENSION];
    assert!(known["emailUnverified"].is_string() && known["linked"].is_string(), "{line}");
    let other = Endpoint::empty_directory().unwrap();
    assert_eq!(imported(&other, &[line]), [id.as_str()]);
    assert_eq!(unverified(&other), [id.as_str()]);
    assert!(adoptable(&other, &id).is_none());
    // Verification applies to the version that was checked, so a later change is not covered.
    let etag = scim.get(&format!("/Users/{id}")).send().etag();
    scim.patch_user(&id, &json!([{ "op": "replace", "path": "title", "value": "x" }]));
    let kind = ResourceType::user();
    let late = block_on(scope(&scim).mark_verified(&kind, &id, Some(&etag)));
    assert!(matches!(late, Err(Error::PreconditionFailed)), "{late:?}");
    block_on(scope(&scim).mark_verified(&kind, &id, None)).unwrap();
    assert!(unverified(&scim).is_empty());
    // Users that the client itself created need no verification.
    let own = scim.create_user("own", &json!({ "emails": [{ "value": "a@ex.io" }] }));
    scim.patch_user(&own, &json!([{ "op": "replace", "path": "emails", "value": [{ "value": "b@ex.io" }] }]));
    assert!(unverified(&scim).is_empty());
}

#[test]
fn of_many_who_adopt_a_user_at_once_one_does() {
    let Some(scim) = Endpoint::empty_directory() else { return };
    let id = imported(&scim, &[ana()]).remove(0);
    let user = adoptable(&scim, &id).unwrap();
    let work = (0..16).map(|n| {
        let (scope, user) = (scope(&scim), user.clone());
        async move {
            let body = json!({ "userName": "ana", "externalId": n.to_string(), "emails": [{ "value": "new@ex.io" }] });
            let kind = ResourceType::user();
            let existing = Existing::Adopt(Policy::default());
            let body = body.as_object().unwrap();
            let adopted = scope.take_over(&kind, &user, body, &existing, Wants::default()).await;
            match adopted {
                Ok(adopted) => Some(adopted.doc["externalId"].as_str().unwrap().to_owned()),
                Err(Error::PreconditionFailed) => None,
                Err(other) => panic!("{other}"),
            }
        }
    });
    let won: Vec<String> = at_once(8, work).into_iter().flatten().collect();
    let [one] = won.as_slice() else { panic!("{won:?}") };
    let now = scim.get(&format!("/Users/{id}")).send().json();
    assert_eq!((&now["externalId"], &now["title"]), (&json!(one), &json!("Dr")), "what was not named stays");
    assert_eq!(now["emails"], json!([{ "value": "new@ex.io" }]));
    assert_eq!(unverified(&scim), [id.as_str()]);
    assert!(adoptable(&scim, &id).is_none());
}

/// The same directory with adoption on, seen by a request that no cache answers.
fn adopting(scim: &Endpoint, by: &[&str]) -> Endpoint {
    let (id, table) = (scim.directory(), scim.stack().unwrap().table());
    let settings = json!({ "adopt": { "by": by } }).as_object().unwrap().clone();
    directory::resource::existing::Policy::check(&settings).unwrap();
    let change = change::DirectoryChange { settings: Some(settings), ..Default::default() };
    block_on(change::change(&table, &id, &change)).unwrap();
    scim.by_another_credential(None).unwrap()
}

#[test]
fn a_post_is_answered_with_the_imported_user_where_the_directory_is_set_to_it() {
    let Some(scim) = Endpoint::empty_directory() else { return };
    let two = json!({ "userName": "carl", "emails": [{ "value": "shared@ex.io" }] });
    let three = json!({ "userName": "dora", "emails": [{ "value": "shared@ex.io" }] });
    let ids = imported(&scim, &[ana(), two, three]);
    let group = scim.create_group("team", &ids[..1]);
    let body = json!({ "userName": "Ana", "externalId": "e1", "emails": [{ "value": "ana@new.io" }] });
    scim.post("/Users", &body).send().error(409, "uniqueness");

    let scim = adopting(&scim, &["emails.value", "userName"]);
    let answer = scim.post("/Users", &body).send();
    assert_eq!(answer.expect(201).id(), ids[0], "the same id");
    let user =
        scim.get(&format!("/Users/{}?attributes=userName,externalId,title,groups", ids[0])).send().json();
    assert_eq!(
        (&user["userName"], &user["externalId"], &user["title"]),
        (&json!("Ana"), &json!("e1"), &json!("Dr"))
    );
    assert_eq!(user["groups"][0]["value"], json!(group), "with all memberships");
    assert_eq!(unverified(&scim), [ids[0].as_str()]);
    scim.post("/Users", &body).send().error(409, "uniqueness");
    // An address that two users have selects no user.
    let eve = json!({ "userName": "eve", "emails": [{ "value": "shared@ex.io" }] });
    let eve = scim.post("/Users", &eve).send().expect(201).id();
    assert!(!ids.contains(&eve));
    // Users that the client created, and users whose new name is taken, are not adopted either.
    scim.post("/Users", &json!({ "userName": "eve" })).send().error(409, "uniqueness");
    let dora = json!({ "userName": "dora", "externalId": "e3" });
    assert_eq!(scim.post("/Users", &dora).send().expect(201).id(), ids[2]);
}

#[test]
fn a_setting_of_another_form_is_refused_and_adopts_no_user() {
    for wrong in
        [json!(true), json!({}), json!({ "by": [] }), json!({ "by": ["title"] }), json!({ "by": "userName" })]
    {
        let settings = json!({ "adopt": wrong }).as_object().unwrap().clone();
        assert!(directory::resource::existing::Policy::check(&settings).is_err(), "{settings:?}");
        assert!(directory::resource::existing::Policy::of(&settings).by().is_empty());
    }
}
