#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on has failed")]
//! Plans, without a table: they are about what the request itself creates.

use std::sync::Arc;

use aws_sdk_dynamodb::config::{BehaviorVersion, Config};
use directory::Table;
use directory::secret::deployment::DeploymentSecret;
use directory::secret::seals::Seals;
use directory::secret::{Secret, Secrets};
use scim::bulk::request::parse;
use scim::profile::{Profiles, STANDARD};
use serde_json::{Value, json};

use super::plan::Plan;
use gateway::auth::access::Access;
use gateway::scim::context::Context;

/// The plan of a request with `operations`, which are about resources that the request creates.
async fn plan(operations: Value) -> Plan {
    let config = Config::builder().behavior_version(BehaviorVersion::latest()).build();
    let table = Table::new(aws_sdk_dynamodb::Client::from_conf(config), "none");
    let access = Access {
        directory: "acme".parse().unwrap(),
        credential: "c1".parse().unwrap(),
        scopes: directory::access::permissions::Scopes::default(),
        profile: Profiles::built_in().get(STANDARD).unwrap(),
        subject: None,
        seals: Seals::new(
            DeploymentSecret::parse(&"d".repeat(32)).unwrap(),
            Secrets::of(Secret::random().unwrap()),
        ),
        adopt: directory::resource::existing::Policy::default(),
        requests_per_second: None,
        has_security_events: false,
    };
    let context = Context { access, base: Arc::from("https://scim.example.com/scim/v2") };
    let request = parse(json!({ "Operations": operations })).unwrap();
    let scope = context.scope(&table);
    Plan::new(request, &context, scope).await.unwrap()
}

fn post(bulk_id: &str, endpoint: &str, data: Value) -> Value {
    json!({ "method": "POST", "bulkId": bulk_id, "path": endpoint, "data": data })
}

/// An operation that mentions a deleted resource keeps its position, however both name the resource.
#[tokio::test]
async fn a_delete_by_a_bulk_id_keeps_its_position_among_those_that_mention_it() {
    let group =
        |id: &str| post(id, "/Groups", json!({ "displayName": id, "members": [{ "value": "bulkId:u" }] }));
    let delete = json!({ "method": "DELETE", "path": "/Users/bulkId:u" });
    let user = post("u", "/Users", json!({ "userName": "u" }));
    let plan = plan(json!([user, group("g"), delete, group("h")])).await;
    assert!(plan.operations.iter().all(|planned| planned.work.is_ok()));
    assert_eq!(plan.order.sequence, [0, 1, 2, 3]);
    assert!(plan.after[2].contains(&1), "{:?}", plan.after);
    assert!(plan.after[3].contains(&2), "{:?}", plan.after);
    assert!(!plan.after[3].contains(&1), "those that only mention it have no order: {:?}", plan.after);
}

fn rename(bulk_id: &str, name: &str) -> Value {
    let operations = json!([{ "op": "replace", "path": "userName", "value": name }]);
    let path = format!("/Users/bulkId:{bulk_id}");
    json!({ "method": "PATCH", "path": path, "data": { "Operations": operations } })
}

/// A PATCH is not applied to find out what it frees: everything that is sent for a resource counts.
#[tokio::test]
async fn an_operation_that_needs_a_value_waits_for_those_that_may_free_it() {
    let user = |id: &str, name: &str| post(id, "/Users", json!({ "userName": name }));
    let operations =
        json!([user("u", "a"), rename("u", "b"), rename("u", "c"), user("v", "B"), user("w", "d")]);
    let plan = plan(operations).await;
    assert_eq!(plan.order.sequence, [0, 1, 2, 3, 4]);
    let after: Vec<Vec<usize>> = plan.after.iter().map(|after| after.iter().copied().collect()).collect();
    assert_eq!(after, [vec![], vec![0], vec![1], vec![2], vec![]]);
}

#[tokio::test]
async fn changes_of_several_groups_with_the_same_member_do_not_wait_for_each_other() {
    let group = |id: &str| post(id, "/Groups", json!({ "displayName": id }));
    let add = |id: &str| {
        let add = json!([{ "op": "add", "path": "members", "value": [{ "value": "bulkId:u" }] }]);
        json!({ "method": "PATCH", "path": format!("/Groups/bulkId:{id}"), "data": { "Operations": add } })
    };
    let user = post("u", "/Users", json!({ "userName": "u" }));
    let plan = plan(json!([user, group("g"), group("h"), add("g"), add("h")])).await;
    assert_eq!(plan.after[3].iter().collect::<Vec<_>>(), [&1]);
    assert_eq!(plan.after[4].iter().collect::<Vec<_>>(), [&2]);
}
