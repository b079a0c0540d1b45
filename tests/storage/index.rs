//! I2: lookups return the present state, whatever an index says; I3: index entries change with the
//! resource.

use serde_json::json;
use tests::endpoint::Endpoint;
use tests::names::unique;
use tests::runtime::at_once;

#[test]
fn after_many_renames_only_the_last_names_are_found() {
    let Some(scim) = Endpoint::empty_directory() else { return };
    let names: Vec<_> = (0..6).map(|number| format!("name{number}")).collect();
    let ids: Vec<_> = (0..4).map(|number| scim.create_user(&format!("start{number}"), &json!({}))).collect();
    let work = (0..8).map(|task: usize| {
        let (scim, ids, names) = (scim.clone(), ids.clone(), names.clone());
        async move {
            let mut random = task.wrapping_mul(7919) + 13;
            for _ in 0..25 {
                random = random.wrapping_mul(1_103_515_245).wrapping_add(12_345) & 0x7fff_ffff;
                let (id, name) = (&ids[(random >> 8) % 4], &names[(random >> 16) % 6]);
                let body = tests::people::patch(&json!([
                    { "op": "replace", "path": "userName", "value": name },
                    { "op": "replace", "path": "externalId", "value": name },
                    { "op": "replace", "path": "emails[type eq \"work\"].value", "value": name },
                ]));
                let answer = tests::call::Call::new(&scim, "PATCH", &format!("/Users/{id}"))
                    .json(&body)
                    .exchange()
                    .await;
                assert!(matches!(answer.status, 200 | 409 | 429 | 503), "{answer}");
            }
        }
    });
    at_once(8, work);
    let users = scim.get("/Users").send().json();
    for attribute in ["userName", "externalId", "emails.value"] {
        for name in &names {
            let expected: Vec<_> = users["Resources"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|user| user["userName"] == json!(name))
                .map(|user| user["id"].as_str().unwrap().to_owned())
                .collect();
            assert_eq!(
                scim.users_where(&format!("{attribute} eq \"{name}\"")),
                expected,
                "{attribute} {name}"
            );
        }
    }
    assert_eq!(scim.get("/Users").send().total(), 4);
    let mut ranged = scim.users_where("userName sw \"name\"");
    ranged.extend(scim.users_where("userName sw \"start\""));
    ranged.sort();
    assert_eq!(ranged, ids, "every user has one entry in the range");
}

#[test]
fn what_a_write_acknowledged_the_next_request_sees() {
    let scim = Endpoint::shared();
    let work = (0..8).map(|_| async {
        for _ in 0..10 {
            let name = unique();
            let created = scim
                .post("/Users", &tests::people::user(&name, &json!({ "externalId": name })))
                .exchange()
                .await;
            let id = created.expect(201).id();
            for filter in [
                format!("userName eq \"{name}\""),
                format!("externalId eq \"{name}\""),
                format!("userName sw \"{name}\""),
            ] {
                assert_eq!(
                    scim.get("/Users").filter(&filter).exchange().await.ids(),
                    [id.as_str()],
                    "{filter}"
                );
            }
            scim.delete(&format!("/Users/{id}")).exchange().await.expect(204);
            assert_eq!(
                scim.get("/Users").filter(&format!("userName eq \"{name}\"")).exchange().await.total(),
                0
            );
        }
    });
    at_once(8, work);
}
