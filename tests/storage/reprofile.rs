//! A directory changes its profile while clients continue.

use std::sync::Arc;

use directory::error::Error;
use directory::registry::record;
use directory::upkeep::profile_change::{self, Progress};
use directory::upkeep::slice::Slice;
use serde_json::json;
use tests::call::Call;
use tests::endpoint::Endpoint;
use tests::names::unique;
use tests::people::user;
use tests::runtime::{at_once, block_on};

use crate::units::units;

/// Changes the profile completely; no client uses an old record meanwhile.
fn change(scim: &Endpoint, to: &str) -> Result<Progress, Error> {
    let (id, stack) = (scim.directory(), scim.stack().unwrap());
    let (table, profiles) = (stack.table(), stack.profiles());
    block_on(async {
        if !profile_change::begin(&table, &id, to, &profiles).await? {
            return Ok(Progress::Ended);
        }
        loop {
            let progress = profile_change::advance(&table, &id, &profiles, Slice::alone()).await?;
            if progress.has_ended() {
                return Ok(progress);
            }
        }
    })
}

/// The same directory with a new credential, so that no cache answers.
fn by_new_credential(scim: &Endpoint) -> Endpoint {
    let scim = scim.by_another_credential(None).unwrap();
    // Reads the credential and the record once, so that they do not count as cost of a lookup.
    scim.get("/ServiceProviderConfig").send().expect(200);
    scim
}

/// The capacity that a search by this filter takes.
fn read_units(scim: &Endpoint, filter: &str) -> f64 {
    units(scim.get("/Users").filter(filter).send().expect(200)).0
}

#[test]
fn an_attribute_that_becomes_indexed_is_found_without_a_scan_and_before() {
    let Some(scim) = Endpoint::empty_directory_of("standard") else { return };
    for number in 0..250 {
        scim.create_user(
            &format!("u{number}"),
            &json!({ "title": format!("t{number}"), "userType": "x".repeat(1000) }),
        );
    }
    assert!(read_units(&scim, "title eq \"t249\"") > 50.0, "a scan of the directory");
    assert_eq!(change(&scim, "titles").unwrap(), Progress::Ended);
    let scim = by_new_credential(&scim);
    let units = read_units(&scim, "title eq \"T249\"");
    assert!(units < 3.0, "a lookup takes {units}");
    for number in [0, 99, 100, 101, 249] {
        assert_eq!(scim.users_where(&format!("title eq \"t{number}\"")).len(), 1, "{number}");
    }
    // And back: attributes that are not indexed any more leave no entries.
    assert_eq!(change(&scim, "standard").unwrap(), Progress::Ended);
    assert!(crate::items::naming(&scim, &format!("D#{}#User#title", scim.directory())).is_empty());
    assert_eq!(by_new_credential(&scim).users_where("title eq \"t249\"").len(), 1);
}

#[test]
fn what_would_be_unique_and_is_not_is_listed_and_the_change_refused() {
    let Some(scim) = Endpoint::empty_directory_of("standard") else { return };
    let ids: Vec<String> = ["Dr", "dr", "Ms"]
        .iter()
        .map(|title| scim.create_user(title, &json!({ "userName": unique(), "title": title })))
        .collect();
    let Progress::Refused(duplicates) = change(&scim, "unique-titles").unwrap() else {
        panic!("not refused")
    };
    let [duplicate] = duplicates.as_slice() else { panic!("{duplicates:?}") };
    assert_eq!((duplicate.resource_type.as_str(), duplicate.attribute.as_str()), ("User", "title"));
    assert_eq!(duplicate.ids, [ids[0].clone(), ids[1].clone()]);
    let fresh = by_new_credential(&scim);
    fresh.post("/Users", &user(&unique(), &json!({ "title": "DR" }))).send().expect(201);
    assert!(
        crate::items::naming(&scim, &format!("D#{}#User#title", scim.directory())).is_empty(),
        "nothing is left"
    );

    // After a correction the change succeeds, and the new rules hold.
    for id in fresh.users_where("title eq \"dr\"").iter().skip(1) {
        fresh.patch_user(id, &json!([{ "op": "remove", "path": "title" }]));
    }
    assert_eq!(change(&scim, "unique-titles").unwrap(), Progress::Ended);
    let fresh = by_new_credential(&scim);
    fresh.post("/Users", &user(&unique(), &json!({ "title": "DR" }))).send().error(409, "uniqueness");
    assert_eq!(fresh.users_where("title eq \"ms\""), [ids[2].as_str()]);
}

