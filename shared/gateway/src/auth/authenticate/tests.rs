#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::sync::Arc;

use aws_sdk_dynamodb::config::{BehaviorVersion, Config};
use directory::Table;
use directory::access::admission::{Holder, Principal};
use directory::access::credential::{Credential, NewCredential};
use directory::access::oauth::client::Client;
use directory::access::oauth::code::Code;
use directory::access::oauth::grant::Grant;
use directory::access::permissions::Right;
use directory::clock::Moment;
use directory::registry::state::State;
use directory::secret::deployment::DeploymentSecret;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use secrecy::{ExposeSecret, SecretString};

use super::Authenticator;
use crate::auth::access::Service;
use crate::auth::authenticated::Authenticated;
use crate::auth::header::token;
use crate::auth::holders::Holders;
use crate::auth::proof::{Opened, Proof, STAND_IN};
use crate::auth::token::access::{AccessToken, Claim};
use crate::settings::Settings;
use scim::model::resource_type::ResourceType;
use scim::profile::{Profiles, STANDARD};

fn with(value: &str) -> HeaderMap {
    HeaderMap::from_iter([(header::AUTHORIZATION, HeaderValue::from_str(value).unwrap())])
}

#[test]
fn bearer_in_any_case_or_the_bare_token() {
    for sent in ["Bearer t", "bearer t", "BEARER   t ", "t", " t "] {
        assert_eq!(token(&with(sent)).ok(), Some("t"), "{sent}");
    }
}

