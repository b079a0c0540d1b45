//! What tokens are made with: the secret of the deployment and that of the directory, each replaced
//! while clients work, and what a reader of the table can do without the first.

use aws_sdk_dynamodb::types::AttributeValue;
use data_encoding::HEXLOWER;
use ring::hkdf::{HKDF_SHA256, Salt};
use ring::hmac::{self, HMAC_SHA256};
use serde_json::json;
use tests::deployment::{DEPLOYMENT_SECRET, deployment};
use tests::runtime::block_on;

use crate::app::{App, Client, ask, parameter, question};
use crate::instance::Instance;

const WAY: (&str, &str) = ("grant_type", "client_credentials");
const NEXT: &str = "the-next-value-of-the-deployment-secret";
const AFTER: &str = "the-value-after-that-of-the-deployment-secret";

/// What is valid in a directory before a secret is replaced.
struct Before {
    app: App,
    client: Client,
    access: String,
    authorized: Client,
    refresh: String,
    cursor: String,
}

fn before() -> Option<Before> {
    let app = App::new()?;
    let client = app.client(json!({"label": "Entra"}));
    let access = app.issued(&client);
    let authorized = app.authorized_client();
    let reply = app.exchange(&authorized, &app.code(&authorized));
    let refresh = reply.json()["refresh_token"].as_str().unwrap().to_owned();
    for _ in 0..3 {
        app.status(app.endpoint.token(), "POST", "/Users");
    }
    let page = app.endpoint.get("/Users?cursor&count=1").send();
    let cursor = page.expect(200).json()["nextCursor"].as_str().unwrap().to_owned();
    Some(Before { app, client, access, authorized, refresh, cursor })
}

impl Before {
    /// Static tokens and client secrets are valid, whatever was replaced.
    #[track_caller]
    fn secrets_are_valid(&self, instance: &Instance) {
        assert_eq!(instance.status(self.app.endpoint.token()), 200, "a static token");
        let new = instance.token(&self.client, &[WAY]).token();
        assert_eq!(instance.status(&new), 200, "a new access token");
    }

    /// What was issued before is valid, and what replaces it.
    #[track_caller]
    fn tokens_are_valid(&self, instance: &Instance) {
        self.secrets_are_valid(instance);
        assert_eq!(instance.status(&self.access), 200, "an access token");
        let page = instance.get(self.app.endpoint.token(), &format!("/Users?count=1&cursor={}", self.cursor));
        assert_eq!(page.status, 200, "a cursor: {page:?}");
        let reply = instance.refresh(&self.authorized, &self.refresh);
        assert_eq!(instance.status(&reply.token()), 200, "a refreshed access token");
        let next = reply.json()["refresh_token"].as_str().unwrap().to_owned();
        instance.refresh(&self.authorized, &next).token();
    }

    #[track_caller]
    fn tokens_have_ended(&self, instance: &Instance) {
        self.secrets_are_valid(instance);
        assert_eq!(instance.status(&self.access), 401, "an access token");
        let page = instance.get(self.app.endpoint.token(), &format!("/Users?count=1&cursor={}", self.cursor));
        assert_eq!((page.status, &page.json()["scimType"]), (400, &json!("invalidCursor")), "a cursor");
        instance.refresh(&self.authorized, &self.refresh).refused(400, "invalid_grant");
    }

    /// The secret in the directory's record, which a reader of the table knows.
    fn secret_in_the_table(&self) -> Vec<u8> {
        let table = self.app.endpoint.stack().unwrap().client();
        let get = table.get_item().table_name(self.app.endpoint.table());
        let get = get.key("PK", AttributeValue::S(format!("D#{}", self.app.directory)));
        let get = get.key("SK", AttributeValue::S("directory".to_owned()));
        let record = block_on(get.send()).unwrap().item.unwrap();
        HEXLOWER.decode(record["secret"].as_s().unwrap().as_bytes()).unwrap()
    }
}

/// The seal that can be made without the deployment's secret.
fn seal(secret: &[u8], label: &str, text: &str) -> String {
    let extracted = Salt::new(HKDF_SHA256, &[]).extract(secret);
    let key = hmac::Key::from(extracted.expand(&[label.as_bytes()], HMAC_SHA256).unwrap());
    HEXLOWER.encode(hmac::sign(&key, text.as_bytes()).as_ref())
}

#[test]
fn a_reader_of_the_table_cannot_make_a_token() {
    let Some(before) = before() else { return };
    let secret = before.secret_in_the_table();
    let now = tests::issuer::now();
    let text = format!(
        "ra_{}_{}_{now:08x}{:08x}0123456789abcdef",
        before.app.directory,
        before.client.id,
        now + 3600
    );
    for label in ["oauth access token 1", "oauth access token 2"] {
        let forged = format!("{text}_{}", seal(&secret, label, &text));
        // Even with a checksum of the deployment, which a reader of the table cannot make either.
        for token in [&forged, &deployment().with_checksum(&forged)] {
            assert_eq!(before.app.status(token, "GET", "/Users"), 401, "{label}: {token}");
        }
    }
    let used = before.refresh.split('_').nth(2).unwrap();
    let text = format!("rr_{}_{used}_1", before.app.directory);
    for label in ["oauth refresh token 1", "oauth refresh token 2"] {
        let forged = format!("{text}_{}", seal(&secret, label, &text));
        for token in [&forged, &deployment().with_checksum(&forged)] {
            let fields = [("grant_type", "refresh_token"), ("refresh_token", &**token)];
            before.app.token(&before.authorized, &fields).refused(400, "invalid_grant");
        }
    }
    assert_eq!(before.app.status(&before.access, "GET", "/Users"), 200);
}

