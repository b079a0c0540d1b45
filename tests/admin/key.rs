//! The administrator key: without it, no route returns anything.

use tests::admin::admin as call;
use tests::endpoint::Endpoint;

#[test]
fn the_key_opens_the_administration_and_nothing_of_scim() {
    let scim = Endpoint::shared();
    let Some(open) = call(scim, "GET", "/admin/openapi.json") else { return };
    let answer = open.send();
    answer.expect(200);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert!(answer.header("x-request-id").is_some(), "{answer}");
    let key = scim.stack().unwrap().administrator_key().to_owned();
    scim.with_token(&key).get("/Users").send().error(401, "");
}

#[test]
fn whatever_else_is_shown_is_a_401_also_where_nothing_is() {
    let scim = Endpoint::shared();
    let Some(stack) = scim.stack() else { return };
    let key = stack.administrator_key();
    let wrong = [
        None,
        Some(String::new()),
        Some("Bearer".to_owned()),
        Some("Bearer ".to_owned()),
        Some(format!("Bearer {}", scim.token())),
        Some(format!("Bearer {key}x")),
        Some(format!("Bearer {}", &key[1..])),
        Some(format!("Basic {key}")),
    ];
    for authorization in &wrong {
        for path in ["/admin", "/admin/openapi.json", "/admin/nothing", "/admin//openapi.json/"] {
            let answer = call(scim, "GET", path).unwrap().authorization(authorization.as_deref()).send();
            answer.error(401, "");
            let challenge = answer.header("www-authenticate").unwrap_or_default();
            assert!(challenge.starts_with("Bearer"), "{answer}: {challenge}");
            assert!(!String::from_utf8_lossy(&answer.body).contains(key), "{answer}");
        }
    }
}

#[test]
fn what_the_administration_does_not_have_is_a_scim_error() {
    let scim = Endpoint::shared();
    let Some(nothing) = call(scim, "GET", "/admin/nothing") else { return };
    nothing.send().error(404, "");
    let answer = call(scim, "POST", "/admin/openapi.json").unwrap().send();
    answer.error(405, "");
    assert!(answer.header("allow").unwrap_or_default().contains("GET"), "{:?}", answer.headers);
    call(scim, "GET", "/admin//openapi.json/").unwrap().send().expect(200);
}
