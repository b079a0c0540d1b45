//! Credentials: every request without a valid one gets a 401 that clients understand.

use directory::access::credential;
use serde_json::json;
use tests::answer::Answer;
use tests::deployment::deployment;
use tests::endpoint::Endpoint;
use tests::names::unique;

const PATHS: [&str; 6] =
    ["/Users", "/Users/x", "/Groups", "/Schemas", "/ServiceProviderConfig", "/ResourceTypes/User"];

#[track_caller]
fn unauthorized(answer: &Answer) {
    answer.error(401, "");
    let challenge = answer.header("www-authenticate").unwrap_or_default();
    assert!(
        challenge.to_ascii_lowercase().starts_with("bearer"),
        "{answer}\nWWW-Authenticate is `{challenge}`"
    );
}

#[test]
fn no_credential_is_401_on_every_path_and_method() {
    let scim = Endpoint::shared();
    for path in PATHS {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
            let answer = tests::call::Call::new(scim, method, path).authorization(None).send();
            unauthorized(&answer);
        }
    }
}

#[test]
fn what_is_no_bearer_token_of_ours_is_401() {
    let scim = Endpoint::shared();
    let token = scim.token();
    for value in [
        "non-token",
        "Bearer",
        "Bearer ",
        "Bearer  ",
        "Basic dXNlcjpwYXNz",
        "Bearer x y",
        "Token abc",
        ",",
        "Bearer rc_",
        "Bearer rc_a_b_c",
        "Bearer rc_default__",
        "Bearer \u{e9}",
        &format!("Basic {token}"),
        &format!("Bearer {token}x"),
        &format!("Bearer {}", &token[..token.len() - 1]),
        &format!("Bearer x{token}"),
        &format!("Bearer {} ", token.to_uppercase()),
    ] {
        unauthorized(&scim.get("/Users?count=1").authorization(Some(value)).send());
    }
}

#[test]
fn a_refused_write_writes_nothing() {
    let (scim, name) = (Endpoint::shared(), unique());
    let body = tests::people::user(&name, &json!({}));
    unauthorized(&scim.post("/Users", &body).authorization(Some("Bearer wrong")).send());
    assert!(scim.users_where(&format!("userName eq \"{name}\"")).is_empty());
}

#[test]
fn the_scheme_may_be_written_in_any_case() {
    let scim = Endpoint::shared();
    for scheme in ["bearer", "BEARER", "Bearer"] {
        let value = format!("{scheme} {}", scim.token());
        scim.get("/Users?count=1").authorization(Some(&value)).send().expect(200);
    }
}

#[test]
fn an_error_never_contains_the_token() {
    let scim = Endpoint::shared();
    let wrong = format!("{}wrong", scim.token());
    let answer = scim.get("/Users").authorization(Some(&format!("Bearer {wrong}"))).send();
    unauthorized(&answer);
    assert!(!String::from_utf8_lossy(&answer.body).contains(&wrong), "{answer}");
}

#[test]
fn tokens_that_are_ours_but_not_valid_are_401() {
    use gateway::auth::token::Token;
    use secrecy::ExposeSecret;
    use tests::runtime::block_on;

    let Some(stack) = Endpoint::shared().stack() else { return };
    let scim = Endpoint::shared();
    let Some(known) = Endpoint::empty_directory() else { return };
    known.get("/Users").send().expect(200);
    let nowhere = format!("none-{}", unique()).parse().unwrap();
    let (token, _) = Token::mint(&nowhere, &deployment()).unwrap();
    unauthorized(&scim.with_token(token.expose_secret()).get("/Users").send());

    let id: directory::id::DirectoryId = format!("late-{}", unique()).parse().unwrap();
    let directory = directory::registry::record::DirectoryRecord::new(
        id.clone(),
        "late",
        &stack.profiles().get("standard").unwrap(),
    );
    block_on(directory::registry::record::create(&stack.table(), &directory)).unwrap();
    let (unknown, _) = Token::mint(&id, &deployment()).unwrap();
    unauthorized(&scim.with_token(unknown.expose_secret()).get("/Users").send());

    let (expired, mut credential) = Token::mint(&id, &deployment()).unwrap();
    credential.expires = Some(1_600_000_000);
    block_on(credential::create(&stack.table(), &id, &credential)).unwrap();
    unauthorized(&scim.with_token(expired.expose_secret()).get("/Users").send());

    let (one, first) = Token::mint(&id, &deployment()).unwrap();
    let (two, mut second) = Token::mint(&id, &deployment()).unwrap();
    second.id = first.id.clone();
    block_on(credential::create(&stack.table(), &id, &first)).unwrap();
    scim.with_token(one.expose_secret()).get("/Users").send().expect(200);
    unauthorized(&scim.with_token(two.expose_secret()).get("/Users").send());
}
