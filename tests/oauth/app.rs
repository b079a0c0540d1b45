//! A directory whose clients are created through its administration, and their requests.

use http::HeaderMap;
use serde_json::{Value, json};
use tests::call::Call;
use tests::endpoint::Endpoint;
use tests::runtime::block_on;

/// The redirect URI.
pub(crate) const BACK: &str = "https://client.example.com/back?kept=1";
/// A PKCE verifier, and its S256 challenge.
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// An empty directory.
pub(crate) struct App {
    /// The endpoint with the directory's static token.
    pub(crate) endpoint: Endpoint,
    pub(crate) directory: String,
}

/// A created client.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    pub(crate) id: String,
    pub(crate) client_id: String,
    pub(crate) secret: String,
}

/// A response.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("not valid JSON: {self:?}"))
    }

    /// The issued token (RFC 6749 §5.1).
    #[track_caller]
    pub(crate) fn token(&self) -> String {
        assert_eq!(self.status, 200, "{self:?}");
        let body = self.json();
        assert_eq!(body["token_type"], "Bearer");
        assert_eq!(self.header("content-type"), "application/json");
        self.private();
        body["access_token"].as_str().expect("a token").to_owned()
    }

    /// An error of this name (RFC 6749 §5.2).
    #[track_caller]
    pub(crate) fn refused(&self, status: u16, error: &str) -> &Self {
        assert_eq!((self.status, &self.json()["error"]), (status, &json!(error)), "{self:?}");
        assert!(!self.json()["error_description"].as_str().unwrap_or_default().is_empty(), "{self:?}");
        assert_eq!(self.header("www-authenticate").starts_with("Basic "), status == 401, "{self:?}");
        self.private();
        self
    }

    #[track_caller]
    fn private(&self) {
        assert_eq!(self.header("cache-control"), "no-store", "{self:?}");
    }
}

impl App {
    /// An empty directory; `None` with a note where the server is not in this process.
    pub(crate) fn new() -> Option<Self> {
        Self::of_profile("standard")
    }

    /// As [`App::new`], of this profile.
    pub(crate) fn of_profile(profile: &str) -> Option<Self> {
        let endpoint = Endpoint::empty_directory_of(profile)?;
        let directory = endpoint.token().split('_').nth(1).expect("a token of our own").to_owned();
        Some(Self { endpoint, directory })
    }

    /// The address of the service, before `/scim/v2`.
    pub(crate) fn origin(&self) -> &str {
        self.endpoint.base().strip_suffix("/scim/v2").expect("a Tenant URL")
    }

    /// A request to the administration; the path is relative to the directory.
    #[track_caller]
    pub(crate) fn administer(&self, method: &str, path: &str, body: Option<Value>) -> Reply {
        let key = self.endpoint.stack().expect("a stack").administrator_key().to_owned();
        let url = format!("{}/admin/directories/{}{path}", self.origin(), self.directory);
        let mut request = self.endpoint.http().request(method.parse().unwrap(), url).bearer_auth(key);
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        send(request)
    }

    /// Creates a client.
    #[track_caller]
    pub(crate) fn client(&self, body: Value) -> Client {
        let made = self.administer("POST", "/clients", Some(body));
        assert_eq!(made.status, 201, "{made:?}");
        let made = made.json();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let secret = text(&made["secret"]["clientSecret"]);
        Client { id: text(&made["id"]), client_id: text(&made["clientId"]), secret }
    }

    /// Creates a client that an administrator has approved.
    #[track_caller]
    pub(crate) fn authorized_client(&self) -> Client {
        self.client(json!({"label": "Entra", "redirectUris": [BACK]}))
    }

    /// Posts a form, as a client without a header of its own.
    #[track_caller]
    pub(crate) fn post(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        send(self.form(path, fields))
    }

