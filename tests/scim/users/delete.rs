//! DELETE /Users/{id} (RFC 7644 §3.6).

use serde_json::json;
use tests::endpoint::Endpoint;
use tests::names::{guid, unique};
use tests::people::user;
use tests::runtime::within;

#[test]
fn a_deleted_user_is_gone_for_every_request() {
    let (scim, name) = (Endpoint::shared(), unique());
    let id = scim.create_user(&name, &json!({ "externalId": name, "emails": [{ "value": name }] }));
    scim.delete(&format!("/Users/{id}")).send().expect(204);
    let path = format!("/Users/{id}");
    scim.get(&path).send().error(404, "");
    scim.delete(&path).send().error(404, "");
    scim.put(&path, &user(&name, &json!({}))).send().error(404, "");
    scim.patch(&path, &json!([{ "op": "replace", "path": "active", "value": true }])).send().error(404, "");
    for filter in [
        format!("userName eq \"{name}\""),
        format!("externalId eq \"{name}\""),
        format!("emails.value eq \"{name}\""),
        format!("id eq \"{id}\""),
        format!("userName sw \"{name}\""),
    ] {
        assert!(scim.users_where(&filter).is_empty(), "{filter}");
    }
    scim.create_user(&name, &json!({}));
}

#[test]
fn a_user_cannot_be_deleted_twice_or_by_a_wrong_id() {
    let scim = Endpoint::shared();
    scim.delete(&format!("/Users/{}", guid())).send().error(404, "");
    let group = scim.create_group(&unique(), &[]);
    scim.delete(&format!("/Users/{group}")).send().error(404, "");
    scim.get(&format!("/Groups/{group}")).send().expect(200);
}

#[test]
fn memberships_end_with_the_user() {
    let scim = Endpoint::shared();
    let (goes, stays) = (scim.create_user(&unique(), &json!({})), scim.create_user(&unique(), &json!({})));
    let group = scim.create_group(&unique(), &[goes.clone(), stays.clone()]);
    scim.delete(&format!("/Users/{goes}")).send().expect(204);
    let gone = within(20, || scim.get(&format!("/Groups/{group}")).send().members() == [stays.as_str()]);
    assert!(gone, "the membership of a deleted user is still there after five seconds");
}
