//! An identity provider on this machine: it signs people in without a question, gives codes, and exchanges
//! each once for an ID token, as RFC 6749, RFC 7636 and OpenID Connect Core say.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use axum::routing::{get, post};
use gateway::settings::oidc::Oidc;
use ring::digest::{SHA256, digest};
use serde_json::{Value, json};
use tests::issuer::{SigningKey, base64, now};
use tests::names::unique;
use tests::runtime::{block_on, spawn};

/// What it calls the console, and the console's secret.
pub(crate) const CLIENT: &str = "rollcall-console";
pub(crate) const SECRET: &str = "a secret/with+signs~";
/// The person whom it signs in.
pub(crate) const EMAIL: &str = "ana@ex.io";
pub(crate) const SUBJECT: &str = "7f0c2b6e";

/// Makes a token of claims.
pub(crate) type Sign = Arc<dyn Fn(&Value) -> String + Send + Sync>;
/// Parameters by name.
pub(crate) type Fields = HashMap<String, String>;

/// An identity provider. Tests change how it behaves.
#[derive(Clone)]
pub(crate) struct Provider {
    url: String,
    key: Arc<SigningKey>,
    state: Arc<Mutex<Behaviour>>,
}

pub(crate) struct Behaviour {
    /// Changes of the discovery document and of the claims; null removes a member.
    pub(crate) discovery: Value,
    pub(crate) claims: Value,
    /// How tokens are signed, and the published keys.
    pub(crate) sign: Sign,
    pub(crate) keys: Vec<Value>,
    /// The end of the paths that fail.
    pub(crate) down: &'static str,
    /// A code may be exchanged more than once.
    pub(crate) repeats: bool,
    /// The codes that were given, each with the question.
    codes: HashMap<String, Fields>,
    /// The last exchange: its header `Authorization`, and its fields.
    pub(crate) exchange: (String, Fields),
    /// How many requests came.
    pub(crate) asked: usize,
}

impl Provider {
    pub(crate) fn start() -> Self {
        let key = Arc::new(SigningKey::rsa("one", 0));
        let signing = Arc::clone(&key);
        let behaviour = Behaviour {
            discovery: json!({}),
            claims: json!({}),
            sign: Arc::new(move |claims| signing.sign(claims)),
            keys: vec![key.jwk()],
            down: "nothing",
            repeats: false,
            codes: HashMap::new(),
            exchange: Default::default(),
            asked: 0,
        };
        let listener = block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let provider = Self { url, key, state: Arc::new(Mutex::new(behaviour)) };
        let app = Router::new()
            .route("/tenant/v2.0/.well-known/openid-configuration", get(discovery))
            .route("/authorize", get(authorize))
            .route("/token", post(token))
            .route("/keys", get(keys))
            .with_state(provider.clone());
        spawn(async { axum::serve(listener, app).await });
        provider
    }

    pub(crate) fn issuer(&self) -> String {
        format!("{}/tenant/v2.0", self.url)
    }

    pub(crate) fn key(&self) -> &SigningKey {
        &self.key
    }

    /// The settings of a service whose team it signs in, with these changes.
    pub(crate) fn settings(&self, changes: &Value) -> Oidc {
        let settings = json!({
            "issuer": self.issuer(), "clientId": CLIENT, "clientSecret": SECRET,
            "emails": ["bo@ex.io", "Ana@ex.io"], "groups": ["0f5e-operators"],
        });
        Oidc::parse(&changed(settings, changes).to_string()).unwrap()
    }

    pub(crate) fn behaves(&self) -> MutexGuard<'_, Behaviour> {
        self.state.lock().unwrap()
    }
}

/// `object` with `changes`.
fn changed(mut object: Value, changes: &Value) -> Value {
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => drop(object.as_object_mut().unwrap().remove(name)),
            value => object[name] = value.clone(),
        }
    }
    object
}

