//! Requests with a canary in every field that a client can set, including refused requests.

use scim::model::attribute::Mutability;
use scim::model::resource_type::ResourceType;
use serde_json::{Map, Value, json};
use tests::answer::Answer;
use tests::bulk::{bulk, change};
use tests::call::Call;
use tests::issuer::{Issuer, SigningKey};
use tests::people::{ENTERPRISE, GROUP, USER, patch};
use tests::runtime::block_on;

use super::canary::Canary;
use crate::app::{App, BACK, CHALLENGE, Client, VERIFIER, ask, parameter, question, send};

/// Sends all of them.
pub(super) fn all(app: &App, canary: &mut Canary) {
    let key = app.endpoint.stack().unwrap().administrator_key().to_owned();
    canary.made.push(key.clone());
    canary.token(app.endpoint.token());
    resources(app, canary);
    edge(app, canary);
    administration(app, canary);
    clients(app, canary);
    authorization(app, canary, &key);
    federation(app, canary);
}

/// Sends a request, which may be refused but must not fail with a 5xx.
fn fire(call: Call<'_>) -> Answer {
    let answer = block_on(call.exchange());
    assert_ne!(answer.status, 500, "a fault");
    answer
}

/// Every attribute of the standard profile: created, replaced, patched, queried, with wrong values.
fn resources(app: &App, canary: &mut Canary) {
    let scim = &app.endpoint;
    let (user, group) = (ResourceType::user(), ResourceType::group());
    let member = scim.create_user(&canary.text("member"), &json!({}));
    let filled = |canary: &mut Canary, kind: &ResourceType| {
        let mut body = canary.resource(&kind.common);
        body.extend(canary.resource(&kind.schema.attributes));
        for extension in &kind.extensions {
            body.insert(extension.schema.id.clone(), canary.resource(&extension.schema.attributes).into());
        }
        let urns = if kind.name == "User" { json!([USER, ENTERPRISE]) } else { json!([GROUP]) };
        body.insert("schemas".to_owned(), urns);
        if kind.name == "Group" {
            body["members"][0]["value"] = json!(member);
            body["members"][0]["type"] = json!("User");
            body["members"][0]["$ref"] = json!(format!("{}/Users/{member}", scim.base()));
        }
        Value::Object(body)
    };
    for kind in [user, group] {
        let endpoint = &kind.endpoint;
        let body = filled(canary, &kind);
        let made = fire(scim.post(endpoint, &body));
        let path = format!("{endpoint}/{}", made.expect(201).id());
        fire(scim.post(endpoint, &body)).error(409, "uniqueness");
        fire(scim.put(&path, &filled(canary, &kind))).expect(200);
        for row in &kind.schema.attributes {
            let mut value = canary.value(row);
            if row.name == "members" {
                value[0]["value"] = json!(member);
            }
            let set = fire(scim.patch(&path, &json!([{ "op": "add", "path": row.name, "value": value }])));
            assert!(
                set.status < 300 || row.mutability == Mutability::ReadOnly || row.name == "members",
                "{}",
                row.name
            );
            let wrong = json!({ canary.text("key"): { canary.text("inner"): [canary.text("value")] } });
            fire(scim.patch(&path, &json!([{ "op": "add", "path": row.name, "value": wrong }])));
            let mut whole = Map::from_iter([("schemas".to_owned(), body["schemas"].clone())]);
            whole.insert(row.name.clone(), wrong);
            fire(scim.put(&path, &Value::Object(whole)));
        }
        for name in kind.filterable() {
            for filter in [
                format!("{name} eq \"{}\"", canary.text(&name)),
                format!("{name} co \"{}\" and {} pr", canary.text(&name), canary.text("attribute")),
            ] {
                fire(scim.get(endpoint).filter(&filter));
            }
        }
        let query = canary.text("query");
        for name in
            ["filter", "sortBy", "attributes", "excludedAttributes", "cursor", "count", "startIndex", &query]
        {
            fire(scim.get(endpoint).query(name, &canary.text(name)));
            fire(scim.get(&path).query(name, &canary.text(name)));
        }
        let search = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"], "sortBy": canary.text("sort"),
            "filter": format!("externalId eq \"{}\"", canary.text("search")), "cursor": canary.text("cursor"),
        });
        fire(scim.post(&format!("{endpoint}/.search"), &search));
        let operations = [
            json!({ "method": "POST", "path": endpoint, "bulkId": canary.text("bulk"), "data": filled(canary, &kind) }),
            change(&path, &json!([{ "op": "replace", "path": "externalId", "value": canary.text("bulk") }])),
            change(&format!("{endpoint}/{}", canary.text("bulk")), &json!([])),
            json!({ "method": canary.text("method"), "path": canary.text("path"), "data": canary.text("data") }),
        ];
        fire(scim.post("/Bulk", &bulk(&operations[..3]))).expect(200);
        fire(scim.post("/Bulk", &bulk(&operations)));
        fire(Call::new(scim, "DELETE", &path)).expect(204);
    }
}

