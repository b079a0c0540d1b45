#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use directory::admission::Holder;
use directory::credential::Credential;
use directory::record::State;
use http::{HeaderMap, HeaderValue, StatusCode, header};

use super::header::token;
use super::known::Known;
use super::proof::Proof;
use crate::app::Settings;
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

fn known(digest: &str) -> Known {
    Known::credential("acme", "c1", digest, Profiles::built_in().get(STANDARD).unwrap())
}

fn credential(known: &mut Known) -> &mut Credential {
    match &mut known.holder {
        Holder::Credential(credential) => credential,
        other => unreachable!("{other:?}"),
    }
}

#[test]
fn a_credential_opens_for_its_own_digest_until_it_ends_or_is_revoked() {
    let mut known = known("aa");
    let opens =
        |known: &Known, digest: &str| Proof::Digest(digest.to_owned()).opens(Some(known), 1000).is_some();
    assert!(opens(&known, "aa"));
    for other in ["ab", "a", "aaa", "", &"a".repeat(64)] {
        assert!(!opens(&known, other), "{other}");
    }
    credential(&mut known).expires = Some(1001);
    assert!(opens(&known, "aa"));
    credential(&mut known).expires = Some(1000);
    assert!(!opens(&known, "aa"));
    credential(&mut known).expires = None;
    credential(&mut known).revoked = Some("2026-01-01T00:00:00.000Z".to_owned());
    assert!(!opens(&known, "aa"));
}

#[test]
fn nobody_has_a_token() {
    for digest in ["", "aa"] {
        assert_eq!(Proof::Digest(digest.to_owned()).opens(None, 0), None);
    }
    let mut without_secret = known("aa");
    without_secret.secret = None;
    assert_eq!(Proof::Digest("aa".to_owned()).opens(Some(&without_secret), 0), None);
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
