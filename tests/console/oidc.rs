//! Signing in with OpenID Connect.

mod audit;
mod way;

use std::sync::Arc;

use data_encoding::BASE64;
use gateway::settings::Settings;
use http::Request;
use ring::hmac::{HMAC_SHA256, HMAC_SHA512, Key, sign};
use serde_json::{Value, json};
use tests::browser::{Browser, Page};
use tests::deployment::{DEPLOYMENT_SECRET, deployment};
use tests::endpoint::Endpoint;
use tests::instance::Instance;
use tests::issuer::{SigningKey, base64, message, now};

use crate::provider::{CLIENT, EMAIL, Provider, SECRET, SUBJECT, fields};

/// A service and the identity provider of its team.
struct Team {
    scim: Endpoint,
    provider: Provider,
}

impl Team {
    /// `None` with a note where the server cannot be in this process.
    fn new() -> Option<Self> {
        Self::with(&json!({}))
    }

    /// With these changes of the settings.
    fn with(changes: &Value) -> Option<Self> {
        Endpoint::shared().stack()?;
        let provider = Provider::start();
        Some(Self { scim: Endpoint::start_with_oidc(provider.settings(changes)), provider })
    }

    fn browser(&self) -> Browser {
        Browser::new(&self.scim)
    }

    /// Goes to the identity provider and comes back with its answer: the path that is opened next.
    fn ask(&self, browser: &mut Browser) -> String {
        self.ask_at(browser, "/console/oidc")
    }

    fn ask_at(&self, browser: &mut Browser, begin: &str) -> String {
        let leave = browser.get(begin);
        let back =
            tests::runtime::block_on(self.scim.http().get(leave.expect(303).header("location")).send());
        let back = back.unwrap().headers()["location"].to_str().unwrap().to_owned();
        back.strip_prefix(&browser.origin).unwrap().to_owned()
    }

    /// Signs in with a new browser.
    fn sign_in(&self) -> (Browser, Page) {
        let mut browser = self.browser();
        let path = self.ask(&mut browser);
        let page = browser.get(&path);
        (browser, page)
    }

    #[track_caller]
    fn succeeds(&self) -> Browser {
        let (mut browser, page) = self.sign_in();
        page.expect(200).shows("You are signed in");
        browser.get("/console/directories").expect(200);
        browser
    }

    /// Refused with this status and text; and the same person may sign in once the provider behaves again.
    #[track_caller]
    fn refused(&self, status: u16, text: &str, behave: impl FnOnce(&Provider)) {
        let before = {
            let now = self.provider.behaves();
            (now.claims.clone(), Arc::clone(&now.sign), now.discovery.clone(), now.down)
        };
        behave(&self.provider);
        let (mut browser, page) = self.sign_in();
        page.expect(status).shows("You are not signed in").shows(text);
        assert_eq!(page.header("set-cookie"), "", "{page:?}");
        assert!(!page.text.contains("eyJ") && !page.text.contains("code-"), "a token or a code: {page:?}");
        assert_eq!(browser.get("/console/directories").expect(303).header("location"), "/console");
        {
            let mut now = self.provider.behaves();
            (now.claims, now.sign, now.discovery, now.down) = before;
        }
        self.succeeds();
    }

    #[track_caller]
    fn refuses_claims(&self, claims: Value, text: &str) {
        self.refused(403, text, |provider| provider.behaves().claims = claims);
    }
}