/// Invalid paths, headers, bodies and tokens.
fn edge(app: &App, canary: &mut Canary) {
    let scim = &app.endpoint;
    for path in ["/Users/", "/", "/Schemas/", "/ResourceTypes/", "/Users/x/", "/%7B", "/Me/"] {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
            let body =
                patch(&json!([{ "op": "replace", "path": canary.text("path"), "value": canary.text("v") }]));
            fire(Call::new(scim, method, &format!("{path}{}", canary.text("path"))).json(&body));
        }
    }
    for outside in ["", "scim/", "admin/", "oauth/", ".well-known/"] {
        fire(scim.get(&format!("{}/{outside}{}", app.origin(), canary.text("outside"))));
    }
    fire(Call::new(scim, &canary.text("method"), "/Users"));
    for name in [
        "user-agent",
        "if-match",
        "if-none-match",
        "accept",
        "content-type",
        "x-request-id",
        "x-forwarded-for",
        "x-forwarded-host",
        "forwarded",
        "cookie",
        "traceparent",
        "x-amzn-trace-id",
        "content-encoding",
        "x-custom",
    ] {
        fire(scim.get("/Users?count=1").header(name, &canary.text(name)));
        let body = json!({ "schemas": [USER], "userName": canary.text("user") });
        fire(scim.post("/Users", &body).header(name, &canary.text(name)));
    }
    for text in ["{\"userName\":\"~\"", "~", "[\"~\"]", "{\"~\":\"~\"}", "\u{0}~"] {
        fire(scim.post("/Users", &json!({})).text(&text.replace('~', &canary.text("body"))));
    }
    let token = scim.token().to_owned();
    for wrong in [
        format!("Bearer {}", canary.text("token")),
        format!("Basic {}", canary.text("basic")),
        canary.text("bare"),
        format!("Bearer rc_acme_c1_{}", canary.text("token")),
        format!("Bearer {token}{}", canary.text("longer")),
        format!("Bearer {}", &token[..token.len() - 3]),
        format!("Bearer ra_acme_c1_{}", canary.text("access")),
    ] {
        fire(scim.get("/Users").authorization(Some(&wrong))).expect(401);
    }
}

