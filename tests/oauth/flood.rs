//! Wrong tokens of one holder: the first costs a read, a flood after it costs none, and right tokens of
//! the same holder are accepted meanwhile.

use std::time::Duration;

use directory::access::credential::{self, NewCredential};
use directory::secret::deployment::CHECKSUM;
use gateway::auth::token::Token;
use rollcall::stack::FIRST;
use secrecy::ExposeSecret;
use serde_json::json;
use tests::deployment::deployment;
use tests::endpoint::Endpoint;
use tests::runtime::block_on;

use crate::app::{App, BACK, Client, Reply, question, send};

/// Requests of a flood.
const FLOOD: usize = 1_000;

/// The read units of a response.
#[track_caller]
fn read_units(reply: &Reply) -> f64 {
    let units = reply.header("x-rollcall-units");
    let read = units.strip_prefix("r=").and_then(|rest| rest.split(';').next());
    read.unwrap_or_else(|| panic!("{reply:?}")).parse().unwrap()
}

/// Sends a flood. Its first request reads; others do only after five seconds each.
#[track_caller]
fn flood(status: u16, ask: impl Fn(usize) -> Reply) {
    let started = std::time::Instant::now();
    let mut reads = Vec::new();
    for number in 0..FLOOD {
        let reply = ask(number);
        assert_eq!(reply.status, status, "{reply:?}");
        if read_units(&reply) > 0.0 {
            reads.push(number);
        }
    }
    assert_eq!(reads.first(), Some(&0), "the first one reads");
    let most = 1 + started.elapsed().as_secs() as usize / 5;
    assert!(reads.len() <= most, "{} of {FLOOD} read, in {:?}", reads.len(), started.elapsed());
}

/// A server of its own: changes through the administration of another test would make it forget.
fn alone() -> Option<App> {
    Endpoint::shared().stack()?;
    Some(App { endpoint: Endpoint::start(), directory: FIRST.to_owned() })
}

fn with(app: &App, token: &str) -> Reply {
    send(app.endpoint.http().get(format!("{}/scim/v2/Users?count=0", app.origin())).bearer_auth(token))
}

/// `token` with another seal, whose last digits are those of `number`, and with the right checksum.
fn forged(token: &str, number: usize) -> String {
    let digits = format!("{number:04x}");
    let rest = &token[..token.len() - CHECKSUM - digits.len()];
    deployment().with_checksum(&format!("{rest}{digits}"))
}

#[test]
fn static_tokens_whose_credential_does_not_exist_or_has_another_secret() {
    let Some(app) = alone() else { return };
    let (missing, _) = Token::mint(&app.endpoint.directory(), &deployment()).unwrap();
    flood(401, |_| with(&app, missing.expose_secret()));
    let (wrong, kept) = Token::mint(&app.endpoint.directory(), &deployment()).unwrap();
    let kept = NewCredential::new(kept.id, "0".repeat(64), "");
    let table = app.endpoint.stack().unwrap().table();
    block_on(credential::create(&table, &app.endpoint.directory(), &kept)).unwrap();
    flood(401, |_| with(&app, wrong.expose_secret()));
}

#[test]
fn access_tokens_with_a_wrong_seal_while_right_ones_are_accepted() {
    let Some(app) = alone() else { return };
    let client = app.client(json!({ "label": "c" }));
    let token = app.issued(&client);
    flood(401, |number| with(&app, &forged(&token, number)));
    assert_eq!(with(&app, &token).status, 200);
    // Also the token of a client that this instance knows from wrong ones only.
    let other = app.client(json!({ "label": "d" }));
    let token = app.issued(&other);
    assert_eq!(with(&app, &forged(&token, 1)).status, 401);
    assert_eq!(with(&app, &token).status, 200);
}

#[test]
fn clients_at_the_token_endpoint_and_on_the_authorization_page() {
    let Some(app) = alone() else { return };
    let client = app.client(json!({ "label": "c" }));
    let wrong = Client { secret: deployment().with_checksum("rs_wrong"), ..client.clone() };
    let grant = [("grant_type", "client_credentials")];
    flood(401, |_| app.token(&wrong, &grant));
    assert_eq!(app.token(&client, &grant).status, 200, "the right secret is accepted meanwhile");
    let unknown = Client { client_id: format!("{}.unknown", app.directory), ..client };
    flood(401, |_| app.token(&unknown, &grant));
    let missing = Client { client_id: format!("{}.missing", app.directory), ..unknown };
    flood(400, |_| app.page(&question(&missing)));
    let authorized = app.authorized_client();
    flood(200, |_| app.page(&question(&authorized)));
}

#[test]
fn what_becomes_right_works_at_once_in_the_process_that_made_it_right() {
    let Some(app) = alone() else { return };
    let client = app.client(json!({ "label": "c" }));
    let grant = [("grant_type", "client_credentials")];
    let wrong = Client { secret: deployment().with_checksum("rs_wrong"), ..client.clone() };
    assert_eq!(app.token(&wrong, &grant).status, 401);
    let path = format!("/clients/{}/secrets", client.id);
    let made = app.administer("POST", &path, Some(json!({}))).json();
    let secret = made["clientSecret"].as_str().unwrap().to_owned();
    assert_eq!(app.token(&Client { secret, ..client.clone() }, &grant).status, 200);
    // A new client and a new credential have new ids, which are not remembered.
    let new = app.client(json!({ "label": "d" }));
    assert_eq!(with(&app, &app.issued(&new)).status, 200);
    let made = app.administer("POST", "/credentials", Some(json!({ "label": "e" }))).json();
    assert_eq!(with(&app, made["token"].as_str().unwrap()).status, 200);
    // A redirect URI that was missing a moment ago.
    assert_eq!(app.page(&question(&client)).status, 400);
    let path = format!("/clients/{}", client.id);
    assert_eq!(app.administer("PATCH", &path, Some(json!({ "redirectUris": [BACK] }))).status, 200);
    assert_eq!(app.page(&question(&client)).status, 200);
}

/// What another process changes takes effect after five seconds.
#[test]
fn what_another_process_makes_right_works_after_five_seconds() {
    let Some(app) = alone() else { return };
    let (token, kept) = Token::mint(&app.endpoint.directory(), &deployment()).unwrap();
    assert_eq!(with(&app, token.expose_secret()).status, 401);
    let table = app.endpoint.stack().unwrap().table();
    block_on(credential::create(&table, &app.endpoint.directory(), &kept)).unwrap();
    assert_eq!(with(&app, token.expose_secret()).status, 401);
    std::thread::sleep(Duration::from_secs(5));
    assert_eq!(with(&app, token.expose_secret()).status, 200);
}
