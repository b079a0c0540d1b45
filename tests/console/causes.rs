//! The Entra stand-in with planted faults: for each, the provisioning log names the cause and what to change.

use directory::access::credential;
use directory::clock::seconds;
use entra::mapping::Mapping;
use entra::sync::{Options, Source, run};
use gateway::auth::token::Token;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use tests::admin::admin;
use tests::browser::Browser;
use tests::deployment::deployment;
use tests::endpoint::Endpoint;
use tests::runtime::block_on;

use crate::world::link;

/// What an administrator did wrong, before or while provisioning.
#[derive(Clone, Copy)]
enum Plant {
    /// The secret token ended yesterday.
    Expired,
    Revoked,
    /// The token may only read.
    ReadOnly,
    Paused,
    /// Something follows the Tenant URL.
    LongUrl,
    /// The directory has this profile.
    Profile(&'static str),
    /// The mapping of users has this row as well, or instead.
    Row(&'static str, &'static str),
    /// Users are matched by this attribute.
    Matching(&'static str),
    /// Nothing is mapped to `userName`.
    NoUserName,
    /// The directory has this rate.
    Slow,
    /// The users are deleted between two cycles.
    DeletedHere,
}

/// The fault, the attribute that the log names, the title of the cause, and a part of what to change.
const FAULTS: [(Plant, &str, &str, &str); 17] = [
    (Plant::Expired, "–", "The secret token is not valid any more", "Create new credentials"),
    (Plant::Revoked, "–", "The secret token is not valid any more", "Create new credentials"),
    (Plant::ReadOnly, "–", "The secret token does not allow this", "may read and change users"),
    (Plant::Paused, "–", "User provisioning was not enabled", "team of this service to resume it"),
    (Plant::LongUrl, "–", "There is nothing at this address", "copy the Tenant URL"),
    (Plant::Profile("kintone"), "–", "There is nothing at this address", "stop provisioning groups"),
    (Plant::Profile("clarizen-one"), "roles", "A value is not accepted", "Correct the value"),
    (Plant::Row("active", "yes"), "active", "A value is not accepted", "mapping of the attribute"),
    (Plant::Row("userName", "ana\u{7}@ex.io"), "userName", "A value is not accepted", "cannot be shown"),
    (
        Plant::Row("userName", "ana@ex.io"),
        "userName",
        "Someone else has this value already",
        "link the accounts",
    ),
    (Plant::NoUserName, "userName", "A required value is missing", "Fill in the value"),
    (Plant::Row("title", "long"), "–", "The request or its answer is too large", "very long value"),
    (Plant::Row("shoeSize", ""), "–", "The attribute does not exist here", "correct its name"),
    (Plant::Row("meta.location", ""), "meta", "The attribute cannot be changed", "Remove the attribute"),
    (Plant::Matching("shoeSize"), "–", "The look-up is not possible", "Match users by userName"),
    (
        Plant::DeletedHere,
        "–",
        "The person or group does not exist here any more",
        "Start the provisioning again",
    ),
    (Plant::Slow, "–", "Too many requests at once", "higher rate"),
];

/// A mapping with the fault.
fn mapping(plant: Plant) -> Mapping {
    let mut rows = vec![
        json!({ "target": "externalId", "source": "mailNickname", "matching": 1 }),
        json!({ "target": "userName", "source": "userPrincipalName" }),
        json!({ "target": "displayName", "source": "displayName" }),
    ];
    match plant {
        Plant::Row(target, "") => rows.push(json!({ "target": target, "source": "displayName" })),
        Plant::Row(target, value) => {
            rows.retain(|row| row["target"] != target);
            let value = if value == "long" { "x".repeat(500_000) } else { value.to_owned() };
            rows.push(json!({ "target": target, "constant": value }));
        }
        Plant::Profile("clarizen-one") => {
            rows.push(json!({ "target": "roles[primary eq \"True\"].value", "constant": "Manager" }));
        }
        Plant::Matching(target) => {
            rows[0] = json!({ "target": target, "source": "mailNickname", "matching": 1 })
        }
        Plant::NoUserName => drop(rows.remove(1)),
        _ => {}
    }
    let mut file = json!({ "name": "planted", "users": { "attributes": rows } });
    if matches!(plant, Plant::Profile("kintone")) {
        let rows = json!([{ "target": "displayName", "source": "displayName", "matching": 1 }]);
        file["groups"] = json!({ "attributes": rows });
    }
    Mapping::parse(&file.to_string()).unwrap()
}

fn token(scim: &Endpoint, plant: Plant) -> String {
    let (table, id) = (scim.stack().unwrap().table(), scim.directory());
    let (token, mut new) = Token::mint(&id, &deployment()).unwrap();
    match plant {
        Plant::Expired => new.expires = Some(seconds() - 86_400),
        Plant::ReadOnly => new.scopes = "read users groups".parse().unwrap(),
        _ => {}
    }
    block_on(credential::create(&table, &id, &new)).unwrap();
    if matches!(plant, Plant::Revoked) {
        block_on(credential::revoke(&table, &id, &new.id)).unwrap();
    }
    token.expose_secret().to_owned()
}

/// Provisions some people with the fault.
fn provision(scim: &Endpoint, plant: Plant) {
    let patch = |body: Value| {
        let path = format!("/admin/directories/{}", scim.directory());
        admin(scim, "PATCH", &path).unwrap().json(&body).send().expect(200);
    };
    match plant {
        Plant::Paused => patch(json!({ "state": "paused" })),
        Plant::Slow => patch(json!({ "settings": { "requestsPerSecond": 1 } })),
        _ => {}
    }
    let (url, token) = (scim.base(), token(scim, plant));
    let url = if matches!(plant, Plant::LongUrl) { format!("{url}/Users") } else { url.to_owned() };
    let state = tempfile::tempdir().unwrap();
    let source = Source::Generated { users: 12, groups: 2, seed: 19 };
    let options = Options {
        cycles: 1,
        settle: 0,
        retries: 0,
        state: Some(state.path().join("state")),
        ..Options::new(&url, &token, mapping(plant), source)
    };
    if matches!(plant, Plant::DeletedHere) {
        block_on(run(Options { cycles: 0, ..options.clone() })).unwrap();
        let found = scim.get("/Users?count=100").send().expect(200).json();
        for user in found["Resources"].as_array().unwrap() {
            scim.delete(&format!("/Users/{}", user["id"].as_str().unwrap())).send().expect(204);
        }
    }
    block_on(run(options)).unwrap();
}

#[test]
fn the_log_names_the_cause_of_each_planted_fault_and_what_to_change() {
    for (number, (plant, attribute, title, change)) in FAULTS.into_iter().enumerate() {
        let profile = if let Plant::Profile(profile) = plant { profile } else { "standard" };
        let Some(scim) = Endpoint::empty_directory_of(profile) else { return };
        let mut customer = Browser::new(&scim);
        customer.post(&link(&scim, &scim.directory().to_string()).0, &[]).expect(303);
        let log = format!("/console/directories/{}/log?show=refused", scim.directory());
        customer.get(&log).expect(200).shows("There was none in the last 30 days.");
        provision(&scim, plant);
        let page = customer.get(&log);
        let row = page.expect(200).text.split("<tr>").find(|row| row.contains(&format!(">{title}</a>")));
        let row = row.unwrap_or_else(|| panic!("{number}: {title}: {page:?}"));
        assert!(row.contains(&format!("<td>{attribute}</td>")), "{number}: {row}");
        page.shows(&format!("<h2>{title}</h2>")).shows(change).shows("What to do: ");
        for personal in ["@ex.io", scim.token(), "500000", "xxxxxxxx"] {
            assert!(!row.contains(personal) || row.contains('…'), "{number}: {row}");
        }
        let causes: Vec<&str> =
            page.text.split("<h2>").skip(1).map(|rest| rest.split('<').next().unwrap()).collect();
        eprintln!(
            "{:2} {title} ({attribute}); on the page: {}",
            number + 1,
            causes[..causes.len() - 1].join("; ")
        );
    }
}
