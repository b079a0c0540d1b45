#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use directory::credential::Credential;
use http::{HeaderMap, HeaderValue, StatusCode, header};

use super::header::token;
use super::{opens, unix_seconds};

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

#[test]
fn a_credential_opens_for_its_own_hash_until_it_expires() {
    let credential =
        |expires| Credential { expires, ..Credential::new("c1".parse().unwrap(), "aa".to_owned(), "") };
    assert!(opens(&credential(None), "aa"));
    for other in ["ab", "a", "aaa", ""] {
        assert!(!opens(&credential(None), other), "{other}");
    }
    assert!(opens(&credential(Some(unix_seconds() + 60)), "aa"));
    assert!(!opens(&credential(Some(unix_seconds() - 1)), "aa"));
}
