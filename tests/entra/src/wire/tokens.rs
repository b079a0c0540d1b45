//! The token of each request: a fixed one, or one that is renewed in time.
//!
//! Entra checks before each request whether its token is still valid, and requests another one
//! before it expires.

use std::sync::Arc;
use std::time::{Duration, Instant};

use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Mutex;

use super::client::Client;
use super::credentials::{Credentials, Issued};
use super::request::Trouble;
use super::secret::Secret;

/// How long a token without a lifetime counts as valid.
const UNSAID: u64 = 3600;

/// The source of tokens. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Tokens(Arc<Kind>);

#[derive(Debug)]
enum Kind {
    Secret(Secret),
    Issued(Box<Renewed>),
}

/// A token that is renewed.
#[derive(Debug)]
struct Renewed {
    client: Client,
    renew_after: Option<Duration>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    credentials: Credentials,
    current: Option<(SecretString, Instant)>,
}

impl Tokens {
    /// A secret token, as pasted into Entra.
    #[must_use]
    pub fn secret(secret: Secret) -> Self {
        Self(Arc::new(Kind::Secret(secret)))
    }

    /// Tokens of a token endpoint, each used for nine tenths of its lifetime, or for
    /// `renew_after`.
    ///
    /// # Errors
    /// The endpoint's URL is not valid; returns the reason as text.
    pub fn issued(
        credentials: Credentials,
        renew_after: Option<Duration>,
        timeout: Duration,
    ) -> Result<Self, String> {
        let (client, _) = Client::new(&credentials.endpoint, "", timeout)?;
        let state = Mutex::new(State { credentials, current: None });
        Ok(Self(Arc::new(Kind::Issued(Box::new(Renewed { client, renew_after, state })))))
    }

    /// The token to use now.
    ///
    /// # Errors
    /// [`Trouble`], why there is no token.
    pub async fn now(&self) -> Result<SecretString, Trouble> {
        match &*self.0 {
            Kind::Secret(secret) => secret.text().map_err(Trouble::Token),
            Kind::Issued(renewed) => renewed.now().await,
        }
    }
}

impl Renewed {
    async fn now(&self) -> Result<SecretString, Trouble> {
        // One task requests a token, the others wait for its result.
        let mut state = self.state.lock().await;
        if let Some((token, until)) = &state.current
            && Instant::now() < *until
        {
            return Ok(token.clone());
        }
        let Issued { token, lifetime, refresh } = state.credentials.issue(&self.client).await?;
        if let Some(next) = refresh {
            match &mut state.credentials.refresh {
                Some(Secret::File(path)) => keep(path, &next)?,
                kept => *kept = Some(Secret::Given(next)),
            }
        }
        let life = Duration::from_secs(lifetime.unwrap_or(UNSAID)).mul_f64(0.9);
        let until = Instant::now() + self.renew_after.map_or(life, |after| after.min(life));
        state.current = Some((token.clone(), until));
        Ok(token)
    }
}

/// Replaces the refresh token in `path` by `next`, as a whole or not at all.
fn keep(path: &std::path::Path, next: &SecretString) -> Result<(), Trouble> {
    let beside = path.with_extension("next");
    let written = std::fs::write(&beside, next.expose_secret()).and_then(|()| std::fs::rename(&beside, path));
    written.map_err(|error| Trouble::Token(format!("the refresh token in `{}`: {error}", path.display())))
}
