//! The event files of every route, as `sam local invoke` reads them, and each also as an event of a
//! REST API.

use rollcall::functions::named;
use serde_json::Value;
use tests::call::Call;
use tests::corpus::{files, read};
use tests::functions::is_scim;
use tests::lambda::rest;
use tests::template::Template;

use crate::deployed::Deployed;

#[test]
fn every_event_file_is_answered_by_the_function_of_its_route() {
    let Some(deployed) = Deployed::shared() else { return };
    let routes = Template::main().routes();
    for (file, path) in files("events/v2") {
        let http: Value = read(&path);
        for (dialect, mut event) in [("v1", rest::event(&http)), ("v2", http.clone())] {
            let path = &http["rawPath"];
            let function = routes.find(path.as_str().unwrap()).unwrap().function.clone();
            let asked = file.clone();
            if named(&function).is_some_and(|function| is_scim(&function.serves)) {
                authorize(&mut event, deployed.scim.token());
            }
            let response = deployed.invoke(&function, &event).unwrap();
            // The ids in the files do not exist; an unknown path would have another
            // error text.
            let body = response["body"].as_str().unwrap_or_default();
            let status = response["statusCode"].as_u64().unwrap();
            let expected: &[u64] = match asked.as_str() {
                // The token stands for no user, and the built-in profiles have no devices.
                file if file.ends_with("Me") => &[501],
                file if file.contains("Devices") => &[404],
                // The key in the files is not valid here; `tests/admin` tests valid
                // keys.
                file if file.contains("-admin-") => &[401],
                // The client in the files does not exist: the consent page answers
                // 400.
                "GET-oauth-metadata" => &[200],
                // Without a session: the sign-in, or a refusal.
                "GET-console" => &[200],
                file if file.starts_with("GET-console-sign-in") => &[410],
                // Without OpenID Connect there is no such page.
                file if file.starts_with("GET-console-setup") || file.starts_with("GET-console-oidc") => {
                    &[404]
                }
                file if file.starts_with("GET-console") => &[303],
                file if file.starts_with("POST-console") => &[403],
                // The token in the files is of no directory here, and no other has the scope `events`.
                "GET-events" | "POST-events-sets-subscription" => &[401],
                file if file.contains("authorize") => &[400],
                file if file.contains("oauth") => &[401],
                file if file.starts_with("POST") => &[200, 201, 409],
                file if file.ends_with("-id") => &[404],
                _ => &[200],
            };
            assert!(expected.contains(&status), "{dialect}/{file}: {response}");
            let placed = asked.contains("Devices") || !body.contains("no such endpoint");
            assert!(placed, "{dialect}/{file}: {response}");
        }
    }
}

/// Replaces the token in the files, which is for `sam local`, by this deployment's.
fn authorize(event: &mut Value, token: &str) {
    let bearer = format!("Bearer {token}");
    for (headers, name) in [("headers", "authorization"), ("headers", "Authorization")] {
        if event[headers].get(name).is_some() {
            event[headers][name] = bearer.clone().into();
        }
    }
    if event["multiValueHeaders"].is_object() {
        event["multiValueHeaders"]["Authorization"] = vec![bearer].into();
    }
}

#[test]
fn a_path_without_a_route_in_api_gateway_is_answered_too() {
    let Some(deployed) = Deployed::shared() else { return };
    for path in ["//Groups?count=0", "//Schemas", "/ServiceProviderConfig/", "/?count=0"] {
        deployed.scim.get(path).send().expect(200);
    }
    deployed.scim.get("/Nothing").send().expect(404);
    // A Tenant URL that was pasted without its last characters.
    let origin = deployed.scim.base().trim_end_matches("/scim/v2");
    for path in ["", "/Users?count=0", "/scim/Users"] {
        let answer = Call::new(&deployed.scim, "GET", &format!("{origin}{path}")).send();
        answer.error(404, "");
        assert!(answer.json()["detail"].as_str().unwrap().contains("`/scim/v2`"), "{path}: {answer}");
    }
}

#[test]
fn an_invalid_event_is_an_error_and_the_next_one_is_answered() {
    let Some(deployed) = Deployed::shared() else { return };
    deployed.invoke("discovery", &serde_json::json!({ "hello": "there" })).unwrap_err();
    let answer = deployed.scim.get("/ServiceProviderConfig").send();
    answer.expect(200);
}
