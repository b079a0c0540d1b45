//! Paths: how additional slashes are read, and paths that do not exist.

use serde_json::json;
use tests::call::Call;
use tests::endpoint::Endpoint;
use tests::names::unique;

#[test]
fn slashes_too_many_are_forgiven() {
    let (scim, name) = (Endpoint::shared(), unique());
    let id = scim.create_user(&name, &json!({}));
    let single = scim.get(&format!("/Users/{id}")).send().json();
    for path in [
        format!("/Users/{id}/"),
        format!("//Users/{id}"),
        format!("//Users//{id}//"),
        format!("/Users/{id}?"),
        format!("/Users/{id}/?&"),
    ] {
        assert_eq!(scim.get(&path).send().expect(200).json(), single, "{path}");
    }
    for path in ["/Users/", "//Users", "/Users//"] {
        assert_eq!(
            scim.get(path).filter(&format!("userName eq \"{name}\"")).send().ids(),
            [id.as_str()],
            "{path}"
        );
    }
    scim.post("//Users/", &tests::people::user(&unique(), &json!({}))).send().expect(201);
    scim.get("/ServiceProviderConfig/").send().expect(200);
    scim.get("//Schemas/").send().expect(200);
}

#[test]
fn what_is_not_there_is_a_scim_404() {
    let scim = Endpoint::shared();
    let id = scim.create_user(&unique(), &json!({}));
    for path in [
        "/Nope",
        "/users",
        "/USERS",
        "/Users.json",
        "/Users/x/y",
        &format!("/Users/{id}/emails"),
        "/Groups/x/members",
        "/?aadOptscim062020/Users",
        "/v2/Users",
        "/%55sers%00",
        "/Users/../../..",
        "/.well-known/scim",
    ] {
        let answer = scim.get(path).send();
        // Some servers resolve dots before they route; none may return a list then.
        answer.error(404, "");
    }
}

/// RFC 7644 §3.13: only the requested version is served.
#[test]
fn another_version_is_not_found() {
    let scim = Endpoint::shared();
    let root = scim.base().strip_suffix("/v2").expect("a Tenant URL that ends in its version");
    for path in ["/v1/Users", "/v3/Users", "/V2/Users", "/2/Users", "/Users", "/v2.0/ServiceProviderConfig"] {
        scim.get(&format!("{root}{path}")).send().error(404, "");
    }
    scim.get(&format!("{root}/v2/ServiceProviderConfig")).send().expect(200);
}

#[test]
fn what_is_not_offered_is_reported_as_such() {
    let scim = Endpoint::shared();
    for (method, path) in [("GET", "/Me"), ("PATCH", "/Me"), ("GET", "/Bulk")] {
        let answer = Call::new(scim, method, path).json(&json!({ "schemas": [] })).send();
        assert!(matches!(answer.status, 404 | 405 | 501), "{answer}");
    }
}

#[test]
fn whatever_the_bytes_of_a_path_the_service_goes_on() {
    let scim = Endpoint::shared();
    for path in [
        "/Users/%",
        "/Users/%zz",
        "/Users/%ff%fe",
        "/%ff",
        "/Users/%C0%AF",
        "/Users/\u{1F600}",
        "/Users/%E2%80%AE",
        "/Users/|",
        "/Users/<script>",
        "/Users/'; drop table",
        "/Users/${jndi}",
        "/Users/.",
        "/Users/%2e%2e",
        "/Users/%252F",
    ] {
        let answer = scim.get(path).send();
        assert!(matches!(answer.status, 200 | 400 | 404), "{answer}");
        if answer.status == 200 {
            assert_eq!(answer.json()["schemas"], json!([tests::answer::LIST]), "{answer}");
        }
    }
    scim.get("/Users?count=1").send().expect(200);
}
