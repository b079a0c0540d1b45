#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use axum::response::IntoResponse;
use directory::error::Error as StoreError;
use http::header::{ALLOW, RETRY_AFTER};
use http::{HeaderValue, StatusCode};
use scim::error::{Error, Kind};
use serde_json::json;

use super::{Failure, Refused, chain};

#[test]
fn every_failure_of_the_store_has_its_status() {
    for (error, status) in [
        (StoreError::NotFound, 404),
        (StoreError::Scim(Error::new(Kind::InvalidPath, "no")), 400),
        (StoreError::Taken { attribute: "userName".to_owned() }, 409),
        (StoreError::PreconditionFailed, 412),
        (StoreError::TooMany("no".to_owned()), 400),
        (StoreError::TooLarge("no".to_owned()), 413),
        (StoreError::Throttled { after_seconds: 7 }, 429),
        (StoreError::Costly { detail: "costs much".to_owned(), after_seconds: 5 }, 429),
        (StoreError::Busy, 503),
        (StoreError::Unavailable("down".into()), 503),
    ] {
        let says_when = matches!(status, 429 | 503);
        let response = Failure::table("user", error).into_response();
        assert_eq!(response.status().as_u16(), status);
        assert_eq!(response.headers().contains_key(RETRY_AFTER), says_when, "{status}");
    }
}

#[test]
fn a_taken_value_names_the_attribute_and_the_kind() {
    let failure = Failure::table("user", StoreError::Taken { attribute: "userName".to_owned() });
    assert_eq!(failure.error, Error::new(Kind::Uniqueness, "another user already has this `userName`"));
}

#[test]
fn the_client_is_not_told_what_the_store_said() {
    let failure = Failure::table("user", StoreError::Unavailable("host 10.0.0.1 refused".into()));
    assert!(!failure.error.detail.contains("10.0.0.1"));
}

#[test]
fn a_response_has_the_name_that_was_sent_in_a_masked_form() {
    let error = || Failure::new(Kind::Uniqueness, "no");
    for (sent, shown) in [
        (json!({ "USERNAME": "anamaria.ito@ex.io" }), Some("a…o@ex.io")),
        (json!({ "userName": "ana@ex.io" }), Some("a…@ex.io")),
        (json!({ "userName": "anamaria" }), Some("a…a")),
        (json!({ "userName": "" }), Some("…")),
        (json!({ "userName": 7 }), None),
        (json!("ana"), None),
    ] {
        let response = error().of_body(&sent).into_response();
        let refused: &Refused = response.extensions().get().unwrap();
        assert_eq!(refused.user_name.as_deref(), shown, "{sent}");
    }
}

#[test]
fn a_405_keeps_the_allow_header() {
    let response = Failure::method(Some(HeaderValue::from_static("GET,HEAD"))).into_response();
    assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(response.headers().get(ALLOW).unwrap(), "GET,HEAD");
}

#[test]
fn a_logged_fault_names_its_causes() {
    let source = std::io::Error::other("connection refused");
    let error = StoreError::Unavailable(Box::new(source));
    assert_eq!(chain(&error), "the table cannot be used: connection refused");
}
