//! Everything that the function `token` does with the table.

use directory::access::oauth::client::secret::ClientSecret;
use directory::access::oauth::client::{self, Client, Pkce};
use directory::registry::record;
use gateway::auth::token::client_secret;
use scim::profile::STANDARD;
use secrecy::ExposeSecret;
use serde_json::Value;
use tests::deployment::deployment;
use tests::endpoint::Endpoint;
use tests::runtime::block_on;

use super::Deployed;
use tests::functions::KEY;

const BACK: &str = "https://client.example.com/back";

/// A client in the directory of the endpoint's token, and its secret.
fn client(deployed: &Deployed, scim: &Endpoint, redirects: &[&str]) -> (String, String) {
    let directory = scim.directory();
    let secret = client_secret::mint(&deployment()).unwrap();
    let id = tests::names::unique().parse().unwrap();
    let mut client = Client::new(id, "client");
    client.redirects = redirects.iter().map(|uri| (*uri).to_owned()).collect();
    client.pkce = Pkce::Optional;
    let own = block_on(record::secrets(&deployed.table, &directory)).unwrap().hashes;
    let hash = client_secret::hash(&own, &client.id, secret.expose_secret());
    client.secrets.push(ClientSecret::new("s1", hash, "", None));
    assert!(block_on(client::create(&deployed.table, &directory, &client)).unwrap());
    (format!("{directory}.{}", client.id), secret.expose_secret().to_owned())
}

/// Posts a form; status, Location, body.
fn post(scim: &Endpoint, path: &str, fields: &[(&str, &str)]) -> (u16, String, String) {
    let mut form = reqwest::Url::parse("http://form/").unwrap();
    form.query_pairs_mut().extend_pairs(fields);
    let url = format!("{}{path}", scim.base().trim_end_matches("/scim/v2"));
    let request = scim.http().post(url).header("content-type", "application/x-www-form-urlencoded");
    let request = request.body(form.query().unwrap().to_owned());
    block_on(async {
        let response = request.send().await.unwrap();
        let location = response.headers().get("location").map(|it| it.to_str().unwrap().to_owned());
        (response.status().as_u16(), location.unwrap_or_default(), response.text().await.unwrap())
    })
}

/// Each way to get a token, and each way to revoke it.
pub(super) fn all(deployed: &Deployed) {
    let scim = deployed.directory(STANDARD);
    let (id, secret) = client(deployed, &scim, &[]);
    let own = [("client_id", &*id), ("client_secret", &*secret)];
    let token = |fields: &[(&str, &str)]| -> Value {
        let (status, _, body) = post(&scim, "/oauth/token", fields);
        assert_eq!(status, 200, "{body}");
        serde_json::from_str(&body).unwrap()
    };
    let revoke = |fields: &[(&str, &str)]| assert_eq!(post(&scim, "/oauth/revoke", fields).0, 200);
    let issued = token(&[&own[..], &[("grant_type", "client_credentials")]].concat());
    let access = issued["access_token"].as_str().unwrap();
    scim.with_token(access).get("/Users").send().expect(200);
    revoke(&[&own[..], &[("token", access)]].concat());

    let (id, secret) = client(deployed, &scim, &[BACK]);
    let own = [("client_id", &*id), ("client_secret", &*secret)];
    let origin = scim.base().trim_end_matches("/scim/v2");
    let mut page = reqwest::Url::parse(&format!("{origin}/oauth/authorize")).unwrap();
    page.query_pairs_mut().extend_pairs([
        ("response_type", "code"),
        ("client_id", &id),
        ("redirect_uri", BACK),
    ]);
    let page = block_on(async { scim.http().get(page).send().await.unwrap().text().await.unwrap() });
    let ask = page.split_once(r#"name="ask" value=""#).unwrap().1.split_once('"').unwrap().0.to_owned();
    let consent =
        |key: &str| post(&scim, "/oauth/authorize", &[("ask", &ask), ("key", key), ("answer", "allow")]);
    // A valid token that may not give consent.
    assert_eq!(consent(scim.token()).0, 403);
    let location = consent(KEY).1;
    let code = location.split_once("code=").unwrap().1.split('&').next().unwrap().to_owned();
    let exchange = [("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", BACK)];
    let first = token(&[&own[..], &exchange].concat());
    let refresh = first["refresh_token"].as_str().unwrap();
    let second = token(&[&own[..], &[("grant_type", "refresh_token"), ("refresh_token", refresh)]].concat());
    revoke(&[&own[..], &[("token", second["access_token"].as_str().unwrap())]].concat());
    revoke(&[&own[..], &[("token", second["refresh_token"].as_str().unwrap())]].concat());
    assert_eq!(post(&scim, "/oauth/token", &[&own[..], &exchange].concat()).0, 400);
}
