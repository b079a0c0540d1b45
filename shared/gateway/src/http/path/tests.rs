#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use http::request::Parts;
use lambda_http::request::LambdaRequest;
use serde_json::{Value, json};

use super::{SCIM, base, inside, normalized, origin};
use crate::settings::Settings;

/// What SCIM's router sees of it.
fn within(parts: &Parts) -> Option<http::Uri> {
    normalized(parts, inside(parts, SCIM)?)
}

/// The request that `lambda_http` makes of an event.
fn event(event: &Value) -> Parts {
    let event: LambdaRequest = serde_json::from_str(&event.to_string()).unwrap();
    http::Request::from(event).into_parts().0
}

/// An HTTP API event (payload version 2.0).
fn v2(stage: &str, raw_path: &str, query: &str) -> Parts {
    event(&json!({
        "version": "2.0",
        "routeKey": "ANY /scim/v2/Users",
        "rawPath": raw_path,
        "rawQueryString": query,
        "headers": { "host": "api.example.com", "x-forwarded-proto": "https" },
        "requestContext": {
            "accountId": "1",
            "apiId": "a",
            "domainName": "api.example.com",
            "http": { "method": "GET", "path": raw_path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1",
                "userAgent": "test" },
            "requestId": "r",
            "routeKey": "ANY /scim/v2/Users",
            "stage": stage,
            "time": "12/Mar/2026:19:03:58 +0000",
            "timeEpoch": 1_583_348_638_390_i64,
        },
        "isBase64Encoded": false,
    }))
}

/// A REST API event (payload version 1.0): `path` is without the stage, `full` with it.
fn v1(stage: &str, path: &str, full: &str) -> Parts {
    event(&json!({
        "resource": "/{proxy+}",
        "path": path,
        "httpMethod": "GET",
        "headers": { "Host": "api.example.com", "X-Forwarded-Proto": "https" },
        "multiValueHeaders": { "Host": ["api.example.com"], "X-Forwarded-Proto": ["https"] },
        "queryStringParameters": { "filter": "userName eq \"a+b\"" },
        "multiValueQueryStringParameters": { "filter": ["userName eq \"a+b\""] },
        "pathParameters": { "proxy": "scim/v2/Users" },
        "requestContext": {
            "resourceId": "x", "resourcePath": "/{proxy+}", "httpMethod": "GET", "path": full,
            "accountId": "1", "protocol": "HTTP/1.1", "stage": stage, "requestId": "r",
            "identity": { "sourceIp": "192.0.2.1" }, "apiId": "a",
        },
        "isBase64Encoded": false,
    }))
}

/// A request to the local server.
fn local(path: &str) -> Parts {
    let request = http::Request::get(path).header("host", "127.0.0.1:8080").body(()).unwrap();
    request.into_parts().0
}

#[track_caller]
fn routed(parts: &Parts, uri: &str, url: &str) {
    assert_eq!(within(parts).unwrap().to_string(), uri);
    assert_eq!(base(&Settings::default(), parts), url);
}

#[test]
fn http_api_on_the_default_stage() {
    routed(&v2("$default", "/scim/v2/Users", ""), "/scim/v2/Users", "https://api.example.com/scim/v2");
}

#[test]
fn http_api_on_a_stage_in_the_url() {
    routed(
        &v2("prod", "/prod/scim/v2/Users/u1", "attributes=userName"),
        "/scim/v2/Users/u1?attributes=userName",
        "https://api.example.com/prod/scim/v2",
    );
}

#[test]
fn http_api_on_a_stage_behind_a_domain_of_its_own() {
    routed(&v2("prod", "/scim/v2/Users", ""), "/scim/v2/Users", "https://api.example.com/scim/v2");
}

#[test]
fn http_api_on_a_stage_that_is_called_scim() {
    routed(&v2("scim", "/scim/scim/v2/Users", ""), "/scim/v2/Users", "https://api.example.com/scim/scim/v2");
}

#[test]
fn rest_api_on_its_stage() {
    let parts = v1("prod", "/scim/v2/Users", "/prod/scim/v2/Users");
    assert_eq!(within(&parts).unwrap().path(), "/scim/v2/Users");
    assert_eq!(base(&Settings::default(), &parts), "https://api.example.com/prod/scim/v2");
}

#[test]
fn rest_api_behind_a_domain_of_its_own() {
    let parts = v1("prod", "/scim/v2/Users", "/scim/v2/Users");
    assert_eq!(within(&parts).unwrap().path(), "/scim/v2/Users");
    assert_eq!(base(&Settings::default(), &parts), "https://api.example.com/scim/v2");
}

#[test]
fn rest_api_keeps_a_plus_inside_a_value() {
    let parts = v1("prod", "/scim/v2/Users", "/prod/scim/v2/Users");
    let query = crate::http::query::Parameters::parse(within(&parts).unwrap().query()).unwrap();
    assert_eq!(query.filter.as_deref(), Some("userName eq \"a+b\""));
}

#[test]
fn doubled_and_trailing_slashes() {
    for path in ["/scim/v2//Users", "/scim/v2/Users/", "//scim//v2///Users//"] {
        routed(&local(path), "/scim/v2/Users", "http://127.0.0.1:8080/scim/v2");
    }
    routed(
        &v2("prod", "/prod/scim/v2//Users/", ""),
        "/scim/v2/Users",
        "https://api.example.com/prod/scim/v2",
    );
}

#[test]
fn outside_the_base() {
    for path in ["/", "/scim", "/scim/v1/Users", "/v2/Users", "/Users", "/scimv2", "/prod/scim/v2/Users"] {
        assert_eq!(within(&local(path)), None, "{path}");
    }
    assert_eq!(within(&v2("prod", "/prod/other", "")), None);
}

#[test]
fn percent_escapes_are_left_to_the_router() {
    let uri = within(&local("/scim/v2/Schemas/urn%3Aietf%2Fx")).unwrap();
    assert_eq!(uri.path(), "/scim/v2/Schemas/urn%3Aietf%2Fx");
}

#[test]
fn a_fixed_base_url_wins_with_or_without_the_base() {
    for url in ["https://scim.example.com", "https://scim.example.com/", "https://scim.example.com/scim/v2/"]
    {
        let settings = Settings { base_url: Some(url.to_owned()), ..Settings::default() };
        assert_eq!(base(&settings, &local("/scim/v2/Users")), "https://scim.example.com/scim/v2");
    }
}

#[test]
fn a_host_that_is_none_is_not_repeated() {
    let request = http::Request::get("/scim/v2/Users").header("host", "evil/\"<x>").body(()).unwrap();
    assert_eq!(base(&Settings::default(), &request.into_parts().0), "http://localhost/scim/v2");
}

#[test]
fn another_base_has_its_own_prefix_and_origin() {
    let parts = v2("prod", "/prod//admin/directories/", "a=b");
    let located = inside(&parts, "/admin").unwrap();
    assert_eq!(located.prefix, "/prod");
    assert_eq!(normalized(&parts, located).unwrap().to_string(), "/admin/directories?a=b");
    assert_eq!(origin(&Settings::default(), &parts, "/admin"), "https://api.example.com/prod");
    let settings = Settings { base_url: Some("https://x.io/scim/v2/".to_owned()), ..Settings::default() };
    assert_eq!(origin(&settings, &parts, "/admin"), "https://x.io");
    let admin = inside(&local("/scim/v2/Users/admin"), "/admin");
    assert_eq!(admin, None, "only API Gateway puts something before a base");
}