#[test]
fn a_person_on_the_list_signs_in_with_the_own_account() {
    let Some(team) = Team::new() else { return };
    let mut browser = team.browser();
    let start = browser.get("/console");
    start.expect(200).shows(r#"<a href="/console/oidc">"#).shows("Administrator key");
    let leave = browser.get("/console/oidc");
    let location = leave.expect(303).header("location").to_owned();
    let asked = fields(location.split_once('?').unwrap().1);
    let callback = format!("{}/console/oidc/callback", browser.origin);
    for (name, value) in [
        ("response_type", "code"),
        ("client_id", CLIENT),
        ("redirect_uri", &callback),
        ("scope", "openid email"),
        ("code_challenge_method", "S256"),
    ] {
        assert_eq!(asked[name], value, "{name}");
    }
    let cookie = leave.header("set-cookie");
    for part in ["rollcall-oidc=ro_", "; Path=/", "; HttpOnly", "; SameSite=Lax", "; Max-Age=600"] {
        assert!(cookie.contains(part), "{part}: {cookie}");
    }
    assert!(!asked.contains_key("prompt"), "the person is asked only as the identity provider wants");
    let pending = browser.cookie.clone().unwrap();
    let path = team.ask(&mut browser);
    let page = browser.get(&path);
    assert_eq!(page.expect(200).header("refresh"), "0; url=/console/directories");
    assert!(page.header("set-cookie").starts_with("rollcall=rt_"), "{page:?}");
    assert!(page.header("set-cookie").contains("; SameSite=Strict"), "{page:?}");
    let cookies: Vec<_> = page.headers.get_all("set-cookie").iter().collect();
    assert!(cookies[1].to_str().unwrap().starts_with("rollcall-oidc=; "), "{cookies:?}");
    browser.get("/console/directories").expect(200).shows("Local");
    assert_eq!(team.ask(&mut team.browser()).len(), path.len());
    assert!(!page.text.contains(&pending));
}

#[test]
fn keys_on_a_curve_and_several_audiences_are_good_too() {
    let Some(team) = Team::new() else { return };
    let curve = SigningKey::ec("curve");
    team.provider.behaves().keys.push(curve.jwk());
    team.provider.behaves().sign = Arc::new(move |claims| curve.sign(claims));
    team.succeeds();
    for claims in [
        json!({ "aud": [CLIENT] }),
        json!({ "aud": [CLIENT, "another"], "azp": CLIENT }),
        json!({ "email_verified": true, "email": "ANA@EX.IO" }),
        json!({ "email_verified": "true" }),
        // Clocks may differ by some seconds.
        json!({ "iat": now() + 20, "nbf": now() + 20 }),
    ] {
        team.provider.behaves().claims = claims;
        team.succeeds();
    }
}

#[test]
fn a_member_of_a_group_signs_in() {
    let Some(team) = Team::with(&json!({ "emails": [], "groupsClaim": "roles" })) else { return };
    team.provider.behaves().discovery = json!({ "scopes_supported": ["openid", "roles"] });
    let leave = team.browser().get("/console/oidc");
    assert!(leave.header("location").contains("scope=openid+email+roles"), "{leave:?}");
    for groups in [json!(["other", "0f5e-operators"]), json!("0f5e-operators")] {
        team.provider.behaves().claims = json!({ "roles": groups, "email": null });
        team.succeeds();
    }
    for groups in
        [json!(null), json!([]), json!(["0F5E-operators"]), json!("other"), json!({ "a": "0f5e-operators" })]
    {
        team.refuses_claims(json!({ "roles": groups }), "ana@ex.io, who is not on the list");
    }
    team.refuses_claims(json!({ "groups": ["0f5e-operators"], "email": null }), &format!("oidc:{SUBJECT}"));
}

#[test]
fn a_person_who_is_not_on_the_list_is_refused() {
    let Some(team) = Team::new() else { return };
    for email in ["eve@ex.io", "ana@ex.io.evil.example", "a.na@ex.io", "ａna@ex.io"] {
        team.refuses_claims(json!({ "email": email }), &format!("{email}, who is not on the list"));
    }
    for email in [json!(null), json!(""), json!("ana"), json!("ana@ex.io\nbo@ex.io"), json!(" ana@ex.io")] {
        team.refuses_claims(json!({ "email": email }), &format!("oidc:{SUBJECT}, who is not on the list"));
    }
    // Other claims of a person prove nothing.
    let others =
        json!({ "email": null, "preferred_username": EMAIL, "upn": EMAIL, "name": EMAIL, "groups": [EMAIL] });
    team.refuses_claims(others, "not on the list");
}

#[test]
fn an_address_that_is_not_verified_is_refused() {
    let Some(team) = Team::new() else { return };
    for verified in [json!(false), json!("false"), json!(0), json!(1), json!("")] {
        team.refuses_claims(json!({ "email_verified": verified }), "is not verified");
    }
}

#[test]
fn a_token_for_another_sign_in_application_or_time_is_refused() {
    let Some(team) = Team::new() else { return };
    for nonce in [json!(null), json!(""), json!("other")] {
        team.refused(400, "belongs to another sign-in", |provider| {
            provider.behaves().claims = json!({ "nonce": nonce });
        });
    }
    for claims in [
        json!({ "aud": "another" }),
        json!({ "aud": [] }),
        json!({ "aud": [CLIENT, "another"] }),
        json!({ "aud": [CLIENT, "another"], "azp": "another" }),
        json!({ "azp": "another" }),
    ] {
        team.refuses_claims(claims, "for another application");
    }
    for issuer in [json!("https://login.example.com"), json!(format!("{}/", team.provider.issuer()))] {
        team.refuses_claims(json!({ "iss": issuer }), "of another issuer");
    }
    for claims in [
        json!({ "exp": now() - 61 }),
        json!({ "exp": 0 }),
        json!({ "nbf": now() + 600 }),
        json!({ "iat": now() + 600 }),
    ] {
        team.refuses_claims(claims, "one of the two clocks is wrong");
    }
    for claims in [
        json!({ "exp": null }),
        json!({ "sub": null }),
        json!({ "aud": null }),
        json!({ "iss": [team.provider.issuer()] }),
        json!({ "sub": "two words" }),
    ] {
        team.refuses_claims(claims, "is not complete");
    }
}

#[test]
fn a_signature_of_another_key_or_of_none_is_refused() {
    let Some(team) = Team::new() else { return };
    let wrong = |sign: Box<dyn Fn(&Value) -> String + Send + Sync>| {
        team.refused(403, "its signature is wrong", |provider| provider.behaves().sign = Arc::from(sign));
    };
    for algorithm in ["none", "None", ""] {
        for signature in ["", "AA"] {
            wrong(Box::new(move |claims| {
                format!("{}.{signature}", message(&json!({ "alg": algorithm, "kid": "one" }), claims))
            }));
        }
    }
    // What anyone can know of the key, as if it were a shared secret.
    let public = team.provider.key().jwk();
    for secret in [public.to_string(), public["n"].as_str().unwrap().to_owned(), SECRET.to_owned()] {
        for (algorithm, kind) in [("HS256", HMAC_SHA256), ("HS512", HMAC_SHA512)] {
            let key = Key::new(kind, secret.as_bytes());
            wrong(Box::new(move |claims| {
                let message = message(&json!({ "alg": algorithm, "kid": "one" }), claims);
                format!("{message}.{}", base64(sign(&key, message.as_bytes()).as_ref()))
            }));
        }
    }
    let stranger = Arc::new(SigningKey::rsa("stranger", 1));
    let (unknown, named) = (Arc::clone(&stranger), stranger);
    wrong(Box::new(move |claims| unknown.sign(claims)));
    wrong(Box::new(move |claims| named.sign_as(&json!({ "alg": "RS256", "kid": "one" }), claims)));
    let honest = Arc::clone(&team.provider.behaves().sign);
    wrong(Box::new(move |claims| {
        let signed = honest(claims);
        let (head, signature) = (signed.split('.').next().unwrap(), signed.rsplit('.').next().unwrap());
        let mut claims = claims.clone();
        claims["sub"] = json!("other");
        format!("{head}.{}.{signature}", base64(claims.to_string().as_bytes()))
    }));
}

#[test]
fn an_answer_belongs_to_the_browser_that_asked_and_works_once() {
    let Some(team) = Team::new() else { return };
    team.provider.behaves().repeats = true;
    let mut browser = team.browser();
    let path = team.ask(&mut browser);
    let mut other = team.browser();
    team.ask(&mut other);
    let (before, state) = path.rsplit_once("state=").unwrap();
    let asked = browser.clone();
    let code = fields(before.split_once('?').unwrap().1)["code"].clone();
    let wrong = |mut browser: Browser, path: &str, status: u16, text: &str| {
        let page = browser.get(path);
        page.expect(status).shows(text);
        assert_eq!(page.header("set-cookie"), "");
        assert!(!page.text.contains(&code) && !page.text.contains(state), "{page:?}");
    };
    let ten = "longer than ten minutes";
    wrong(team.browser(), &path, 400, ten);
    wrong(other.clone(), &path, 400, ten);
    wrong(asked.clone(), &format!("{before}state="), 400, ten);
    wrong(asked.clone(), &format!("{before}state={}", &state[1..]), 400, ten);
    wrong(asked.clone(), before.trim_end_matches('&'), 400, ten);
    wrong(asked.clone(), &format!("/console/oidc/callback?state={state}"), 400, ten);
    wrong(asked.clone(), &format!("{path}&iss=https%3A%2F%2Fevil.example"), 403, "https://evil.example");
    let denied = format!("/console/oidc/callback?error=access_denied%3Cb%3E&state={state}");
    wrong(asked.clone(), &denied, 403, "access_deniedb.");
    // None of this has ended the sign-in.
    browser.get(&path).expect(200);
    wrong(asked, &path, 400, "was used before");
    // A code of another browser does not fit the secret of this one.
    let (_, own) =
        team.ask(&mut other).rsplit_once("state=").map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    let stolen = format!("/console/oidc/callback?code={code}&state={own}");
    wrong(other, &stolen, 403, "invalid_grant");
}

#[test]
fn a_sign_in_takes_ten_minutes_at_most() {
    let Some(team) = Team::new() else { return };
    // In time, the code is exchanged, and the identity provider does not know it.
    for (end, status) in [(now() + 60, 403), (now(), 400)] {
        let cookie = deployment().with_checksum(&format!("ro_{end}__{}", "0".repeat(64)));
        let state = base64(sign(&Key::new(HMAC_SHA256, cookie.as_bytes()), b"state 1").as_ref());
        let mut browser = team.browser().with_cookie(Some(format!("rollcall-oidc={cookie}")));
        browser.get(&format!("/console/oidc/callback?code=0&state={state}")).expect(status);
    }
}

#[test]
fn an_identity_provider_that_does_not_answer_lets_no_person_in() {
    let Some(team) = Team::new() else { return };
    team.provider.behaves().down = "openid-configuration";
    team.browser().get("/console/oidc").expect(503).shows("cannot be reached").shows(&team.provider.issuer());
    team.provider.behaves().down = "nothing";
    // The keys are remembered from the first success on.
    for path in ["keys", "token"] {
        team.refused(503, "cannot be reached", |provider| provider.behaves().down = path);
    }
}

#[test]
fn the_addresses_of_the_identity_provider_are_checked() {
    for (discovery, status, text) in [
        (json!({ "issuer": "https://evil.example" }), 403, "calls itself https://evil.example"),
        (json!({ "token_endpoint": "http://10.0.0.1/token" }), 403, "does not call"),
        (json!({ "jwks_uri": "http://ex.io/keys" }), 403, "does not call"),
        (json!({ "authorization_endpoint": "javascript:alert(1)" }), 403, "does not call"),
        (json!({ "token_endpoint": null }), 503, "cannot be reached"),
    ] {
        let Some(team) = Team::new() else { return };
        team.provider.behaves().discovery = discovery;
        let page = team.browser().get("/console/oidc");
        page.expect(status).shows(text);
        assert_eq!((page.header("location"), page.header("set-cookie")), ("", ""));
    }
    // Only the local server calls this machine.
    let Some(team) = Team::new() else { return };
    let settings = Settings { oidc: Some(team.provider.settings(&json!({}))), ..Settings::default() };
    let key = "a-key-of-32-characters-and-some-more";
    let instance = Instance::with(&team.scim, DEPLOYMENT_SECRET, key, settings).unwrap();
    let request = Request::get("/console/oidc").header("x-forwarded-proto", "https").header("host", "ex.io");
    let (parts, page) = instance.send(request, String::new());
    assert!(parts.status == 503 && page.contains("cannot be reached"), "{page}");
    assert_eq!(team.provider.behaves().asked, 0);
}

#[test]
fn the_secret_proves_who_exchanges_a_code() {
    // Both parts are encoded as in a form (RFC 6749 §2.3.1).
    let basic = format!("Basic {}", BASE64.encode(b"rollcall-console:a+secret%2Fwith%2Bsigns%7E"));
    for (changes, methods, header, secret) in [
        (json!({}), json!(["client_secret_post"]), "", Some(SECRET)),
        // The default of RFC 8414: `client_secret_basic`.
        (json!({}), json!(null), &basic, None),
        (json!({ "clientSecret": null }), json!(null), "", None),
    ] {
        let Some(team) = Team::with(&changes) else { return };
        team.provider.behaves().discovery = json!({ "token_endpoint_auth_methods_supported": methods });
        team.succeeds();
        let (authorization, form) = team.provider.behaves().exchange.clone();
        assert_eq!((&*authorization, form.get("client_secret").map(String::as_str)), (header, secret));
        assert_eq!(form.get("client_id").map(String::as_str), header.is_empty().then_some(CLIENT));
        assert_eq!(form["code_verifier"].len(), 43);
    }
}

#[test]
fn ten_refused_answers_are_enough() {
    let Some(team) = Team::new() else { return };
    team.provider.behaves().claims = json!({ "email": "eve@ex.io" });
    for _ in 0..10 {
        team.sign_in().1.expect(403);
    }
    let asked = team.provider.behaves().asked;
    assert_eq!(team.sign_in().1.expect(429).header("retry-after"), "600");
    assert_eq!(team.provider.behaves().asked, asked, "the identity provider was asked again");
}
