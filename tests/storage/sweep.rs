//! After deletes, items that no request can reach are removed from the table, too.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::json;
use tests::endpoint::Endpoint;
use tests::names::unique;
use tests::people::{group, member_values};
use tests::runtime::{block_on, within};

use crate::items::{Item, memberships, naming};
use crate::own;

/// The maximum time that a sweep may take.
const SECONDS: u64 = 300;

#[track_caller]
fn leaves(scim: &Endpoint, id: &str, count: usize) {
    assert!(
        within(SECONDS, || memberships(scim, id) == count),
        "{} memberships of {id} are left, not {count}",
        memberships(scim, id)
    );
}

#[test]
fn the_memberships_of_a_deleted_group_vanish() {
    let Some(scim) = own::endpoint() else { return };
    let ids: Vec<_> = (0..300).map(|number| format!("m{number}")).collect();
    let id = scim.create_group(&unique(), &ids);
    assert_eq!(memberships(scim, &id), 300);
    scim.delete(&format!("/Groups/{id}")).send().expect(204);
    leaves(scim, &id, 0);
}

#[test]
fn the_memberships_of_a_deleted_user_vanish() {
    let Some(scim) = own::endpoint() else { return };
    let user = scim.create_user(&unique(), &json!({}));
    let groups: Vec<_> =
        (0..30).map(|_| scim.create_group(&unique(), &[user.clone(), "other".to_owned()])).collect();
    assert_eq!(memberships(scim, &user), 30);
    scim.delete(&format!("/Users/{user}")).send().expect(204);
    leaves(scim, &user, 0);
    for group in groups {
        assert_eq!(scim.get(&format!("/Groups/{group}")).send().members(), ["other"]);
    }
}

#[test]
fn the_memberships_of_a_replaced_list_vanish() {
    let Some(scim) = own::endpoint() else { return };
    let ids: Vec<_> = (0..150).map(|number| format!("m{number:03}")).collect();
    let name = unique();
    let id = scim.create_group(&name, &ids);
    scim.patch_group(
        &id,
        &json!([{ "op": "replace", "path": "members", "value": member_values(&ids[100..]) }]),
    );
    leaves(scim, &id, 50);
    scim.put(&format!("/Groups/{id}"), &group(&name, &json!({ "members": member_values(&ids[..20]) })))
        .send()
        .expect(200);
    leaves(scim, &id, 20);
    scim.patch_group(&id, &json!([{ "op": "remove", "path": "members" }]));
    leaves(scim, &id, 0);
    scim.patch_group(&id, &json!([{ "op": "add", "path": "members", "value": [{ "value": "back" }] }]));
    leaves(scim, &id, 1);
    assert_eq!(scim.get(&format!("/Groups/{id}")).send().members(), ["back"]);
}

#[test]
fn a_refused_group_leaves_no_membership() {
    let Some(scim) = own::endpoint() else { return };
    let (name, member) = (unique(), unique());
    scim.create_group(&name, &[]);
    scim.post("/Groups", &group(&name, &json!({ "members": [{ "value": member }] })))
        .send()
        .error(409, "uniqueness");
    leaves(scim, &member, 0);
}

#[test]
fn nothing_of_a_deleted_user_is_left() {
    let Some(scim) = own::endpoint() else { return };
    let name = unique();
    let emails = json!([{ "value": format!("{name}@ex.io"), "type": "work" }, { "value": format!("{name}@ex.org"), "type": "home" }]);
    let id = scim.create_user(&name, &json!({ "externalId": name, "emails": emails }));
    assert!(naming(scim, &name).len() >= 3, "index entries name the value");
    scim.patch_user(&id, &json!([{ "op": "replace", "path": "userName", "value": format!("{name}-2") }, { "op": "remove", "path": "emails" }]));
    scim.delete(&format!("/Users/{id}")).send().expect(204);
    assert!(
        within(SECONDS, || naming(scim, &name).is_empty() && naming(scim, &id).is_empty()),
        "{:?} {:?}",
        naming(scim, &name),
        naming(scim, &id)
    );
}

#[test]
fn a_job_that_fails_is_due_again_later() {
    let Some(scim) = own::endpoint() else { return };
    let stack = scim.stack().unwrap();
    let (client, table) = (stack.client(), scim.table());
    let directory = unique();
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let put = |item: Vec<(&str, AttributeValue)>| {
        let item: Item = item.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        block_on(client.put_item().table_name(table).set_item(Some(item)).send()).expect("a put");
    };
    // A directory record that cannot be read, with a profile change that has been due for a
    // long time.
    put(vec![("PK", text(&format!("D#{directory}"))), ("SK", text("directory"))]);
    let (work, due) = ("profile#", format!("{:020}", 7));
    put(vec![
        ("PK", text("S#urgent")),
        ("SK", text(&format!("{directory}#{due}#{work}"))),
        ("directory", text(&directory)),
        ("work", text(work)),
    ]);
    block_on(directory::upkeep::run(&stack.table(), &stack.profiles(), Duration::from_secs(5)))
        .expect("a run");
    let scan = client
        .scan()
        .table_name(table)
        .consistent_read(true)
        .filter_expression("begins_with(PK, :sweeps) AND contains(SK, :directory)")
        .expression_attribute_values(":sweeps", text("S#"))
        .expression_attribute_values(":directory", text(&directory));
    let now = format!("{directory}#{:020}", SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs());
    let is_later = || {
        let pages = scan.clone().into_paginator().items().send().collect::<Result<Vec<_>, _>>();
        let left: Vec<Item> = block_on(pages).expect("a scan");
        left.len() == 1 && left[0]["SK"].as_s().unwrap() > &now
    };
    assert!(within(SECONDS, is_later), "it is tried first again");
}

#[test]
fn a_group_that_cannot_be_read_holds_up_no_sweep() {
    // Listing the groups of this directory fails.
    let Some(scim) = own::empty_directory() else { return };
    let stack = scim.stack().unwrap();
    let scim = &scim;
    let id = scim.create_group(&unique(), &["m0".to_owned(), "m1".to_owned()]);
    assert_eq!(memberships(scim, &id), 2);
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let spoil = stack
        .client()
        .update_item()
        .table_name(scim.table())
        .key("PK", text(&format!("D#{}#Group", scim.directory())))
        .key("SK", text(&id))
        .update_expression("SET #list = :other REMOVE doc")
        .expression_attribute_names("#list", table::name::MEMBER_LIST)
        .expression_attribute_values(":other", text("other"));
    block_on(spoil.send()).expect("an update");
    leaves(scim, &id, 0);
}
