//! Requests to a token endpoint (OAuth 2.0).

use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use super::client::Client;
use super::request::{Answer, Trouble};
use super::secret::Secret;
use crate::mapping::path::member;

/// The client, and its proof.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The URL of the token endpoint.
    pub endpoint: String,
    /// The client's id there.
    pub client_id: String,
    /// Its secret.
    pub secret: Option<Secret>,
    /// A signed assertion (RFC 7523) instead.
    pub assertion: Option<Secret>,
    /// The refresh token of an authorization. If it is in a file, each new one replaces it
    /// there.
    pub refresh: Option<Secret>,
}

/// The response.
#[derive(Clone, Debug)]
pub struct Issued {
    /// The access token.
    pub token: SecretString,
    /// Its lifetime in seconds, if given.
    pub lifetime: Option<u64>,
    /// The new refresh token.
    pub refresh: Option<SecretString>,
}

impl Credentials {
    /// Requests a token: with the refresh token if there is one, otherwise as the client
    /// itself.
    ///
    /// # Errors
    /// [`Trouble`], why there is no token.
    pub async fn issue(&self, client: &Client) -> Result<Issued, Trouble> {
        let answer = self.ask(client, "", self.assertion.is_some()).await?;
        let field = |name: &str| answer.json.as_ref().and_then(|body| member(body, name));
        let text =
            |name: &str| field(name).and_then(Value::as_str).map(|text| SecretString::from(text.to_owned()));
        match text("access_token").filter(|_| answer.status < 300) {
            Some(token) => {
                let lifetime = field("expires_in").and_then(Value::as_u64);
                Ok(Issued { token, lifetime, refresh: text("refresh_token") })
            }
            None => Err(Trouble::Token(format!(
                "the token endpoint `{}` answered {}",
                self.endpoint,
                answer.summary()
            ))),
        }
    }

    /// Requests one token, as the harness does; `base` is the Tenant URL.
    pub(crate) async fn ask(&self, client: &Client, base: &str, assertion: bool) -> Result<Answer, Trouble> {
        let text = |secret: &Secret| secret.text().map_err(Trouble::Token);
        let (proof, refresh);
        let mut fields = vec![("client_id", self.client_id.as_str())];
        match (&self.assertion, &self.secret) {
            (Some(secret), _) if assertion => {
                proof = text(secret)?;
                fields.extend([
                    ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
                    ("client_assertion", proof.expose_secret()),
                    // Not in any specification, but the harness sends it.
                    ("baseAddress", base),
                ]);
            }
            (_, Some(secret)) => {
                proof = text(secret)?;
                fields.push(("client_secret", proof.expose_secret()));
            }
            _ => {}
        }
        match &self.refresh {
            Some(secret) => {
                refresh = text(secret)?;
                fields.extend([("grant_type", "refresh_token"), ("refresh_token", refresh.expose_secret())]);
            }
            None => fields.push(("grant_type", "client_credentials")),
        }
        client.form(&self.endpoint, &fields).await
    }
}
