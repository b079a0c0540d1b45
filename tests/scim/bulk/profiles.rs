//! The rules of a profile hold for the operations of a bulk request, too.

use serde_json::{Value, json};
use tests::bulk::{change, delete, post_group, post_user};
use tests::endpoint::Endpoint;
use tests::names::guid;

const ACME_DEVICE: &str = "urn:ietf:params:scim:schemas:extension:acme:2.0:Device";

fn post_device(bulk_id: &str, serial: &str, owner: &str) -> Value {
    let cost = json!({ "costCenter": "7" });
    let data = json!({ "serial": serial, "owner": { "value": owner }, ACME_DEVICE: cost });
    json!({ "method": "POST", "path": "/Devices", "bulkId": bulk_id, "data": data })
}

#[test]
fn a_type_of_ones_own_with_references_and_unique_values() {
    let Some(acme) = Endpoint::empty_directory_of("acme") else { return };
    let answer = acme.bulk(&[
        post_device("d", "S1", "bulkId:u"),
        post_device("e", "S1", "bulkId:u"),
        post_user("u", "ana", &json!({})),
        change("/Devices/bulkId:d", &json!([{ "op": "replace", "path": "serial", "value": "S2" }])),
        post_device("f", "S1", "unknown"),
        delete("/Devices/bulkId:f"),
    ]);
    assert_eq!(answer.statuses(), [201, 409, 201, 200, 201, 204]);
    let device = acme.get(&answer.place(0)).send();
    device.expect(200).holds(&json!({ "serial": "S2", "owner": { "value": answer.made(2) } }));
    assert!(answer.place(0).starts_with("/Devices/"));
}

/// Members that the same request creates count as existing, also in a circle.
#[test]
fn members_that_must_exist() {
    let Some(acme) = Endpoint::empty_directory_of("acme") else { return };
    let stranger = guid();
    let answer = acme.bulk(&[
        post_group("a", "A", &["bulkId:b", "bulkId:u"]),
        post_group("b", "B", &["bulkId:a"]),
        post_group("c", "C", &[&stranger]),
        post_group("d", "D", &["bulkId:c"]),
        change("/Groups/bulkId:b", &json!([{ "op": "add", "path": "members", "value": ["bulkId:u"] }])),
        change("/Groups/bulkId:b", &json!([{ "op": "add", "path": "members", "value": [stranger] }])),
        post_group("e", "E", &["bulkId:phone"]),
        post_device("phone", "S1", "bulkId:u"),
        post_user("u", "ana", &json!({})),
    ]);
    assert_eq!(answer.statuses(), [201, 201, 400, 409, 200, 400, 400, 201, 201], "{answer}");
    let mut members = vec![answer.made(1), answer.made(8)];
    members.sort();
    assert_eq!(acme.get(&answer.place(0)).send().members(), members);
    assert_eq!(answer.place(5), answer.place(1), "also who fails says where, once that is known");
    assert_eq!(acme.get("/Groups?count=0").send().total(), 2);
}

#[test]
fn a_patch_that_is_answered_without_a_body() {
    let Some(kintone) = Endpoint::empty_directory_of("kintone") else { return };
    let path = format!("/Users/{}", kintone.create_user("ana", &json!({})));
    let rename = change(&path, &json!([{ "op": "replace", "path": "displayName", "value": "Ana" }]));
    let answer = kintone.bulk(&[rename, delete("/Groups/x")]);
    let operations = answer.operations();
    assert_eq!(
        (&operations[0]["status"], &operations[1]["status"]),
        (&json!("204"), &json!("404")),
        "{answer}"
    );
    assert_eq!(operations[0]["version"], json!(kintone.get(&path).send().etag()));
}