/// The parameters of a query or a form.
pub(crate) fn fields(text: &str) -> Fields {
    reqwest::Url::parse(&format!("http://form/?{text}")).unwrap().query_pairs().into_owned().collect()
}

fn answer(status: u16, body: String) -> Response {
    let answer = Response::builder().status(status).header("content-type", "application/json");
    answer.body(Body::from(body)).unwrap()
}

/// Counts a request to `path`; an answer if it fails.
fn enter<'a>(provider: &'a Provider, path: &str) -> Result<MutexGuard<'a, Behaviour>, Box<Response>> {
    let mut behaviour = provider.behaves();
    behaviour.asked += 1;
    if path.ends_with(behaviour.down) { Err(Box::new(answer(503, String::new()))) } else { Ok(behaviour) }
}

async fn discovery(State(provider): State<Provider>) -> Response {
    let behaviour = match enter(&provider, "openid-configuration") {
        Ok(behaviour) => behaviour,
        Err(failure) => return *failure,
    };
    let document = json!({
        "issuer": provider.issuer(),
        "authorization_endpoint": format!("{}/authorize", provider.url),
        "token_endpoint": format!("{}/token", provider.url),
        "jwks_uri": format!("{}/keys", provider.url),
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "scopes_supported": ["openid", "email"],
        "response_types_supported": ["code"],
    });
    answer(200, changed(document, &behaviour.discovery).to_string())
}

async fn keys(State(provider): State<Provider>) -> Response {
    match enter(&provider, "keys") {
        Ok(behaviour) => answer(200, json!({ "keys": behaviour.keys }).to_string()),
        Err(failure) => *failure,
    }
}

/// Signs the person in and leads the browser back.
async fn authorize(State(provider): State<Provider>, request: Request) -> Response {
    let mut behaviour = provider.behaves();
    let question = fields(request.uri().query().unwrap());
    let code = format!("code-{}", unique());
    let mut back = reqwest::Url::parse(&question["redirect_uri"]).unwrap();
    back.query_pairs_mut().append_pair("code", &code).append_pair("state", &question["state"]);
    behaviour.codes.insert(code, question);
    Response::builder().status(302).header("location", back.as_str()).body(Body::empty()).unwrap()
}

async fn token(State(provider): State<Provider>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 16).await.unwrap();
    let mut behaviour = match enter(&provider, "token") {
        Ok(behaviour) => behaviour,
        Err(failure) => return *failure,
    };
    let form = fields(std::str::from_utf8(&body).unwrap());
    let header = parts.headers.get("authorization").map_or("", |value| value.to_str().unwrap());
    behaviour.exchange = (header.to_owned(), form.clone());
    let refused = |error: &str| answer(400, json!({ "error": error, "error_description": "x" }).to_string());
    let repeats = behaviour.repeats;
    let code = form.get("code").cloned().unwrap_or_default();
    let question = if repeats { behaviour.codes.get(&code).cloned() } else { behaviour.codes.remove(&code) };
    let Some(question) = question else { return refused("invalid_grant") };
    let verifier = form.get("code_verifier").cloned().unwrap_or_default();
    let challenge = base64(digest(&SHA256, verifier.as_bytes()).as_ref());
    let fits = question["code_challenge_method"] == "S256"
        && question["code_challenge"] == challenge
        && form.get("redirect_uri") == question.get("redirect_uri")
        && form["grant_type"] == "authorization_code";
    if !fits {
        return refused("invalid_grant");
    }
    let claims = json!({
        "iss": provider.issuer(), "sub": SUBJECT, "aud": CLIENT, "email": EMAIL, "nonce": question["nonce"],
        "iat": now(), "nbf": now(), "exp": now() + 3600, "name": "Ana",
    });
    let id_token = (behaviour.sign)(&changed(claims, &behaviour.claims));
    answer(
        200,
        json!({ "id_token": id_token, "access_token": "not used", "token_type": "Bearer" }).to_string(),
    )
}
