//! How the team signs in to the console with OpenID Connect: a JSON text, which a deployment has in Secrets
//! Manager and the local server in a file.

use std::fmt;

use data_encoding::HEXLOWER;
use http::Uri;
use secrecy::SecretString;
use serde::{Deserialize, Deserializer};
use sha2::{Digest, Sha256};

/// How many bytes of the hash stand for the rules.
const SHOWN: usize = 8;

/// The identity provider of the team, and who of its people may sign in.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Oidc {
    /// The `iss` of its ID tokens. Its discovery document is below this address.
    pub issuer: String,
    /// What the identity provider calls this service.
    pub client_id: String,
    /// What proves to the identity provider that this service exchanges a code; a public client has none.
    #[serde(default, deserialize_with = "secret")]
    pub client_secret: Option<SecretString>,
    /// The e-mail addresses of those who may sign in.
    #[serde(default)]
    pub emails: Vec<String>,
    /// The groups whose members may sign in, as the identity provider names them in the ID token.
    #[serde(default)]
    pub groups: Vec<String>,
    /// The claim of the ID token with a person's groups.
    #[serde(default = "groups_claim")]
    pub groups_claim: String,
    /// Whether the administrator key opens no page, so that every session is that of a person.
    #[serde(skip)]
    pub is_only_way: bool,
}

/// Settings that cannot be used: why. It contains nothing of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrongOidc(String);

impl fmt::Display for WrongOidc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the settings of OpenID Connect cannot be used: {}", self.0)
    }
}

impl std::error::Error for WrongOidc {}

impl Oidc {
    /// Reads the JSON text that docs/console.md describes. `is_only_way` is not in it.
    ///
    /// # Errors
    /// [`WrongOidc`] for another text, an issuer that is not an address, and settings that let no person in.
    pub fn parse(text: &str) -> Result<Self, WrongOidc> {
        let wrong = |reason: &str| WrongOidc(reason.to_owned());
        let oidc: Self = serde_json::from_str(text).map_err(|error| {
            // Its own text may contain a value.
            WrongOidc(format!(
                "they are not the JSON that docs/console.md shows: line {}, column {}",
                error.line(),
                error.column()
            ))
        })?;
        let uri: Option<Uri> = oidc.issuer.parse().ok();
        let is_address =
            |uri: Uri| matches!(uri.scheme_str(), Some("https" | "http")) && uri.query().is_none();
        if oidc.issuer.contains('#') || !uri.is_some_and(is_address) {
            return Err(wrong("`issuer` is not an address such as https://login.example.com"));
        }
        if oidc.client_id.is_empty() {
            return Err(wrong("`clientId` is empty"));
        }
        if oidc.emails.is_empty() && oidc.groups.is_empty() {
            return Err(wrong("`emails` and `groups` are empty, so no person could sign in"));
        }
        Ok(oidc)
    }

    /// The address of the discovery document (OpenID Connect Discovery 1.0 §4).
    #[must_use]
    pub fn discovery(&self) -> String {
        format!("{}/.well-known/openid-configuration", self.issuer.trim_end_matches('/'))
    }

    /// What stands for the rules by which a person may sign in: it differs once one of them is changed. 16
    /// hexadecimal digits.
    #[must_use]
    pub fn rules(&self) -> String {
        let Self { issuer, client_id, emails, groups, groups_claim, .. } = self;
        let rules = serde_json::json!([issuer, client_id, emails, groups, groups_claim]);
        let hash = Sha256::digest(rules.to_string().as_bytes());
        HEXLOWER.encode(hash.get(..SHOWN).unwrap_or_default())
    }
}

fn groups_claim() -> String {
    "groups".to_owned()
}

fn secret<'de, D: Deserializer<'de>>(text: D) -> Result<Option<SecretString>, D::Error> {
    let text: Option<String> = Deserialize::deserialize(text)?;
    Ok(text.filter(|text| !text.is_empty()).map(SecretString::from))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use secrecy::ExposeSecret;
    use serde_json::{Value, json};

    use super::*;

    fn settings(changes: &Value) -> Result<Oidc, WrongOidc> {
        let mut text = json!({ "issuer": "https://ex.io/t/v2.0", "clientId": "c", "emails": ["ana@ex.io"] });
        text.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        Oidc::parse(&text.to_string())
    }

    #[test]
    fn optional_settings_have_defaults() {
        let oidc = settings(&json!({})).unwrap();
        assert_eq!(
            (&*oidc.groups_claim, oidc.client_secret.is_none(), oidc.is_only_way),
            ("groups", true, false)
        );
        assert_eq!(oidc.discovery(), "https://ex.io/t/v2.0/.well-known/openid-configuration");
        let oidc = settings(&json!({ "clientSecret": "s", "issuer": "https://ex.io/" })).unwrap();
        assert_eq!(oidc.client_secret.as_ref().unwrap().expose_secret(), "s");
        assert_eq!(oidc.discovery(), "https://ex.io/.well-known/openid-configuration");
        assert!(!format!("{oidc:?}").contains("\"s\""));
    }

    #[test]
    fn settings_that_let_no_person_in_are_refused_without_their_values() {
        for (changes, why) in [
            (json!({ "emails": [] }), "no person"),
            (json!({ "clientId": "" }), "clientId"),
            (json!({ "issuer": "ex.io" }), "issuer"),
            (json!({ "issuer": "file:///etc" }), "issuer"),
            (json!({ "issuer": "https://ex.io/?a=b" }), "issuer"),
            (json!({ "issuer": "https://ex.io/#a" }), "issuer"),
            (json!({ "email": ["ana@ex.io"] }), "line 1"),
            (json!({ "clientSecret": ["hidden"] }), "line 1"),
            (json!({ "emails": "hidden" }), "line 1"),
        ] {
            let wrong = settings(&changes).unwrap_err().to_string();
            assert!(wrong.contains(why) && !wrong.contains("hidden"), "{changes}: {wrong}");
        }
    }

    #[test]
    fn every_change_of_a_rule_has_another_name() {
        let rules = |changes: Value| settings(&changes).unwrap().rules();
        let before = rules(json!({}));
        assert_eq!((before.len(), &before), (16, &rules(json!({ "clientSecret": "rotated" }))));
        for changes in [
            json!({ "issuer": "https://ex.io/u" }),
            json!({ "clientId": "d" }),
            json!({ "emails": ["bo@ex.io"] }),
            json!({ "groups": ["ana@ex.io"] }),
            json!({ "groupsClaim": "roles" }),
        ] {
            assert_ne!(rules(changes.clone()), before, "{changes}");
        }
    }
}
