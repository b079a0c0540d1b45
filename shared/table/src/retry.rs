//! Bounded retries with jitter, for items that many writers change at once, and the deadline that
//! ends them.

use std::future::Future;
use std::time::Duration;

use tokio::time::Instant;

use crate::error::Error;

/// Attempts of one request on one contended item. With the pauses below the last one comes about
/// eight seconds after the first.
const ATTEMPTS: u32 = 60;

tokio::task_local! {
    static DEADLINE: Instant;
}

/// Runs `work`, whose retries end after `limit`: then they report [`Error::Busy`]. A call that is
/// under way is not cut off.
pub async fn within<F: Future>(limit: Duration, work: F) -> F::Output {
    DEADLINE.scope(Instant::now() + limit, work).await
}

/// One request's attempts at one item.
#[derive(Debug, Default)]
pub struct Attempts {
    made: u32,
}

impl Attempts {
    /// Waits before the next attempt: longer each time up to half a second, by a random part so
    /// that competing requests spread out.
    ///
    /// # Errors
    /// [`Error::Busy`] when there have been too many attempts, or the request's deadline is over.
    pub async fn again(&mut self) -> Result<(), Error> {
        self.made += 1;
        let most = (5_u64 << self.made.min(7)).min(500);
        let pause = Duration::from_millis(fastrand::u64(1..=most));
        let is_late = DEADLINE.try_with(|deadline| Instant::now() + pause >= *deadline).unwrap_or(false);
        if self.made >= ATTEMPTS || is_late {
            return Err(Error::Busy);
        }
        tokio::time::sleep(pause).await;
        Ok(())
    }

    /// Whether to go on at once with the item that a refusal returned: every other time. In
    /// between it is better to wait, and then to read the item again.
    ///
    /// # Errors
    /// As [`again`](Self::again).
    pub async fn at_once(&mut self) -> Result<bool, Error> {
        if self.made.is_multiple_of(2) {
            self.made += 1;
            return Ok(true);
        }
        self.again().await?;
        Ok(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn attempts_end_with_the_deadline() {
        let begun = Instant::now();
        let outcome = within(Duration::from_millis(50), async {
            let mut attempts = Attempts::default();
            loop {
                if let Err(error) = attempts.again().await {
                    return error;
                }
            }
        });
        assert!(matches!(outcome.await, Error::Busy));
        assert!(begun.elapsed() < Duration::from_secs(2));
    }
}
