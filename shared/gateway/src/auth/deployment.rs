//! The deployment's secret, as requests need it.
//!
//! In Lambda it is read at the start, and again every five minutes: so a value that was replaced ends
//! within that time. A token with an unknown checksum may have been issued by an instance that knows
//! a newer value, so it has the secret read again, at most every 30 seconds. A secret that cannot be
//! read is used as it was read before; without one, each request tries again.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use directory::clock::Moment;
use directory::error::Error;
use directory::secret::deployment::DeploymentSecret;
use tokio::sync::Mutex;

/// How long the secret is used without being read again.
const FRESH: Duration = Duration::from_secs(300);
/// How long it is not read again because of an unknown checksum.
const PATIENCE: Duration = Duration::from_secs(30);

/// Why the secret could not be read.
pub type Reason = Box<dyn std::error::Error + Send + Sync>;
/// One attempt to read the secret.
pub type Attempt = Pin<Box<dyn Future<Output = Result<DeploymentSecret, Reason>> + Send>>;
/// Begins an attempt.
pub type Read = Box<dyn Fn() -> Attempt + Send + Sync>;

/// The deployment's secret. Cheap to clone.
#[derive(Clone)]
pub struct Deployment(Arc<Source>);

enum Source {
    Known(DeploymentSecret),
    Remote(Read, Mutex<Option<Entry>>),
}

/// What was read, and when reading it was last tried.
struct Entry {
    secret: DeploymentSecret,
    tried: Moment,
}

impl From<DeploymentSecret> for Deployment {
    fn from(secret: DeploymentSecret) -> Self {
        Self(Arc::new(Source::Known(secret)))
    }
}

impl Deployment {
    /// A secret that `read` reads when it is needed.
    #[must_use]
    pub fn read_by(read: Read) -> Self {
        Self(Arc::new(Source::Remote(read, Mutex::default())))
    }

    /// The secret.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when it cannot be read, and was never read before.
    pub async fn get(&self) -> Result<DeploymentSecret, Error> {
        self.read_within(FRESH).await
    }

    /// The secret, to verify the checksum of `token`.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub async fn for_token(&self, token: &str) -> Result<DeploymentSecret, Error> {
        let secret = self.get().await?;
        if secret.has_checksum(token) { Ok(secret) } else { self.read_within(PATIENCE).await }
    }

    /// The secret, unless reading it was last tried longer than `age` ago: then it is read again.
    async fn read_within(&self, age: Duration) -> Result<DeploymentSecret, Error> {
        let (read, entry) = match &*self.0 {
            Source::Known(secret) => return Ok(secret.clone()),
            Source::Remote(read, entry) => (read, entry),
        };
        // Held while it is read: requests at the same time wait for one attempt.
        let mut entry = entry.lock().await;
        let now = Moment::now();
        match entry.as_ref() {
            Some(Entry { secret, tried }) if tried.is_within(age, now) => return Ok(secret.clone()),
            _ => {}
        }
        let secret = match (read().await, entry.take()) {
            (Ok(secret), _) => secret,
            (Err(reason), Some(Entry { secret, .. })) => {
                tracing::warn!(
                    error = &*reason as &dyn std::error::Error,
                    "the deployment secret was not read again"
                );
                secret
            }
            (Err(reason), None) => return Err(Error::Unavailable(reason)),
        };
        *entry = Some(Entry { secret: secret.clone(), tried: now });
        Ok(secret)
    }
}

impl std::fmt::Debug for Deployment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Deployment")
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn secret(value: &str) -> DeploymentSecret {
        DeploymentSecret::parse(&value.repeat(32)).unwrap()
    }

    /// A deployment whose secret the attempts return in this order, `None` for a failure; and how
    /// often it was read.
    fn deployment(attempts: &'static [Option<&'static str>]) -> (Deployment, Arc<AtomicUsize>) {
        let count = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&count);
        let read = move || {
            let attempt = attempts.get(counted.fetch_add(1, Ordering::SeqCst)).copied().flatten();
            let read = attempt.map(secret).ok_or_else(|| Reason::from("unreachable"));
            Box::pin(async { read }) as Attempt
        };
        (Deployment::read_by(Box::new(read)), count)
    }

    #[tokio::test]
    async fn a_failure_is_not_remembered() {
        let (deployment, count) = deployment(&[None, None, Some("a")]);
        for _ in 0..2 {
            assert!(matches!(deployment.get().await, Err(Error::Unavailable(_))));
        }
        for _ in 0..2 {
            assert_eq!(deployment.get().await.unwrap(), secret("a"));
        }
        assert_eq!(count.load(Ordering::SeqCst), 3, "a success is remembered");
    }

    /// Lets the last attempt be `age` ago.
    async fn wait(deployment: &Deployment, age: Duration) {
        let Source::Remote(_, entry) = &*deployment.0 else { unreachable!("it is read") };
        let now = std::time::SystemTime::now();
        entry.lock().await.as_mut().unwrap().tried = Moment::new(now - age, std::time::Instant::now());
    }

    #[tokio::test]
    async fn it_is_read_again_when_it_is_old_and_kept_when_that_fails() {
        let (deployment, count) = deployment(&[Some("a"), None, Some("b")]);
        assert_eq!(deployment.get().await.unwrap(), secret("a"));
        for (reads, value) in [(2, "a"), (3, "b")] {
            wait(&deployment, FRESH).await;
            assert_eq!(deployment.get().await.unwrap(), secret(value));
            assert_eq!(deployment.get().await.unwrap(), secret(value));
            assert_eq!(count.load(Ordering::SeqCst), reads);
        }
    }

    #[tokio::test]
    async fn an_unknown_checksum_has_it_read_again_but_not_each_time() {
        let (deployment, count) = deployment(&[Some("a"), Some("b"), Some("b")]);
        let new = secret("b").with_checksum("rc_acme_c1_00");
        assert!(!deployment.for_token(&new).await.unwrap().has_checksum(&new), "it was read just now");
        wait(&deployment, PATIENCE).await;
        assert!(deployment.for_token(&new).await.unwrap().has_checksum(&new));
        for _ in 0..5 {
            deployment.for_token("rc_acme_c1_0000000000").await.unwrap();
        }
        assert_eq!(count.load(Ordering::SeqCst), 2);
    }
}