    /// A form request that is not sent yet.
    pub(crate) fn form(&self, path: &str, fields: &[(&str, &str)]) -> reqwest::RequestBuilder {
        let mut body = reqwest::Url::parse("http://form/").unwrap();
        body.query_pairs_mut().extend_pairs(fields);
        let request = self.endpoint.http().post(format!("{}{path}", self.origin()));
        let kind = "application/x-www-form-urlencoded";
        request.header("content-type", kind).body(body.query().unwrap_or_default().to_owned())
    }

    /// Requests a token with the client's secret and these fields.
    #[track_caller]
    pub(crate) fn token(&self, client: &Client, fields: &[(&str, &str)]) -> Reply {
        let mut all = vec![("client_id", &*client.client_id), ("client_secret", &*client.secret)];
        all.extend(fields);
        self.post("/oauth/token", &all)
    }

    /// A token by client credentials.
    #[track_caller]
    pub(crate) fn issued(&self, client: &Client) -> String {
        self.token(client, &[("grant_type", "client_credentials")]).token()
    }

    /// The status of a SCIM request with this token.
    #[track_caller]
    pub(crate) fn status(&self, token: &str, method: &str, path: &str) -> u16 {
        let endpoint = self.endpoint.with_token(token);
        let call = Call::new(&endpoint, method, path);
        let user = json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
            "userName": format!("{}@ex.io", tests::names::unique())});
        if method == "POST" { call.json(&user).send().status } else { call.send().status }
    }

    /// Opens the consent page, and submits it with this key and answer.
    #[track_caller]
    pub(crate) fn consent(&self, query: &[(&str, &str)], key: &str, answer: &str) -> Reply {
        let page = self.page(query);
        assert_eq!(page.status, 200, "{page:?}");
        self.post("/oauth/authorize", &[("ask", &ask(&page)), ("key", key), ("answer", answer)])
    }

    /// The page of an authorization request.
    #[track_caller]
    pub(crate) fn page(&self, query: &[(&str, &str)]) -> Reply {
        let mut url = reqwest::Url::parse(&format!("{}/oauth/authorize", self.origin())).unwrap();
        url.query_pairs_mut().extend_pairs(query);
        send(self.endpoint.http().get(url))
    }

    /// The administrator approves the client; returns the code.
    #[track_caller]
    pub(crate) fn code(&self, client: &Client) -> String {
        let key = self.endpoint.stack().unwrap().administrator_key().to_owned();
        let back = self.consent(&question(client), &key, "allow");
        parameter(&back, "code").expect("a code")
    }

    /// Exchanges the code as its client.
    #[track_caller]
    pub(crate) fn exchange(&self, client: &Client, code: &str) -> Reply {
        let fields = [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", BACK)];
        self.token(client, &[&fields[..], &[("code_verifier", VERIFIER)]].concat())
    }
}

/// An authorization request of the client.
pub(crate) fn question(client: &Client) -> Vec<(&str, &str)> {
    vec![
        ("response_type", "code"),
        ("client_id", &client.client_id),
        ("redirect_uri", BACK),
        ("state", "a state & more"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ]
}

/// The value of the field `ask` of a consent page.
#[track_caller]
pub(crate) fn ask(page: &Reply) -> String {
    let (_, rest) = page.text.split_once(r#"name="ask" value=""#).expect("a question");
    rest.split_once('"').expect("its end").0.to_owned()
}

/// A parameter of the redirect URL.
#[track_caller]
pub(crate) fn parameter(reply: &Reply, name: &str) -> Option<String> {
    assert_eq!(reply.status, 303, "{reply:?}");
    assert!(reply.header("location").starts_with(&format!("{BACK}&")), "{reply:?}");
    let url = reqwest::Url::parse(reply.header("location")).expect("an address");
    url.query_pairs().find(|(found, _)| found == name).map(|(_, value)| value.into_owned())
}

/// Sends a request; any response is accepted.
#[track_caller]
pub(crate) fn send(request: reqwest::RequestBuilder) -> Reply {
    block_on(async {
        let response = request.send().await.expect("an answer");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Reply { status, headers, text: response.text().await.expect("a body") }
    })
}
