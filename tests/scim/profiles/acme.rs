//! A team's own extension, and a resource type of its own at its own endpoint.

use serde_json::json;
use tests::endpoint::Endpoint;
use tests::people::user;

const ACME: &str = "urn:ietf:params:scim:schemas:extension:acme:2.0:User";
const DEVICE: &str = "urn:example:params:scim:schemas:core:2.0:Device";
const ACME_DEVICE: &str = "urn:ietf:params:scim:schemas:extension:acme:2.0:Device";

fn device(serial: &str) -> serde_json::Value {
    json!({ "schemas": [DEVICE, ACME_DEVICE], "serial": serial, "model": "Laptop", "price": 999.5, ACME_DEVICE: { "costCenter": "7" } })
}

#[test]
fn an_extension_of_ones_own_is_stored_found_and_unique() {
    let Some(acme) = Endpoint::empty_directory_of("acme") else { return };
    let more = json!({ ACME: { "badge": "B1", "floor": 3, "tags": ["x", "Y"], "shift": "Day" } });
    let id = acme.create_user("ana", &more);
    acme.get(&format!("/Users/{id}"))
        .send()
        .holds(&json!({ ACME: { "badge": "B1", "floor": 3, "tags": ["x", "Y"] } }));
    for filter in
        [format!("{ACME}:badge eq \"B1\""), format!("{ACME}:tags eq \"y\""), format!("{ACME}:floor gt 2")]
    {
        assert_eq!(acme.users_where(&filter), [id.as_str()], "{filter}");
    }
    assert!(acme.users_where(&format!("{ACME}:badge eq \"b1\"")).is_empty(), "letter case counts");
    acme.post("/Users", &user("ben", &json!({ ACME: { "badge": "B1" } }))).send().error(409, "uniqueness");
    acme.post("/Users", &user("ben", &json!({ ACME: { "shift": "noon" } })))
        .send()
        .error(400, "invalidValue");
    acme.post("/Users", &user("ben", &json!({ ACME: { "floor": "up" } }))).send().error(400, "invalidValue");
    let path = json!([{ "op": "replace", "path": format!("{ACME}:badge"), "value": "B2" }]);
    acme.patch_user(&id, &path);
    acme.post("/Users", &user("ben", &json!({ ACME: { "badge": "B1" } }))).send().expect(201);
}

#[test]
fn a_type_of_ones_own_lives_at_its_own_endpoint() {
    let Some(acme) = Endpoint::empty_directory_of("acme") else { return };
    let ana = acme.create_user("ana", &json!({}));
    let created = acme.post("/Devices", &device("S1")).send();
    let id = created.expect(201).id();
    assert!(created.header("location").unwrap().ends_with(&format!("/Devices/{id}")));
    created.holds(&json!({ "meta": { "resourceType": "Device" }, "schemas": [DEVICE, ACME_DEVICE] }));
    let at = format!("/Devices/{id}");

    acme.post("/Devices", &device("S1")).send().error(409, "uniqueness");
    acme.post("/Devices", &json!({ "serial": "S2" })).send().error(400, "invalidValue");
    let change = json!([
        { "op": "add", "path": "owner", "value": ana },
        { "op": "add", "path": "ports[type eq \"usb\"].value", "value": "left" },
        { "op": "replace", "path": format!("{ACME_DEVICE}:costCenter"), "value": "8" }
    ]);
    let patched = acme.patch(&at, &change).send();
    patched.expect(200).holds(&json!({
        "owner": { "value": ana, "$ref": format!("{}/Users/{ana}", acme.base()) },
        "ports": [{ "type": "usb", "value": "left" }],
        ACME_DEVICE: { "costCenter": "8" }
    }));
    for filter in [
        "serial eq \"S1\"",
        "model eq \"LAPTOP\"",
        "price gt 900",
        "ports[type eq \"usb\"]",
        &format!("owner.value eq \"{ana}\""),
    ] {
        assert_eq!(acme.get("/Devices").filter(filter).send().ids(), [id.as_str()], "{filter}");
    }
    acme.put(&at, &device("S3")).send().expect(200).holds(&json!({ "serial": "S3", "owner": "<absent>" }));
    let stale = acme.patch(&at, &json!([{ "op": "remove", "path": "model" }])).header("If-Match", "W/\"1\"");
    stale.send().error(412, "");
    assert_eq!(acme.get("/Devices").send().total(), 1);
    acme.delete(&at).send().expect(204);
    acme.get(&at).send().error(404, "");
    acme.post("/Devices", &device("S3")).send().expect(201);
}

#[test]
fn other_directories_know_nothing_of_it() {
    let Some(standard) = Endpoint::empty_directory_of("standard") else { return };
    for call in
        [standard.get("/Devices"), standard.post("/Devices", &device("S1")), standard.delete("/Devices/x")]
    {
        call.send().error(404, "");
    }
    let body = user("ana", &json!({ ACME: { "badge": "B1" } }));
    standard.post("/Users", &body).send().expect(201).holds(&json!({ ACME: "<absent>" }));
}
