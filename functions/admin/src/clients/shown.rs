//! A client as the administration answers it: no secret, and no hash of one.

use directory::access::oauth::client::Client;
use directory::access::oauth::client::secret::ClientSecret;
use directory::id::DirectoryId;
use gateway::administration::client::Addresses;
use serde_json::{Map, Value, json};

/// What is shown of `client`; `origin` is the address of the service.
pub(super) fn client(directory: &DirectoryId, client: &Client, origin: &str) -> Value {
    let scopes: Vec<&str> = client.scopes.split_ascii_whitespace().collect();
    let Addresses { tenant, token, authorization, client_id } = Addresses::of(directory, client, origin);
    let mut shown = json!({
        "id": client.id.to_string(),
        "clientId": client_id,
        "label": client.label,
        "scopes": scopes,
        "tokenLifetimeMinutes": client.lifetime / 60,
        "redirectUris": client.redirects,
        "pkce": client.pkce.name(),
        "secrets": client.secrets.iter().map(secret).collect::<Vec<_>>(),
        "created": client.created,
        "tenantUrl": tenant,
        "tokenUrl": token,
        "authorizationUrl": authorization,
    });
    if let Some(shown) = shown.as_object_mut() {
        let mut add =
            |name: &str, value: Option<Value>| value.map(|value| shown.insert(name.to_owned(), value));
        add("federation", client.federation.as_ref().and_then(|it| serde_json::to_value(it).ok()));
        add("lastUsed", client.used.clone().map(Value::from));
        add("revoked", client.revoked.clone().map(Value::from));
    }
    shown
}

/// What is shown of a secret.
pub(super) fn secret(secret: &ClientSecret) -> Value {
    let mut shown = Map::new();
    shown.insert("id".to_owned(), json!(secret.id));
    shown.insert("label".to_owned(), json!(secret.label));
    shown.insert("created".to_owned(), json!(secret.created));
    if let Some(end) = secret.end {
        shown.insert("expires".to_owned(), json!(crate::time::shown(end)));
    }
    Value::Object(shown)
}
