//! What is shown of a subscription.

use directory::subscription::secret::{Scheme, SigningSecret};
use directory::subscription::{State, Subscription};
use gateway::http::error::Failure;
use serde_json::{Map, Value, json};

use crate::answer;
use crate::time::shown as time;

/// `subscription` as it is shown, without its secrets.
pub(super) fn subscription(subscription: &Subscription) -> Result<Value, Failure> {
    let Subscription { label, channel, types, state, cursor, open, attempt, created, .. } = subscription;
    let mut shown = Map::new();
    let mut show = |name: &str, value: Value| shown.insert(name.to_owned(), value);
    show("id", subscription.id.to_string().into());
    show("label", label.as_str().into());
    show("channel", answer::json(&channel.shown())?);
    show("types", json!(types));
    match state {
        State::Active => show("state", "active".into()),
        State::Paused { reason, since } => {
            show("reason", reason.as_str().into());
            show("since", json!(time(*since)));
            show("state", "paused".into())
        }
    };
    show("cursor", json!(cursor));
    show("open", json!(open.len()));
    if let Some(since) = subscription.failing_since {
        show("failingSince", json!(time(since)));
        show("failures", json!(attempt));
    }
    if let Some(error) = &subscription.last_error {
        show("lastError", json!({ "time": time(error.at), "reason": error.reason }));
    }
    if let Some(due) = subscription.due.filter(|_| channel.is_sent()) {
        show("nextAttempt", json!(time(due)));
    }
    let secrets = subscription.secrets.iter().map(secret).collect::<Result<Vec<_>, _>>()?;
    show("secrets", Value::Array(secrets));
    show("created", created.as_str().into());
    Ok(Value::Object(shown))
}

/// `shown` with the new `secrets`, which are shown this once.
pub(super) fn with_secrets(mut shown: Value, secrets: &[SigningSecret]) -> Result<Value, Failure> {
    for secret in secrets {
        let name = match secret.scheme {
            Scheme::Hmac => "secret",
            Scheme::Ed25519 => "publicKey",
        };
        let verifier = secret.verifier().map_err(|error| Failure::table("secret", error))?;
        if let Some(shown) = shown.as_object_mut() {
            shown.insert(name.to_owned(), verifier.into());
        }
    }
    Ok(shown)
}

fn secret(secret: &SigningSecret) -> Result<Value, Failure> {
    let mut shown =
        json!({ "id": secret.id, "scheme": answer::json(&secret.scheme)?, "created": secret.created });
    if let Some(shown) = shown.as_object_mut() {
        shown.extend(secret.expires.map(|end| ("expires".to_owned(), json!(time(end)))));
    }
    // A public key is no secret.
    match secret.scheme {
        Scheme::Hmac => Ok(shown),
        Scheme::Ed25519 => with_secrets(shown, std::slice::from_ref(secret)),
    }
}
