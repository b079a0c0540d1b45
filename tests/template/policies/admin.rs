//! Everything that the function `admin` does with the table.

use directory::upkeep::erasure;
use directory::upkeep::slice::Slice;
use scim::profile::STANDARD;
use serde_json::{Value, json};
use tests::answer::Answer;
use tests::call::Call;
use tests::endpoint::Endpoint;
use tests::names::unique;
use tests::runtime::{block_on, within};

use super::{Deployed, TABLE, profiles};
use crate::recorder::client;
use tests::functions::KEY;

/// Sends a request with the administrator key; it must succeed.
fn ask(scim: &Endpoint, method: &str, path: &str, body: Option<Value>) -> Answer {
    let url = format!("{}{path}", scim.base().trim_end_matches("/scim/v2"));
    let mut call = Call::new(scim, method, &url).authorization(Some(&format!("Bearer {KEY}")));
    if let Some(body) = body {
        // One line, which is valid JSON and valid JSON lines.
        call = call.json(&body);
        if path.contains("/import") {
            call = call.header("content-type", "application/x-ndjson");
        }
    }
    let answer = block_on(call.exchange());
    assert!(answer.status < 300, "{answer}");
    answer
}

/// Makes what `verify` repairs: the entry of a user name is missing, a foreign entry exists, a
/// counter is wrong, and a list of members without a group is left.
fn damage(deployed: &Deployed, directory: &str, user: &str, name: &str, group: &str) {
    use aws_sdk_dynamodb::types::AttributeValue::{N, S};
    let table = client(deployed.engine.url(), None);
    let entry = |key: &str| S(format!("1{key}"));
    let entries = || S(format!("D#{directory}#User#userName"));
    block_on(async {
        let delete = table.delete_item().table_name(TABLE).key("PK", entries()).key("SK", entry(name));
        delete.send().await.unwrap();
        let put = table.put_item().table_name(TABLE).item("PK", entries()).item("SK", entry("unknown"));
        put.item("id", S(user.to_owned())).send().await.unwrap();
        let counter = table.put_item().table_name(TABLE).item("PK", S(format!("C#{directory}")));
        counter.item("SK", S("User#00".to_owned())).item("n", N("7".to_owned())).send().await.unwrap();
        let left = S(format!("D#{directory}#Group#{group}#0190c0de-0000-7000-8000-000000000000"));
        let member = table.put_item().table_name(TABLE).item("PK", left).item("SK", S(user.to_owned()));
        member.item("memberKey", S(format!("D#{directory}#member#{user}"))).send().await.unwrap();
    });
}

/// The life of a directory, from create to erase.
pub(super) fn all(deployed: &Deployed) {
    // The log alone says why a call failed.
    let log = tracing_subscriber::fmt().with_max_level(tracing_subscriber::filter::LevelFilter::WARN);
    let _ = log.with_test_writer().try_init();
    let scim = deployed.directory(STANDARD);
    let id = format!("adm-{}", unique());
    let path = format!("/admin/directories/{id}");
    ask(&scim, "POST", "/admin/directories", Some(json!({ "id": id })));
    ask(&scim, "GET", "/admin/directories?count=2", None);
    ask(&scim, "PATCH", &path, Some(json!({ "name": "x", "profile": "okta" })));
    ask(&scim, "GET", &path, None);
    ask(&scim, "POST", &format!("{path}/rotate-secret"), Some(json!({})));
    for (kind, made) in [("credentials", json!({ "label": "x" })), ("clients", json!({ "label": "x" }))] {
        let list = format!("{path}/{kind}");
        let one = ask(&scim, "POST", &list, Some(made)).json();
        let one = format!("{list}/{}", one["id"].as_str().unwrap());
        ask(&scim, "GET", &list, None);
        ask(&scim, "GET", &one, None);
        ask(&scim, "PATCH", &one, Some(json!({ "label": "y" })));
        if kind == "clients" {
            let secret = ask(&scim, "POST", &format!("{one}/secrets"), Some(json!({}))).json();
            ask(&scim, "DELETE", &format!("{one}/secrets/{}", secret["id"].as_str().unwrap()), None);
        }
        ask(&scim, "DELETE", &one, None);
    }
    let own = scim.directory().to_string();
    let path = format!("/admin/directories/{own}");
    let name = unique();
    let user = scim.create_user(&name, &json!({}));
    let group = scim.create_group(&unique(), std::slice::from_ref(&user));
    ask(&scim, "GET", &format!("{path}/export"), None);
    let line = json!({ "schemas": [tests::people::USER], "userName": unique(), "emails": [{ "value": "a@ex.io", "type": "work" }] });
    ask(&scim, "POST", &format!("{path}/import"), Some(line.clone()));
    ask(&scim, "POST", &format!("{path}/import"), Some(line));
    let team =
        json!({ "schemas": [tests::people::GROUP], "displayName": unique(), "members": [{ "value": user }] });
    ask(&scim, "POST", &format!("{path}/import"), Some(team));
    ask(&scim, "GET", &format!("{path}/unverified"), None);
    ask(&scim, "POST", &format!("{path}/undo"), Some(json!({ "from": 1, "to": 9 })));
    ask(&scim, "GET", &format!("{path}/held"), None);
    ask(&scim, "POST", &format!("{path}/held/approve"), Some(json!({})));
    ask(&scim, "POST", &format!("{path}/held/reject"), Some(json!({ "ids": [user] })));
    let leaver = scim.create_user(&unique(), &json!({}));
    let compare = |apply: bool| {
        let asked = json!({ "apply": apply });
        ask(&scim, "POST", &format!("{path}/events/reconcile"), Some(asked));
    };
    [false, true].into_iter().for_each(compare);
    scim.delete(&format!("/Users/{leaver}")).send().expect(204);
    compare(true);
    ask(&scim, "POST", &format!("{path}/users/{leaver}/erase-events"), Some(json!({})));
    damage(deployed, &own, &user, &name, &group);
    let mut step = json!({ "repair": true });
    loop {
        let report = ask(&scim, "POST", &format!("{path}/verify"), Some(step.clone())).json();
        match report["next"].as_str() {
            Some(next) => step["after"] = next.into(),
            None => break,
        }
    }
    scim.get(&format!("/Groups/{group}")).send().expect(200);
    let receipt = ask(&scim, "DELETE", &path, None).json();
    ask(&scim, "GET", "/admin/receipts", None);
    let receipt = receipt["id"].as_str().or(receipt["receipt"]["id"].as_str()).unwrap().to_owned();
    // `changes` continues it.
    let (changes, gone) = (deployed.changes(), own.parse().unwrap());
    assert!(within(60, || block_on(erasure::advance(&changes, &gone, &profiles(), Slice::alone())).unwrap()));
    ask(&scim, "GET", &format!("/admin/receipts/{receipt}"), None);
}
