//! I2 with indexes that lag: an acknowledged write is still seen by the next request.

use serde_json::json;
use tests::endpoint::Endpoint;
use tests::names::unique;
use tests::people::user;
use tests::relay::Relay;

/// A service whose DynamoDB has indexes that can be frozen.
fn lagging() -> Option<(Relay, Endpoint)> {
    let relay = Relay::start(Endpoint::shared().stack()?.dynamodb_url());
    let scim = Endpoint::start_on(Some(relay.url().to_owned()));
    Some((relay, scim))
}

#[test]
fn a_user_whom_the_index_does_not_know_yet_is_found() {
    let Some((relay, scim)) = lagging() else { return };
    relay.freeze();
    let name = unique();
    let id = scim.create_user(&name, &json!({ "externalId": name, "emails": [{ "value": name }] }));
    for filter in [
        format!("userName eq \"{}\"", name.to_uppercase()),
        format!("externalId eq \"{name}\""),
        format!("emails.value eq \"{name}\""),
        format!("userName sw \"{name}\""),
        format!("userName eq \"{name}\" and active pr or userName eq \"{name}\""),
    ] {
        assert_eq!(scim.users_where(&filter), [id.as_str()], "{filter}");
    }
    scim.post("/Users", &user(&name, &json!({}))).send().error(409, "uniqueness");
}

#[test]
fn a_user_whom_the_index_knows_by_an_old_name_is_found_by_the_new_one_only() {
    let Some((relay, scim)) = lagging() else { return };
    let (old, new) = (unique(), unique());
    let id = scim.create_user(&old, &json!({}));
    assert_eq!(scim.users_where(&format!("userName eq \"{old}\"")), [id.as_str()]);
    relay.freeze();
    scim.patch_user(&id, &json!([{ "op": "replace", "path": "userName", "value": new }]));
    assert!(scim.users_where(&format!("userName eq \"{old}\"")).is_empty());
    assert_eq!(scim.users_where(&format!("userName eq \"{new}\"")), [id.as_str()]);
    let owner = scim.create_user(&old, &json!({}));
    assert_eq!(
        scim.users_where(&format!("userName eq \"{old}\"")),
        [owner.as_str()],
        "a stale hit hides no other user"
    );
    scim.delete(&format!("/Users/{owner}")).send().expect(204);
    assert!(scim.users_where(&format!("userName eq \"{old}\"")).is_empty());
    relay.thaw();
    assert_eq!(scim.users_where(&format!("userName eq \"{new}\"")), [id]);
}

#[test]
fn a_deleted_user_whom_the_index_still_knows_is_gone() {
    let Some((relay, scim)) = lagging() else { return };
    let name = unique();
    let id = scim.create_user(&name, &json!({}));
    assert_eq!(scim.users_where(&format!("userName eq \"{name}\"")), [id.as_str()]);
    relay.freeze();
    scim.delete(&format!("/Users/{id}")).send().expect(204);
    assert!(scim.users_where(&format!("userName eq \"{name}\"")).is_empty());
    let again = scim.create_user(&name, &json!({}));
    assert_eq!(scim.users_where(&format!("userName eq \"{name}\"")), [again]);
}

#[test]
fn members_are_seen_at_once() {
    let Some((relay, scim)) = lagging() else { return };
    let member = unique();
    relay.freeze();
    let id = scim.create_group(&unique(), std::slice::from_ref(&member));
    assert_eq!(scim.get(&format!("/Groups/{id}")).send().members(), [member.as_str()]);
    for filter in [
        format!("id eq \"{id}\" and members eq \"{member}\""),
        format!("id eq \"{id}\" and members[value eq \"{member}\"]"),
    ] {
        assert_eq!(scim.groups_where(&filter), [id.as_str()], "{filter}");
    }
    scim.patch_group(&id, &json!([{ "op": "remove", "path": format!("members[value eq \"{member}\"]") }]));
    assert!(scim.groups_where(&format!("id eq \"{id}\" and members eq \"{member}\"")).is_empty());
}

#[test]
fn a_user_of_a_group_that_is_gone_never_names_it() {
    let Some((relay, scim)) = lagging() else { return };
    let id = scim.create_user(&unique(), &json!({}));
    let (stays, goes) = (
        scim.create_group(&unique(), std::slice::from_ref(&id)),
        scim.create_group(&unique(), std::slice::from_ref(&id)),
    );
    let groups = || {
        scim.get(&format!("/Users/{id}?attributes=groups")).send().expect(200).json()["groups"]
            .as_array()
            .map_or(0, Vec::len)
    };
    assert_eq!(groups(), 2);
    relay.freeze();
    scim.delete(&format!("/Groups/{goes}")).send().expect(204);
    let user = scim.get(&format!("/Users/{id}?attributes=groups")).send();
    user.expect(200).holds(&json!({ "groups": [{ "value": stays }] }));
}
