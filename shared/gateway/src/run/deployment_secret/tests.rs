#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use tokio::net::TcpListener;

use super::{ARN, of_environment};
use crate::run::aws::config;
use crate::run::{administrator_keys, oidc};

const NAME: &str = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:test";
const VALUE: &str = "a-value-of-32-characters-and-a-few-more";
/// The name and the value of the settings of OpenID Connect.
const OIDC: &str = "rollcall/console-oidc";
const SETTINGS: &str = r#"{"issuer":"https://ex.io","clientId":"c","emails":["ana@ex.io"]}"#;

/// What a stand-in of Secrets Manager was asked, and the statuses of its next responses; 200 after
/// them.
#[derive(Clone, Default)]
struct StandIn {
    asked: Arc<Mutex<Vec<String>>>,
    failures: Arc<Mutex<Vec<u16>>>,
}

async fn answer(State(stand_in): State<StandIn>, body: String) -> (StatusCode, String) {
    let value = if body.contains(OIDC) { SETTINGS } else { VALUE };
    stand_in.asked.lock().unwrap().push(body);
    let failure = stand_in.failures.lock().unwrap().pop();
    match failure {
        // A response that never comes.
        Some(0) => std::future::pending().await,
        Some(status) => (StatusCode::from_u16(status).unwrap(), String::new()),
        None => (StatusCode::OK, serde_json::json!({ "ARN": NAME, "SecretString": value }).to_string()),
    }
}

async fn start(stand_in: StandIn) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let routes = Router::new().route("/", post(answer)).with_state(stand_in);
        axum::serve(listener, routes).await.unwrap();
    });
    address
}

/// Runs the test `name` of this file, which is ignored otherwise, in a process with this
/// environment: variables of a process that has threads must not be changed.
fn child(name: &str, environment: &[(&str, &str)]) -> bool {
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", "--ignored", &format!("run::deployment_secret::tests::{name}")]);
    child.env_clear().stdout(Stdio::piped());
    child.envs([
        ("AWS_REGION", "eu-west-1"),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        (ARN, NAME),
        ("ROLLCALL_ADMINISTRATOR_KEY_ARN", NAME),
    ]);
    let output = child.envs(environment.iter().copied()).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.contains("1 passed") || text.contains("1 failed"), "{text}");
    output.status.success()
}

#[tokio::test]
#[ignore = "run by the tests below"]
async fn child_reads_both_secrets() {
    let secret = of_environment(&config().unwrap()).unwrap().get().await.unwrap();
    assert!(secret.has_checksum(&secret.with_checksum("x")));
    assert!(administrator_keys::of_environment(&config().unwrap()).await.unwrap().is(VALUE));
}

#[tokio::test]
#[ignore = "run by the test below"]
async fn child_reads_settings_of_openid_connect() {
    let read = oidc::of_environment(&config().unwrap()).await.unwrap().unwrap();
    assert!(read.is_only_way && read.emails == ["ana@ex.io"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_of_openid_connect_are_read_where_the_environment_names_them() {
    let address = start(StandIn::default()).await;
    let read = |more: &[(&str, &str)]| {
        let all = [&[("AWS_ENDPOINT_URL", &*address)], more].concat();
        child("child_reads_settings_of_openid_connect", &all)
    };
    assert!(read(&[("ROLLCALL_OIDC_SECRET", OIDC), ("ROLLCALL_OIDC_ONLY", "true")]));
    assert!(!read(&[("ROLLCALL_OIDC_SECRET", OIDC), ("ROLLCALL_OIDC_ONLY", "")]), "the key signs in, too");
    assert!(!read(&[("ROLLCALL_OIDC_SECRET", "")]), "none are named");
    assert!(!read(&[("ROLLCALL_OIDC_SECRET", "other")]), "not settings");
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_are_read_from_the_endpoint_that_the_environment_names() {
    for variable in ["AWS_ENDPOINT_URL_SECRETS_MANAGER", "AWS_ENDPOINT_URL"] {
        let stand_in = StandIn::default();
        let address = start(stand_in.clone()).await;
        assert!(child("child_reads_both_secrets", &[(variable, &address)]), "{variable}");
        let asked = stand_in.asked.lock().unwrap().clone();
        assert_eq!(asked.len(), 2, "{variable}: {asked:?}");
        assert!(asked.iter().all(|body| body.contains(NAME)), "{asked:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_endpoint_of_secrets_manager_comes_before_that_of_all_services() {
    let (own, all) = (StandIn::default(), StandIn::default());
    let (own_address, all_address) = (start(own.clone()).await, start(all.clone()).await);
    let variables = [("AWS_ENDPOINT_URL", &*all_address), ("AWS_ENDPOINT_URL_SECRETS_MANAGER", &own_address)];
    assert!(child("child_reads_both_secrets", &variables));
    assert_eq!((own.asked.lock().unwrap().len(), all.asked.lock().unwrap().len()), (2, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_read_is_tried_again_and_a_silent_server_ends_it_in_time() {
    let stand_in = StandIn { failures: Arc::new(Mutex::new(vec![500])), ..StandIn::default() };
    let address = start(stand_in.clone()).await;
    assert!(child("child_reads_both_secrets", &[("AWS_ENDPOINT_URL", &address)]));
    assert_eq!(stand_in.asked.lock().unwrap().len(), 3);
    *stand_in.failures.lock().unwrap() = vec![0; 99];
    let begun = Instant::now();
    assert!(!child("child_reads_both_secrets", &[("AWS_ENDPOINT_URL", &address)]));
    assert!(begun.elapsed() < Duration::from_secs(6), "{:?}", begun.elapsed());
}
