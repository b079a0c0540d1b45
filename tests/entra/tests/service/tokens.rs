//! The two cases about tokens, against a small token endpoint.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Form, Json, Router};
use entra::check::report::{Outcome, Verdict, json};
use entra::check::{Options, run};
use entra::wire::credentials::Credentials;
use entra::wire::secret::Secret;
use serde_json::{Value, json};

use crate::local::{block_on, mapping, spawn};
use crate::responder::{Fault, Responder, TOKEN};

type Forms = Arc<Mutex<Vec<HashMap<String, String>>>>;

/// Issues [`TOKEN`] with this lifetime; refuses every request when it is 0.
fn issuer(expires_in: u64) -> (String, Forms) {
    let forms: Forms = Arc::default();
    let answer = async move |State(forms): State<Forms>, Form(form): Form<HashMap<String, String>>| {
        forms.lock().unwrap().push(form);
        match expires_in {
            0 => (StatusCode::UNAUTHORIZED, Json(json!({ "error": "invalid_client" }))),
            _ => {
                let token =
                    json!({ "access_token": TOKEN, "token_type": "Bearer", "expires_in": expires_in });
                (StatusCode::OK, Json(token))
            }
        }
    };
    let app = Router::new().route("/token", post(answer)).with_state(Arc::clone(&forms));
    let listener = block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
    let url = format!("http://{}/token", listener.local_addr().unwrap());
    spawn(async { axum::serve(listener, app).await });
    (url, forms)
}

fn check(expires_in: u64) -> (Vec<Outcome>, Vec<HashMap<String, String>>) {
    let responder = Responder::start(Fault::None);
    let (endpoint, forms) = issuer(expires_in);
    let secret = |text: &str| Some(Secret::given(text));
    let credentials = Credentials {
        endpoint,
        client_id: "client".to_owned(),
        secret: secret("s3cret&="),
        assertion: secret("ey.ey.x"),
        refresh: None,
    };
    let options = Options {
        credentials: Some(credentials),
        only: vec!["Validate_Credentials".to_owned(), "Federated".to_owned()],
        ..Options::new(&responder.endpoint.url, TOKEN, mapping("workgrid"))
    };
    let outcomes = block_on(run(&options)).unwrap();
    let text = json(&outcomes).to_string();
    assert!(!text.contains("s3cret") && !text.contains("ey.ey.x"), "secrets are shown: {text}");
    let forms = forms.lock().unwrap().clone();
    (outcomes, forms)
}

#[test]
fn tokens_by_secret_and_by_assertion() {
    let (outcomes, forms) = check(3600);
    assert!(
        outcomes.iter().all(|it| it.verdict == Verdict::Passed && it.findings.is_empty()),
        "{outcomes:?}"
    );
    let field = |at: usize, name: &str| forms[at].get(name).map(String::as_str);
    assert_eq!(field(0, "grant_type"), Some("client_credentials"));
    assert_eq!((field(0, "client_id"), field(0, "client_secret")), (Some("client"), Some("s3cret&=")));
    let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    assert_eq!(
        (field(1, "client_assertion_type"), field(1, "client_assertion")),
        (Some(kind), Some("ey.ey.x"))
    );
    assert!(field(1, "client_secret").is_none());
}

#[test]
fn tokens_that_are_not_issued_or_live_too_short() {
    for (expires_in, code) in [(0, "token-not-issued"), (300, "token-life"), (90_000, "token-life")] {
        let (outcomes, _) = check(expires_in);
        for outcome in outcomes {
            assert_eq!(outcome.verdict, Verdict::Failed);
            let codes: Vec<Value> = outcome.findings.iter().map(|it| it.json()["code"].clone()).collect();
            assert_eq!(codes, [code]);
        }
    }
}
