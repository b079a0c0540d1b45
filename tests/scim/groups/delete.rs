//! DELETE /Groups/{id} (RFC 7644 §3.6).

use serde_json::json;
use tests::endpoint::Endpoint;
use tests::names::{guid, unique};
use tests::people::group;

#[test]
fn a_deleted_group_is_gone_for_every_request() {
    let (scim, name) = (Endpoint::shared(), unique());
    let member = scim.create_user(&unique(), &json!({}));
    let id = scim.create_group(&name, std::slice::from_ref(&member));
    let path = format!("/Groups/{id}");
    scim.delete(&path).send().expect(204);
    scim.get(&path).send().error(404, "");
    scim.delete(&path).send().error(404, "");
    scim.put(&path, &group(&name, &json!({}))).send().error(404, "");
    scim.patch(&path, &json!([{ "op": "add", "path": "members", "value": [{ "value": member }] }]))
        .send()
        .error(404, "");
    for filter in
        [format!("displayName eq \"{name}\""), format!("id eq \"{id}\""), format!("members eq \"{member}\"")]
    {
        assert!(scim.groups_where(&filter).is_empty(), "{filter}");
    }
    scim.get(&format!("/Users/{member}?attributes=groups")).send().holds(&json!({ "groups": "<absent>" }));
    let again = scim.create_group(&name, &[]);
    assert!(scim.get(&format!("/Groups/{again}")).send().members().is_empty());
}

#[test]
fn an_unknown_group_is_404() {
    let scim = Endpoint::shared();
    scim.delete(&format!("/Groups/{}", guid())).send().error(404, "");
}
