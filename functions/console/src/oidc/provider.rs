//! What the identity provider is asked: its discovery document, its keys, and an ID token for a code.
//!
//! Its addresses are checked as those of the issuers of federated clients: over TLS, of public hosts, without
//! redirects, within bounds of time and size.

use std::time::Duration;

use bytes::Bytes;
use data_encoding::BASE64;
use directory::access::oidc::Pending;
use gateway::auth::issuer::keys::Keys;
use gateway::auth::issuer::published::Published;
use gateway::auth::issuer::signed::{Expected, Signed, verify};
use gateway::http::address::may_call;
use gateway::http::fetch::{Limits, fetch};
use gateway::settings::Reach;
use gateway::settings::oidc::Oidc;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{Request, StatusCode};
use secrecy::ExposeSecret;
use serde::Deserialize;

use super::person::Claims;
use super::refusal::Refusal;

/// What the exchange of a code may take.
const LIMITS: Limits = Limits { time: Duration::from_secs(6), bytes: 64 * 1024, needs_body: true };

/// What is remembered of the identity provider. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Provider {
    metadata: Published<Metadata>,
    keys: Keys,
}

impl Default for Provider {
    fn default() -> Self {
        Self { metadata: Published::new(|body| serde_json::from_slice(body).ok()), keys: Keys::default() }
    }
}

/// A discovery document (OpenID Connect Discovery 1.0 §3).
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Metadata {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Vec<String>,
    #[serde(default)]
    scopes_supported: Vec<String>,
}

impl Provider {
    /// How the identity provider is used.
    ///
    /// # Errors
    /// When its document cannot be had, is that of another issuer, or names addresses that `reach` does not allow.
    pub(super) async fn metadata(&self, settings: &Oidc, reach: Reach) -> Result<Metadata, Refusal> {
        let found = self.metadata.find(&settings.discovery(), reach, |metadata| Some(metadata.clone())).await;
        let metadata = found.map_err(|_| Refusal::Unreachable)?;
        if metadata.issuer != settings.issuer {
            return Err(Refusal::other_issuer(&metadata.issuer));
        }
        let Metadata { authorization_endpoint, token_endpoint, jwks_uri, .. } = &metadata;
        let are_safe =
            [authorization_endpoint, token_endpoint, jwks_uri].iter().all(|url| may_call(url, reach));
        if are_safe { Ok(metadata) } else { Err(Refusal::Address) }
    }

    /// What an ID token says, if the identity provider signed it for this service and it is valid now.
    ///
    /// # Errors
    /// [`Refusal::Invalid`].
    pub(super) async fn verify(
        &self,
        settings: &Oidc,
        metadata: &Metadata,
        reach: Reach,
        token: &str,
    ) -> Result<Signed<Claims>, Refusal> {
        let expected = Expected {
            issuer: &settings.issuer,
            jwks_uri: &metadata.jwks_uri,
            subject: None,
            audiences: [settings.client_id.clone()].into(),
        };
        verify(&self.keys, reach, expected, token).await.map_err(Refusal::Invalid)
    }
}

impl Metadata {
    /// Where the browser goes to sign in (OpenID Connect Core 1.0 §3.1.2.1).
    pub(super) fn question(&self, settings: &Oidc, callback: &str, pending: &Pending) -> String {
        let mut scope = "openid email".to_owned();
        // Some identity providers, such as Okta, send groups only if their scope is asked for.
        if !settings.groups.is_empty() && self.scopes_supported.contains(&settings.groups_claim) {
            scope = format!("{scope} {}", settings.groups_claim);
        }
        let separator = if self.authorization_endpoint.contains('?') { '&' } else { '?' };
        let (state, nonce, challenge) = (pending.state(), pending.nonce(), pending.challenge());
        let fields: [(&str, &str); 8] = [
            ("response_type", "code"),
            ("client_id", &settings.client_id),
            ("redirect_uri", callback),
            ("scope", &scope),
            ("state", &state),
            ("nonce", &nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        // `max_age` makes the identity provider say when the person proved who it is: `auth_time` (§2).
        let again = [("prompt", "login"), ("max_age", "0")];
        let again = again.into_iter().filter(|_| pending.asks_again());
        let mut query = form_urlencoded::Serializer::new(String::new());
        let query = query.extend_pairs(fields).extend_pairs(again).finish();
        format!("{}{separator}{query}", self.authorization_endpoint)
    }
}

/// What the token endpoint answers, of which only this is used.
#[derive(Deserialize)]
struct Exchanged {
    id_token: Option<String>,
    error: Option<String>,
}

/// A code that the identity provider gave, and what it is exchanged with.
pub(super) struct Code<'a> {
    pub(super) text: &'a str,
    /// The address that the identity provider led the browser back to.
    pub(super) callback: &'a str,
    /// The secret of PKCE.
    pub(super) verifier: &'a str,
}

/// The ID token for `code` (OpenID Connect Core 1.0 §3.1.3).
///
/// # Errors
/// When the token endpoint cannot be reached, or refuses.
pub(super) async fn exchange(
    settings: &Oidc,
    metadata: &Metadata,
    reach: Reach,
    code: Code<'_>,
) -> Result<String, Refusal> {
    let request = request(settings, metadata, &code).map_err(|_| Refusal::Address)?;
    let answer = fetch(request, reach, LIMITS).await.map_err(|error| {
        tracing::warn!(%error, "the token endpoint of the identity provider did not answer");
        Refusal::Unreachable
    })?;
    let status = answer.status();
    match serde_json::from_slice(answer.body()) {
        Ok(Exchanged { id_token: Some(token), .. }) if status == StatusCode::OK => Ok(token),
        Ok(Exchanged { error: Some(error), .. }) => Err(Refusal::not_exchanged(&error)),
        _ => {
            let status = status.as_u16();
            tracing::warn!(status, "the token endpoint of the identity provider gave no ID token");
            Err(Refusal::Unreachable)
        }
    }
}

fn request(settings: &Oidc, metadata: &Metadata, code: &Code<'_>) -> http::Result<Request<Bytes>> {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.extend_pairs([("grant_type", "authorization_code"), ("code", code.text)]);
    form.extend_pairs([("redirect_uri", code.callback), ("code_verifier", code.verifier)]);
    let mut request = Request::post(&metadata.token_endpoint)
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(ACCEPT, "application/json");
    let mut methods = metadata.token_endpoint_auth_methods_supported.iter();
    let in_form = methods.any(|one| one == "client_secret_post");
    match settings.client_secret.as_ref().map(ExposeSecret::expose_secret) {
        Some(secret) if !in_form => {
            request = request.header(AUTHORIZATION, basic(&settings.client_id, secret));
        }
        secret => {
            form.append_pair("client_id", &settings.client_id);
            form.extend_pairs(secret.map(|secret| ("client_secret", secret)));
        }
    }
    request.body(Bytes::from(form.finish()))
}

/// The header of RFC 6749 §2.3.1.
fn basic(id: &str, secret: &str) -> String {
    let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    format!("Basic {}", BASE64.encode(format!("{}:{}", encoded(id), encoded(secret)).as_bytes()))
}