/// Names, labels, settings, lines to import, and a wrong key.
fn administration(app: &App, canary: &mut Canary) {
    let here = format!("{}/admin/directories", app.origin());
    let own = format!("{here}/{}", app.directory);
    let scim = &app.endpoint;
    let key = format!("Bearer {}", scim.stack().unwrap().administrator_key());
    let ask = |method: &str, url: &str, body: &str| {
        fire(Call::new(scim, method, url).authorization(Some(&key)).text(body))
    };
    let wrong = format!("Bearer {}", canary.text("key"));
    fire(scim.get(&own).authorization(Some(&wrong))).expect(401);
    let settings = json!({ canary.text("setting"): canary.text("setting"), "requestsPerSecond": 100 });
    let change = json!({ "name": canary.text("name"), "settings": settings });
    ask("PATCH", &own, &change.to_string()).expect(200);
    for name in ["id", "name", "profile", "region", "stage", "state", "settings", "other"] {
        let mut body = json!({ "id": "!", "name": canary.text("name"), "profile": "standard" });
        body[name] = json!(format!("!{}", canary.text(name)));
        ask("POST", &here, &body.to_string());
        ask("PATCH", &own, &json!({ name: [canary.text(name)] }).to_string());
    }
    // Rollcall warns of it, and of the first secret of the client below.
    let made = json!({ "label": canary.text("label"), "subject": canary.text("subject"), "expires": 5 });
    let made = ask("POST", &format!("{own}/credentials"), &made.to_string()).expect(201).json();
    let token = canary.token(made["token"].as_str().unwrap());
    fire(scim.with_token(&token).get("/Me"));
    let one = format!("{own}/credentials/{}", made["id"].as_str().unwrap());
    ask("PATCH", &one, &json!({ "label": canary.text("label"), "expires": 4 }).to_string()).expect(200);
    fire(scim.with_token(&token).get("/Users?count=0"));
    ask("DELETE", &one, "").expect(204);
    for name in ["label", "scopes", "expires", "subject", "token"] {
        let body = json!({ "label": "x", name: { canary.text(name): canary.text(name) } });
        ask("POST", &format!("{own}/credentials"), &body.to_string());
    }
    ask("POST", &format!("{own}/verify"), &json!({ "after": canary.text("after") }).to_string());
    ask("GET", &format!("{own}/{}", canary.text("path")), "");
    ask("GET", &format!("{own}/export?after={}", canary.text("after")), "");
    let mut lines = String::new();
    for more in
        [json!({}), json!({ "emails": 7 }), json!({ "id": canary.text("id") }), json!({ "schemas": ["x"] })]
    {
        let mut line = Value::Object(canary.resource(&ResourceType::user().schema.attributes));
        line.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        lines.push_str(&format!("{line}\n"));
    }
    lines.push_str(&format!("{}\n{{\"{}\n[]\n", canary.text("line"), canary.text("line")));
    for query in ["?dryRun=true", "", &format!("?dryRun={}", canary.text("query"))] {
        ask("POST", &format!("{own}/import{query}"), &lines);
    }
    ask("GET", &format!("{own}/unverified"), "").expect(200);
    ask("GET", &format!("{own}/export"), "").expect(200);
    ask("POST", &format!("{own}/verify"), "{}").expect(200);
}

/// Labels, secrets and OAuth tokens, and refused requests.
fn clients(app: &App, canary: &mut Canary) {
    let client = app.client(json!({ "label": canary.text("label"), "secretExpires": 20 }));
    canary.token(&client.secret);
    let token = app.issued(&client);
    let token = canary.token(&token);
    assert_eq!(app.status(&token, "GET", "/Users"), 200);
    for field in ["client_id", "client_secret", "grant_type", "scope", "username", "assertion", "code"] {
        let mut fields = vec![
            ("grant_type", "client_credentials".to_owned()),
            ("client_id", client.client_id.clone()),
            ("client_secret", client.secret.clone()),
        ];
        fields.retain(|(name, _)| *name != field);
        fields.push((field, canary.text(field)));
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, &**value)).collect();
        app.post("/oauth/token", &fields);
    }
    let basic = app.form("/oauth/token", &[("grant_type", "client_credentials")]);
    send(basic.basic_auth(&client.client_id, Some(canary.text("basic"))));
    let revoke = [("client_id", &*client.client_id), ("client_secret", &*client.secret), ("token", &token)];
    assert_eq!(app.post("/oauth/revoke", &revoke).status, 200);
    let wrong = canary.text("revoke");
    app.post("/oauth/revoke", &[revoke[0], revoke[1], ("token", &wrong)]);
    let path = format!("/clients/{}", client.id);
    app.administer("PATCH", &path, Some(json!({ "label": canary.text("label") })));
    app.administer("PATCH", &path, Some(json!({ canary.text("field"): [canary.text("value")] })));
    let second =
        app.administer("POST", &format!("{path}/secrets"), Some(json!({ "label": canary.text("label") })));
    canary.token(second.json()["clientSecret"].as_str().unwrap());
    app.administer("POST", "/clients", Some(json!({ "label": "x", "redirectUris": [canary.text("uri")] })));
}