#[test]
fn clients_go_on_meanwhile_and_nothing_is_missed() {
    let Some(scim) = Endpoint::empty_directory_of("standard") else { return };
    let (id, stack) = (scim.directory(), scim.stack().unwrap());
    let (table, profiles) = (stack.table(), stack.profiles());
    let ids: Vec<String> = (0..120)
        .map(|n| scim.create_user(&format!("u{n}"), &json!({ "title": format!("old{n}") })))
        .collect();
    block_on(profile_change::begin(&table, &id, "titles", &profiles)).unwrap();
    // Requests from here on know of the change.
    let during = Arc::new(by_new_credential(&scim));
    let writers = (0..8).map(|task| {
        let (scim, ids) = (Arc::clone(&during), ids.clone());
        Box::pin(async move {
            for (n, id) in ids.iter().enumerate().filter(|(n, _)| n % 8 == task) {
                let call = match n % 3 {
                    0 => Call::new(&scim, "DELETE", &format!("/Users/{id}")),
                    1 => Call::new(&scim, "POST", "/Users")
                        .json(&user(&format!("n{n}"), &json!({ "title": format!("new{n}") }))),
                    _ => Call::new(&scim, "PATCH", &format!("/Users/{id}")).json(&tests::people::patch(
                        &json!([{ "op": "replace", "path": "title", "value": format!("moved{n}") }]),
                    )),
                };
                let answer = call.exchange().await;
                assert!(answer.status < 300, "{answer}");
            }
        }) as std::pin::Pin<Box<dyn Future<Output = ()> + Send>>
    });
    let fill = Box::pin(async move {
        while !profile_change::advance(&table, &id, &profiles, Slice::alone()).await.unwrap().has_ended() {}
    });
    at_once(9, writers.chain(std::iter::once(fill as std::pin::Pin<Box<dyn Future<Output = ()> + Send>>)));
    let after = by_new_credential(&scim);
    let users = after.get("/Users").query("count", "1000").send().json();
    let titles: Vec<String> = users["Resources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|user| user["title"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(titles.len(), 120);
    for title in titles {
        assert_eq!(after.users_where(&format!("title eq \"{title}\"")).len(), 1, "{title}");
        assert!(read_units(&after, &format!("title eq \"{title}\"")) < 3.0);
    }
    for n in (0..120).step_by(3) {
        assert!(after.users_where(&format!("title eq \"old{n}\"")).is_empty(), "{n}");
    }
}

#[test]
fn it_waits_until_every_instance_knows_and_accepts_the_same_request_again() {
    let Some(scim) = Endpoint::empty_directory_of("standard") else { return };
    let (id, stack) = (scim.directory(), scim.stack().unwrap());
    let (table, profiles) = (stack.table(), stack.profiles());
    block_on(async {
        assert!(profile_change::begin(&table, &id, "titles", &profiles).await.unwrap());
        assert!(
            profile_change::begin(&table, &id, "titles", &profiles).await.unwrap(),
            "the same change again"
        );
        let other = profile_change::begin(&table, &id, "okta", &profiles).await.unwrap_err();
        assert!(other.to_string().contains("wait"), "{other}");
        let unknown = profile_change::begin(&table, &id, "none", &profiles).await.unwrap_err();
        assert!(unknown.to_string().contains("wait"), "{unknown}");
        assert_eq!(
            profile_change::advance(&table, &id, &profiles, Slice::new()).await.unwrap(),
            Progress::Open
        );
        assert_eq!(record::read(&table, &id).await.unwrap().unwrap().profile, "standard");
        assert_eq!(
            profile_change::advance(&table, &id, &profiles, Slice::alone()).await.unwrap(),
            Progress::Ended
        );
        assert_eq!(record::read(&table, &id).await.unwrap().unwrap().profile, "titles");
        assert!(
            !profile_change::begin(&table, &id, "titles", &profiles).await.unwrap(),
            "nothing is to be done"
        );
    });
}

#[test]
fn a_resource_with_more_values_than_can_be_indexed_stops_the_change_and_nothing_else() {
    let Some(scim) = Endpoint::empty_directory_of("standard") else { return };
    let phones: Vec<_> = (0..120).map(|n| json!({ "type": "work", "value": n.to_string() })).collect();
    let id = scim.create_user("many", &json!({ "phoneNumbers": phones }));
    let error = change(&scim, "phones").unwrap_err().to_string();
    assert!(error.contains(&id) && error.contains("has 121 values"), "{error}");
    let fresh = by_new_credential(&scim);
    fresh.patch_user(&id, &json!([{ "op": "replace", "path": "active", "value": false }]));
    let fewer = json!([{ "op": "replace", "path": "phoneNumbers", "value": phones[..60] }]);
    fresh.patch_user(&id, &fewer);

    // The sixty existing values can be kept or removed, but none can be added.
    assert_eq!(change(&scim, "phones").unwrap(), Progress::Ended);
    let fresh = by_new_credential(&scim);
    assert_eq!(fresh.users_where("phoneNumbers.value eq \"59\""), [id.as_str()]);
    fresh.patch_user(&id, &json!([{ "op": "replace", "path": "active", "value": true }]));
    let more = json!([{ "op": "add", "path": "phoneNumbers", "value": [{ "value": "one more" }] }]);
    fresh.patch(&format!("/Users/{id}"), &more).send().error(400, "invalidValue");
    // Sixty other values are more than one transaction can write while it removes the first
    // sixty.
    let others: Vec<_> = (0..60).map(|n| json!({ "type": "work", "value": format!("other{n}") })).collect();
    let others = json!([{ "op": "replace", "path": "phoneNumbers", "value": others }]);
    let detail = fresh.patch(&format!("/Users/{id}"), &others).send();
    detail.error(400, "invalidValue");
    assert!(detail.json()["detail"].as_str().unwrap().contains("adds 60"), "{detail}");
    fresh.delete(&format!("/Users/{id}")).send().expect(204);
    assert!(fresh.users_where("phoneNumbers.value eq \"59\"").is_empty());
}
