//! Signs tokens, and publishes the keys that verify them.

use std::sync::Arc;
use std::time::Duration;

use data_encoding::BASE64URL_NOPAD;
use directory::Table;
use directory::clock::Moment;
use directory::error::Error;
use directory::secret::deployment::DeploymentSecret;
use directory::secret::signing::{PublicKey, SigningKey, published};
use serde_json::{Value, json};
use tokio::sync::Mutex;

use crate::auth::deployment::Deployment;

/// How long keys are used without being read again.
const FRESH: Duration = Duration::from_secs(60);

/// The deployment's keys, which are read at the first use, and again after a minute. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct KeyCache(Arc<Mutex<Option<Entry>>>);

/// Keys, and the secret with which they were read, and when.
#[derive(Debug)]
struct Entry {
    keys: Arc<Keys>,
    secret: DeploymentSecret,
    read: Moment,
}

/// The deployment's keys.
#[derive(Debug)]
pub struct Keys {
    own: SigningKey,
    published: Vec<PublicKey>,
}

impl KeyCache {
    /// The keys of `deployment`, which are in `table`.
    ///
    /// # Errors
    /// The table's; [`Error::Unavailable`] when the deployment's secret cannot be read.
    pub async fn read(&self, table: &Table, deployment: &Deployment) -> Result<Arc<Keys>, Error> {
        let secret = deployment.get().await?;
        // Held while they are read: requests at the same time wait for one read.
        let mut entry = self.0.lock().await;
        let now = Moment::now();
        if let Some(entry) = entry.as_ref().filter(|e| e.secret == secret && e.read.is_within(FRESH, now)) {
            return Ok(Arc::clone(&entry.keys));
        }
        let own = SigningKey::read(table, &secret).await?;
        let keys = Arc::new(Keys { own, published: published(table, &secret).await? });
        *entry = Some(Entry { keys: Arc::clone(&keys), secret, read: now });
        Ok(keys)
    }
}

impl Keys {
    /// The token with `claims`: a JWS in compact form.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the operating system gives no random bytes.
    pub fn sign(&self, claims: &Value) -> Result<String, Error> {
        let header = json!({ "alg": "ES256", "typ": "secevent+jwt", "kid": self.own.public().id });
        let part = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
        let message = format!("{}.{}", part(&header), part(claims));
        let signature = BASE64URL_NOPAD.encode(&self.own.sign(message.as_bytes())?);
        Ok(format!("{message}.{signature}"))
    }

    /// The public keys that verify tokens, as RFC 7517 writes them.
    #[must_use]
    pub fn document(&self) -> Value {
        let keys: Vec<Value> = self.published.iter().map(document).collect();
        json!({ "keys": keys })
    }
}

fn document(PublicKey { id, x, y }: &PublicKey) -> Value {
    json!({ "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": id, "x": x, "y": y })
}