/// The consent page, codes and refresh tokens, also used twice.
fn authorization(app: &App, canary: &mut Canary, key: &str) {
    let client = app.authorized_client();
    canary.token(&client.secret);
    let state = canary.text("state");
    let mut asked = question(&client);
    for field in asked.iter_mut().filter(|(name, _)| *name == "state") {
        field.1 = &state;
    }
    let page = app.page(&asked);
    let sealed = ask(&page);
    canary.made.push(sealed.clone());
    let wrong = canary.text("key");
    for shown in [&*wrong, app.endpoint.token()] {
        assert_eq!(app.consent(&asked, shown, "allow").status, 403);
    }
    let code = parameter(&app.consent(&asked, key, "allow"), "code").unwrap();
    canary.token(&code);
    canary.made.extend([VERIFIER, CHALLENGE].map(str::to_owned));
    let fields = |code: &str, verifier: &str, back: &str| {
        let fields = [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", back)];
        app.token(&client, &[&fields[..], &[("code_verifier", verifier)]].concat())
    };
    fields(&canary.text("code"), VERIFIER, BACK);
    fields(&code, &canary.text("verifierverifierverifierverifierverifierverifier"), BACK);
    fields(&code, VERIFIER, &format!("https://{}.example.com/", canary.text("back")));
    let reply = fields(&code, VERIFIER, BACK);
    canary.token(&reply.token());
    let refresh =
        |token: &str| app.token(&client, &[("grant_type", "refresh_token"), ("refresh_token", token)]);
    let first = canary.token(reply.json()["refresh_token"].as_str().unwrap());
    let mut next = first.clone();
    for _ in 0..2 {
        let reply = refresh(&next);
        canary.token(&reply.token());
        next = canary.token(reply.json()["refresh_token"].as_str().unwrap());
    }
    // Rollcall warns of both.
    refresh(&first).refused(400, "invalid_grant");
    fields(&code, VERIFIER, BACK).refused(400, "invalid_grant");
    refresh(&canary.text("refresh"));
    for (name, _) in question(&client) {
        let mut asked = question(&client);
        let text = canary.text(name);
        for field in asked.iter_mut().filter(|(found, _)| *found == name) {
            field.1 = &text;
        }
        app.page(&asked);
    }
}

/// Assertions, with every kind of error.
fn federation(app: &App, canary: &mut Canary) {
    let key = SigningKey::rsa("one", 0);
    let issuer = Issuer::start(&[&key]);
    let (subject, audience) = (canary.text("subject"), canary.text("audience"));
    let tenant = canary.text("tenant");
    let federation = json!({
        "issuer": issuer.name(), "jwksUri": issuer.jwks_uri(), "subject": subject,
        "audiences": [audience], "tenant": tenant,
    });
    let client = app.client(json!({ "label": canary.text("label"), "federation": federation }));
    let claims = |changes: Value| {
        let mut claims = issuer.claims(&subject, &audience);
        claims["tid"] = json!(tenant);
        claims.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        claims
    };
    let person = json!({ "email": canary.text("email"), "jti": canary.text("jti") });
    let good = show(app, canary, &client, &key.sign(&claims(person)));
    canary.token(&good.token());
    for name in ["iss", "sub", "aud", "tid", "exp", "nbf", "iat"] {
        let text = canary.text(name);
        show(app, canary, &client, &key.sign(&claims(json!({ name: text })))).refused(401, "invalid_client");
    }
    show(app, canary, &client, &key.sign(&claims(json!({ "exp": 1000 })))).refused(401, "invalid_client");
    for name in ["alg", "kid", "typ", "jku"] {
        let mut header = json!({ "typ": "JWT", "alg": key.algorithm(), "kid": key.id });
        header[name] = json!(canary.text(name));
        show(app, canary, &client, &key.sign_as(&header, &claims(json!({}))));
    }
    issuer.answer(500, canary.text("keys").as_bytes());
    let unknown = SigningKey::ec(&canary.text("key"));
    show(app, canary, &client, &unknown.sign(&claims(json!({}))));
    let text = canary.text("assertion");
    app.post("/oauth/token", &assertion(&client, &text));
}

fn show(app: &App, canary: &mut Canary, client: &Client, text: &str) -> crate::app::Reply {
    // The part before the claims is the same in many of them.
    canary.made.extend(text.split('.').skip(1).map(str::to_owned));
    app.post("/oauth/token", &assertion(client, text))
}

fn assertion<'a>(client: &'a Client, text: &'a str) -> [(&'a str, &'a str); 4] {
    [
        ("grant_type", "client_credentials"),
        ("client_id", &client.client_id),
        ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
        ("client_assertion", text),
    ]
}