#[test]
fn tokens_stay_valid_when_the_secret_of_their_directory_is_rotated() {
    let Some(before) = before() else { return };
    let page = before.app.page(&question(&before.authorized));
    let instance = Instance::new(&before.app, DEPLOYMENT_SECRET);
    let rotated = instance.rotate(&before.app.directory, &json!({}));
    assert_eq!(rotated.status, 200, "{rotated:?}");
    assert!(rotated.json()["previousValidUntil"].is_string(), "{rotated:?}");
    before.tokens_are_valid(&Instance::new(&before.app, DEPLOYMENT_SECRET));
    // The page was opened before.
    let key = before.app.endpoint.stack().unwrap().administrator_key().to_owned();
    let fields = [("ask", &*ask(&page)), ("key", &key), ("answer", "allow")];
    assert!(parameter(&before.app.post("/oauth/authorize", &fields), "code").is_some());
    // A second rotation would end the tokens that were issued before the first.
    let again = instance.rotate(&before.app.directory, &json!({}));
    assert_eq!(again.status, 409, "{again:?}");
    assert_eq!(Instance::new(&before.app, DEPLOYMENT_SECRET).status(&before.access), 200);
}

#[test]
fn an_emergency_rotation_ends_all_tokens_of_the_directory() {
    let (Some(before), Some(other)) = (before(), before()) else { return };
    let instance = Instance::new(&before.app, DEPLOYMENT_SECRET);
    // Also when there is a previous secret.
    assert_eq!(instance.rotate(&before.app.directory, &json!({})).status, 200);
    let rotated = instance.rotate(&before.app.directory, &json!({ "now": true }));
    assert_eq!((rotated.status, &rotated.json()["previousValidUntil"]), (200, &json!(null)));
    let instance = Instance::new(&before.app, DEPLOYMENT_SECRET);
    before.tokens_have_ended(&instance);
    other.tokens_are_valid(&instance);
    let ended = || before.app.status(&before.access, "GET", "/Users") == 401;
    assert!(tests::runtime::within(31, ended), "an instance that remembers the holder");
    assert_eq!(instance.rotate("unknown", &json!({})).status, 404);
    assert_eq!(instance.rotate(&before.app.directory, &json!({ "soon": true })).status, 400);
}

#[test]
fn tokens_stay_valid_when_the_deployment_secret_is_rotated() {
    let Some(before) = before() else { return };
    before.tokens_are_valid(&Instance::new(&before.app, &format!("{NEXT} {DEPLOYMENT_SECRET}")));
}

#[test]
fn static_tokens_stay_valid_when_the_deployment_secret_is_rotated_twice() {
    let Some(before) = before() else { return };
    let instance = Instance::new(&before.app, &format!("{AFTER} {NEXT} {DEPLOYMENT_SECRET}"));
    before.tokens_have_ended(&instance);
    let elsewhere = Instance::new(&before.app, NEXT);
    for token in [before.app.endpoint.token(), &before.access] {
        assert_eq!(elsewhere.status(token), 401, "a deployment that did not issue it");
    }
}

#[test]
fn what_was_not_issued_here_costs_no_read() {
    let Some(before) = before() else { return };
    let instance = Instance::new(&before.app, DEPLOYMENT_SECRET);
    let (directory, client) = (&before.app.directory, &before.client.id);
    let hex = "ab".repeat(32);
    let checked = |text: String| format!("{text}{:08x}", crc32fast::hash(text.as_bytes()));
    let grant = before.refresh.split('_').nth(2).unwrap();
    // Their holders exist.
    let own = before.app.endpoint.token().split('_').nth(2).unwrap();
    for token in [
        checked(format!("rc_{directory}_{own}_{hex}")),
        format!("ra_{directory}_{client}_65a0b1c2f5a0b1c20123456789abcdef_{hex}"),
        checked(format!("ra_{directory}_{client}.{grant}_65a0b1c2f5a0b1c20123456789abcdef_{hex}")),
    ] {
        let reply = instance.get(&token, "/Users");
        assert_eq!((reply.status, reply.header("x-rollcall-units")), (401, "r=0;w=0"), "{token}");
    }
    for secret in [format!("rs_{hex}"), checked(format!("rs_{hex}"))] {
        let wrong = Client { secret, ..before.client.clone() };
        let reply = instance.token(&wrong, &[WAY]);
        assert_eq!((reply.status, reply.header("x-rollcall-units")), (401, "r=0;w=0"), "{reply:?}");
    }
    let page = before.app.page(&question(&before.authorized));
    let forged = ask(&page).replacen('.', "A.", 1);
    let reply = instance.post("/oauth/authorize", &[("ask", &forged), ("key", "x"), ("answer", "allow")]);
    assert_eq!((reply.status, reply.header("x-rollcall-units")), (400, "r=0;w=0"), "{reply:?}");
    // A client that proves who it is reads itself, and nothing for a token or code that is not ours.
    let fields = |kind, name| [("grant_type", kind), (name, "rz_x"), ("redirect_uri", "x")];
    let codes = instance.token(&before.authorized, &fields("authorization_code", "code"));
    let tokens = instance.token(&before.authorized, &fields("refresh_token", "refresh_token"));
    for reply in [codes, tokens] {
        reply.refused(400, "invalid_grant");
        assert_eq!(reply.header("x-rollcall-units"), "r=2;w=0", "{reply:?}");
    }
}
