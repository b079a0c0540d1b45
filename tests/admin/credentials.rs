//! Credentials: made, shown once, rotated, revoked.

use serde_json::{Value, json};
use tests::admin::{admin, make_credential};
use tests::endpoint::Endpoint;
use tests::runtime::within;

/// A directory, and the path of its credentials.
fn directory() -> Option<(Endpoint, String)> {
    let scim = Endpoint::empty_directory()?;
    let id = scim.directory().to_string();
    Some((scim, id))
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("no {name}: {value}"))
}

#[test]
fn a_token_is_shown_once_and_opens_its_directory() {
    let Some((scim, id)) = directory() else { return };
    let made = make_credential(&scim, &id, &json!({ "label": "Entra" })).unwrap();
    assert_eq!(text(&made, "tenantUrl"), scim.base());
    assert_eq!(made["scopes"], json!(["read", "write", "users", "groups"]));
    let token = text(&made, "token").to_owned();
    assert!(token.starts_with(&format!("rc_{id}_{}_", text(&made, "id"))), "{token}");
    scim.with_token(&token).get("/Users").send().expect(200);

    let path = format!("/admin/directories/{id}/credentials");
    let mut shown = made.clone();
    shown.as_object_mut().unwrap().retain(|name, _| name != "token" && name != "tenantUrl");
    let one = format!("{path}/{}", text(&made, "id"));
    let seen = || admin(&scim, "GET", &one).unwrap().send().expect(200).json();
    // Accurate to a quarter of an hour, and written without delaying the request.
    assert!(within(5, || seen()["lastUsed"].is_string()), "{}", seen());
    let mut again = seen();
    again.as_object_mut().unwrap().remove("lastUsed");
    assert_eq!(again, shown);
    let list = admin(&scim, "GET", &path).unwrap().send();
    let secret = token.rsplit('_').next().unwrap();
    assert!(!String::from_utf8_lossy(&list.body).contains(secret), "{list}");
    assert!(list.json()["items"].as_array().unwrap().iter().any(|item| item["id"] == made["id"]));
    assert_eq!(list.header("cache-control"), Some("no-store"));
}

#[test]
fn every_credential_ends_and_warns_of_it_in_time() {
    let Some((scim, id)) = directory() else { return };
    let made = |expires: Value| {
        let mut body = json!({ "label": "x" });
        if !expires.is_null() {
            body["expires"] = expires;
        }
        make_credential(&scim, &id, &body).unwrap()
    };
    let usual = made(Value::Null);
    assert!(text(&usual, "expires") > text(&usual, "created") && usual.get("warning").is_none(), "{usual}");
    for (days, warned) in [(61, None), (59, Some(60)), (30, Some(30)), (7, Some(7)), (1, Some(7))] {
        assert_eq!(made(json!(days))["warning"].as_i64(), warned, "{days} days");
    }
    for wrong in
        [json!(0), json!(-1), json!(5000), json!("2020-01-01T00:00:00Z"), json!("tomorrow"), json!(true)]
    {
        let body = json!({ "label": "x", "expires": wrong });
        let path = format!("/admin/directories/{id}/credentials");
        admin(&scim, "POST", &path).unwrap().json(&body).send().error(400, "invalidValue");
    }
    let path = format!("/admin/directories/{id}/credentials/{}", text(&usual, "id"));
    let sooner = json!({ "expires": 20, "label": "y" });
    let changed = admin(&scim, "PATCH", &path).unwrap().json(&sooner).send().expect(200).json();
    assert_eq!((&changed["warning"], &changed["label"]), (&json!(30), &json!("y")));
    let label =
        admin(&scim, "PATCH", &path).unwrap().json(&json!({ "label": "z" })).send().expect(200).json();
    assert_eq!((&label["expires"], &label["label"]), (&changed["expires"], &json!("z")));
}

#[test]
fn several_are_good_at_once_and_a_revoked_one_is_not_within_30_seconds() {
    let Some((scim, id)) = directory() else { return };
    let [one, two] =
        ["one", "two"].map(|label| make_credential(&scim, &id, &json!({ "label": label })).unwrap());
    let [first, second] = [&one, &two].map(|made| scim.with_token(text(made, "token")));
    first.get("/Users").send().expect(200);
    second.get("/Users").send().expect(200);
    let path = format!("/admin/directories/{id}/credentials/{}", text(&one, "id"));
    let revoked = || admin(&scim, "GET", &path).unwrap().send().expect(200).json()["revoked"].clone();
    admin(&scim, "DELETE", &path).unwrap().send().expect(204);
    let when = revoked();
    admin(&scim, "DELETE", &path).unwrap().send().expect(204);
    assert_eq!(revoked(), when, "it was revoked before");
    assert!(within(35, || first.get("/Users").send().status == 401), "it still opens");
    first.get("/Users").send().error(401, "");
    second.get("/Users").send().expect(200);
    assert!(when.is_string());
    admin(&scim, "PATCH", &path).unwrap().json(&json!({ "expires": 9 })).send().error(404, "");
}

#[test]
fn what_is_not_there_is_404_and_what_is_wrong_400() {
    let Some((scim, id)) = directory() else { return };
    for path in [
        "none/credentials",
        "none/credentials/x",
        &format!("{id}/credentials/none"),
        "%FF/credentials",
        "A/credentials",
    ] {
        admin(&scim, "GET", &format!("/admin/directories/{path}")).unwrap().send().error(404, "");
    }
    admin(&scim, "DELETE", &format!("/admin/directories/{id}/credentials/none"))
        .unwrap()
        .send()
        .error(404, "");
    let path = format!("/admin/directories/{id}/credentials");
    for body in [
        json!({}),
        json!({ "label": "" }),
        json!({ "label": "x", "scopes": ["admin"] }),
        json!({ "label": "x", "scopes": 7 }),
        json!({ "label": "x", "token": "mine" }),
        json!({ "label": "x", "subject": "" }),
    ] {
        admin(&scim, "POST", &path).unwrap().json(&body).send().error(400, "invalidValue");
    }
    admin(&scim, "POST", &path).unwrap().text("{").send().error(400, "invalidSyntax");
}
