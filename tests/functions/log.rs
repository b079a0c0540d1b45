//! The traces of a request in Lambda: its id for the client, and its log line with metrics.

use serde_json::Value;
use tests::call::Call;
use tests::names::unique;
use tests::runtime::{block_on, within};

use crate::deployed::Deployed;

#[test]
fn a_request_has_an_id_and_its_line_holds_metrics_and_nothing_personal() {
    let Some(deployed) = Deployed::shared() else { return };
    let name = unique();
    let answer = deployed.scim.get("/Users").filter(&format!("userName eq \"{name}\"")).send();
    let id = answer.expect(200).header("x-request-id").unwrap().to_owned();
    let line = || deployed.log().into_iter().find(|line| line.contains(&id));
    assert!(within(10, || line().is_some()), "{:?}", deployed.log());
    let line: Value = serde_json::from_str(&line().unwrap()).unwrap();
    assert_eq!(line["_aws"]["CloudWatchMetrics"][0]["Namespace"], "Rollcall");
    assert_eq!((&line["Stack"], &line["Function"]), (&"rollcall-test".into(), &"users".into()));
    assert_eq!((&line["Route"], &line["Status"]), (&"GET /scim/v2/Users".into(), &"200".into()));
    assert_eq!((&line["Requests"], &line["ReadUnits"]), (&1.into(), &1.5.into()));
    assert!(line["Latency"].as_f64().unwrap() > 0.0);
    let all = deployed.log().join("\n");
    assert!(!all.contains(&name) && !all.contains(deployed.scim.token()), "{all}");
}

#[test]
fn a_wrong_administrator_key_counts_for_the_alarm() {
    let Some(deployed) = Deployed::shared() else { return };
    let url = format!("{}/admin/directories", deployed.scim.base().trim_end_matches("/scim/v2"));
    let call = Call::new(&deployed.scim, "GET", &url).authorization(Some("Bearer a-wrong-key"));
    assert_eq!(block_on(call.exchange()).status, 401);
    let counted = || deployed.log().into_iter().any(|line| line.contains(r#""FailedSignIns":1"#));
    assert!(within(10, counted), "{:?}", deployed.log());
}