#[test]
fn every_wrong_header_gets_the_same_401() {
    for sent in ["Bearer ", "bearer", "Basic dXNlcjpwYXNz", "", &"x".repeat(5000)] {
        let failure = token(&with(sent)).unwrap_err();
        assert_eq!(failure.status(), StatusCode::UNAUTHORIZED);
        assert_eq!(failure.challenge_header(), Some(r#"Bearer realm="scim", error="invalid_token""#));
    }
}

#[test]
fn a_doubled_word_is_named() {
    for sent in ["Bearer Bearer t", "bearer BEARER t"] {
        let failure = token(&with(sent)).unwrap_err();
        assert_eq!(failure.status(), StatusCode::UNAUTHORIZED);
        assert!(failure.error().detail.contains("`Bearer` twice"), "{sent}");
    }
}

#[test]
fn no_header_is_asked_for_one_without_an_error_code() {
    let failure = token(&HeaderMap::new()).unwrap_err();
    assert_eq!(failure.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(failure.challenge_header(), Some(r#"Bearer realm="scim""#));
}

#[test]
fn two_authorization_headers_are_refused() {
    let mut headers = with("Bearer t");
    headers.append(header::AUTHORIZATION, HeaderValue::from_static("Bearer u"));
    assert!(token(&headers).is_err());
}

fn deployment() -> DeploymentSecret {
    DeploymentSecret::parse(&"d".repeat(32)).unwrap()
}

fn known(digest: &str) -> Authenticated {
    Authenticated::credential("acme", "c1", digest, Profiles::built_in().get(STANDARD).unwrap())
}

fn credential(known: &mut Authenticated) -> &mut Credential {
    match &mut known.holder {
        Holder::Credential(credential) => credential,
        other => unreachable!("{other:?}"),
    }
}

#[test]
fn a_credential_opens_for_its_own_digest_until_it_ends_or_is_revoked() {
    let mut known = known("aa");
    let opens = |known: &Authenticated, digest: &str| {
        Proof::Digest(digest.to_owned()).opens(Some(known), &deployment(), 1000)
    };
    let is_open = |known: &Authenticated| matches!(opens(known, "aa"), Opened::Yes(_));
    assert!(is_open(&known));
    let others = ["ab", "a", "aaa", "", &"a".repeat(64)];
    assert!(others.iter().all(|other| opens(&known, other) == Opened::No));
    credential(&mut known).expires = Some(1001);
    assert!(is_open(&known));
    credential(&mut known).expires = Some(1000);
    assert_eq!(opens(&known, "aa"), Opened::Over);
    assert!(others.iter().all(|other| opens(&known, other) == Opened::No));
    credential(&mut known).expires = None;
    credential(&mut known).revoked = Some("2026-01-01T00:00:00.000Z".to_owned());
    assert_eq!(opens(&known, "aa"), Opened::Over);
}

#[test]
fn nobody_has_a_token() {
    for digest in ["", "aa"] {
        assert_eq!(Proof::Digest(digest.to_owned()).opens(None, &deployment(), 0), Opened::No);
    }
    let mut without_secret = known("aa");
    without_secret.secrets = None;
    assert_eq!(Proof::Digest("aa".to_owned()).opens(Some(&without_secret), &deployment(), 0), Opened::No);
    // The stand-in secret of this comparison must not open anything either.
    let new = NewCredential::new("c1".parse().unwrap(), "aa".to_owned(), "");
    *credential(&mut without_secret) = Credential::of(&new, &STAND_IN.as_ref().unwrap().hashes);
    assert_eq!(Proof::Digest("aa".to_owned()).opens(Some(&without_secret), &deployment(), 0), Opened::No);
}

/// A grant for reading, to a client of these scopes.
fn granted(client: &str) -> Authenticated {
    let mut known = known("aa");
    let mut holder = Client::new("k1".parse().unwrap(), "x");
    client.clone_into(&mut holder.scopes);
    let code = Code {
        client: holder.id.clone(),
        redirect: String::new(),
        challenge: None,
        scopes: "read".to_owned(),
        by: String::new(),
        end: 0,
        grant: None,
    };
    known.holder = Holder::Grant(Grant::new("g1".parse().unwrap(), &code), holder);
    known
}

/// What a token of these scopes may do, which the grant's client shows.
fn allowed(known: &Authenticated, scopes: &str) -> Option<String> {
    let claim = Claim::parse(sealed(known, scopes, 2000).expose_secret()).unwrap();
    match Proof::Sealed(claim).opens(Some(known), &deployment(), 1000) {
        Opened::Yes(scopes) => Some(scopes.to_string()),
        Opened::Over | Opened::No => None,
    }
}

/// A token of the grant with these scopes, good until `expires`.
fn sealed(known: &Authenticated, scopes: &str, expires: i64) -> SecretString {
    let token = AccessToken {
        directory: "acme".parse().unwrap(),
        client: "k1".parse().unwrap(),
        grant: Some("g1".parse().unwrap()),
        id: "0123456789abcdef".to_owned(),
        issued: expires - 1100,
        expires,
        scopes: scopes.to_owned(),
    };
    token.sealed(&known.seals(&deployment()).unwrap())
}

#[tokio::test]
async fn a_token_that_allows_nothing_is_told_so_also_where_its_holder_is_remembered() {
    let config = Config::builder().behavior_version(BehaviorVersion::latest()).build();
    let table = Table::new(aws_sdk_dynamodb::Client::from_conf(config), "none");
    let holders = Arc::new(Holders::new(table));
    let authenticator =
        Authenticator::new(holders, Arc::new(Profiles::built_in()), deployment().into(), Arc::default());
    let known = Arc::new(granted("users"));
    let principal = Principal::Grant { id: "g1".parse().unwrap(), client: "k1".parse().unwrap() };
    authenticator.cache.put("acme".parse().unwrap(), principal, Arc::clone(&known), Moment::now());
    let far = i64::from(u32::MAX);
    let with = |scopes: &str| with(&format!("Bearer {}", sealed(&known, scopes, far).expose_secret()));
    assert!(authenticator.authenticate(&with("users"), Service::Scim, true).await.is_ok());
    let failure = authenticator.authenticate(&with("groups"), Service::Scim, true).await.unwrap_err();
    assert_eq!(failure.status(), StatusCode::FORBIDDEN);
    assert!(failure.challenge_header().unwrap().contains("insufficient_scope"));
}

#[test]
fn a_token_may_do_what_its_client_its_grant_and_it_itself_may() {
    for (client, token, may) in [
        ("", "", "read users groups"),
        ("users", "", "read users"),
        ("", "groups", "read groups"),
        ("users", "groups", "read"),
        ("write", "", "users groups"),
        ("", "write", "users groups"),
    ] {
        assert_eq!(allowed(&granted(client), token).as_deref(), Some(may), "{client}, {token}");
    }
    assert_eq!(allowed(&known("aa"), ""), None, "a credential has no access tokens");
}

#[test]
fn a_grant_that_is_over_and_a_client_that_was_revoked_open_nothing() {
    let change = |what: &dyn Fn(&mut Grant, &mut Client)| {
        let mut known = granted("");
        match &mut known.holder {
            Holder::Grant(grant, client) => what(grant, client),
            other => unreachable!("{other:?}"),
        }
        allowed(&known, "")
    };
    assert!(change(&|_, _| {}).is_some());
    assert_eq!(change(&|grant, _| grant.end = 1), None);
    assert_eq!(change(&|grant, _| grant.revoked = Some(String::new())), None);
    assert_eq!(change(&|_, client| client.revoked = Some(String::new())), None);
    assert!(change(&|_, client| client.lifetime = 1100).is_some());
    assert_eq!(change(&|_, client| client.lifetime = 1099), None, "a token that lives longer");
}

#[test]
fn resources_of_a_type_of_the_profiles_own_want_users_and_groups() {
    let kind = ResourceType { name: "Device".to_owned(), ..ResourceType::user() };
    let (known, principal) = (known("aa"), Principal::Credential("c1".parse().unwrap()));
    for (scopes, missing) in
        [("", None), ("users", Some("groups")), ("groups", Some("users")), ("write", Some("read"))]
    {
        let access = known
            .access("acme".parse().unwrap(), &principal, scopes.parse().unwrap(), &deployment())
            .unwrap();
        let refused = access.permit(Right::Read, &kind).err();
        let detail = refused.map(|failure| failure.error().detail.clone());
        match missing {
            None => assert_eq!(detail, None, "{scopes}"),
            Some(missing) => assert!(detail.unwrap().contains(&format!("`{missing}`")), "{scopes}"),
        }
    }
}

#[test]
fn a_directory_of_an_unknown_profile_is_unavailable_and_names_it() {
    let mut known = known("aa");
    known.directory.profile = "own".to_owned();
    let failure = known.follow(&Profiles::built_in()).unwrap_err();
    assert_eq!(failure.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(failure.error().detail.contains("`own`"), "{failure:?}");
}

#[test]
fn a_closed_directory_admits_nobody() {
    let mut known = known("aa");
    let here = |region: &str| Settings { region: Some(region.to_owned()), ..Settings::default() };
    assert!(known.admits(&here("eu")).is_ok());
    known.directory.region = Some("eu".to_owned());
    assert!(known.admits(&here("eu")).is_ok() && known.admits(&Settings::default()).is_ok());
    let failure = known.admits(&here("us")).unwrap_err();
    assert_eq!(failure.status(), StatusCode::FORBIDDEN);
    let detail = &failure.error().detail;
    assert!(detail.contains("`eu`") && detail.contains("`us`"), "{detail}");
    for state in [State::Disabled, State::Paused, State::Erasing] {
        known.directory.state = state;
        let failure = known.admits(&Settings::default()).unwrap_err();
        assert_eq!(failure.status(), StatusCode::FORBIDDEN, "{state}");
        assert!(failure.challenge_header().is_some());
    }
}
