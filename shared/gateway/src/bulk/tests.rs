#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on has failed")]
//! Plans, without a table: they are about what the request itself creates.

use std::sync::Arc;

use aws_sdk_dynamodb::config::{BehaviorVersion, Config};
use directory::store::Store;
use scim::bulk::request::parse;
use scim::error::Kind;
use scim::profile::{Profiles, STANDARD};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::PLAN;
use super::plan::Plan;
use crate::auth::Access;
use crate::context::Context;

/// The plan of a request of these operations. None may be about what was there before.
async fn plan(operations: Value, until: Instant) -> Plan {
    let config = Config::builder().behavior_version(BehaviorVersion::latest()).build();
    let store = Store::new(aws_sdk_dynamodb::Client::from_conf(config), "none");
    let access = Access {
        directory: "acme".parse().unwrap(),
        credential: "c1".parse().unwrap(),
        scopes: directory::access::permissions::Scopes::default(),
        profile: Profiles::built_in().get(STANDARD).unwrap(),
        subject: None,
        secret: None,
        adopt: directory::resource::existing::Policy::default(),
        requests_per_second: None,
    };
    let context = Context { access, base: Arc::from("https://scim.example.com/scim/v2") };
    let request = parse(json!({ "Operations": operations })).unwrap();
    let scope = context.scope(&store);
    Plan::new(request, &context, scope, until).await.unwrap()
}

fn post(bulk_id: &str, endpoint: &str, data: Value) -> Value {
    json!({ "method": "POST", "bulkId": bulk_id, "path": endpoint, "data": data })
}

/// Whoever names what is deleted is done before or after that, as it was sent, however both name it.
#[tokio::test]
async fn a_delete_by_a_bulk_id_keeps_its_place_among_those_who_name_it() {
    let group =
        |id: &str| post(id, "/Groups", json!({ "displayName": id, "members": [{ "value": "bulkId:u" }] }));
    let delete = json!({ "method": "DELETE", "path": "/Users/bulkId:u" });
    let user = post("u", "/Users", json!({ "userName": "u" }));
    let plan = plan(json!([user, group("g"), delete, group("h")]), Instant::now() + PLAN).await;
    assert!(plan.operations.iter().all(|planned| planned.work.is_ok()));
    assert_eq!(plan.order.sequence, [0, 1, 2, 3]);
    assert!(plan.after[2].contains(&1), "{:?}", plan.after);
    assert!(plan.after[3].contains(&2), "{:?}", plan.after);
    assert!(!plan.after[3].contains(&1), "those who only name it have no order: {:?}", plan.after);
}

/// Following a PATCH may take long, and there are a thousand: what there is no time for is told so.
#[tokio::test]
async fn what_is_planned_too_late_is_not_done() {
    let title = json!([{ "op": "replace", "path": "title", "value": "x" }]);
    let change = json!({ "method": "PATCH", "path": "/Users/bulkId:u", "data": { "Operations": title } });
    let wrong = json!({ "method": "PATCH", "path": "/Users/bulkId:u" });
    let operations = json!([post("u", "/Users", json!({ "userName": "u" })), change, wrong]);
    let kinds = async |until| {
        let planned = plan(operations.clone(), until).await.operations;
        planned.iter().map(|planned| planned.work.as_ref().err().map(|error| error.kind)).collect::<Vec<_>>()
    };
    let wrong = Some(Kind::InvalidSyntax);
    assert_eq!(kinds(Instant::now() + PLAN).await, [None, None, wrong]);
    let late = Some(Kind::Unavailable);
    assert_eq!(kinds(Instant::now()).await, [late, late, wrong]);
}
