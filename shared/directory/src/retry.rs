//! Bounded retries with jitter, for items that many change at once.

use std::time::Duration;

use crate::error::Error;

/// Attempts of one request on one contended item. With the pauses below the last one
/// comes about eight seconds after the first, well inside what clients wait.
const ATTEMPTS: u32 = 60;

/// A request's attempts at one item.
#[derive(Debug, Default)]
pub(crate) struct Attempts {
    made: u32,
}

impl Attempts {
    /// Waits before the next attempt, longer each time up to half a second, by a random
    /// part so that rivals spread out.
    ///
    /// # Errors
    /// [`Error::Busy`] when there have been too many.
    pub(crate) async fn again(&mut self) -> Result<(), Error> {
        self.made += 1;
        if self.made >= ATTEMPTS {
            return Err(Error::Busy);
        }
        let most = (5_u64 << self.made.min(7)).min(500);
        tokio::time::sleep(Duration::from_millis(fastrand::u64(1..=most))).await;
        Ok(())
    }

    /// Whether to go on at once with what a refusal told of the item: every other time.
    /// In between it is better to wait, and then to read anew what by then is old.
    ///
    /// # Errors
    /// [`Error::Busy`] when there have been too many attempts.
    pub(crate) async fn at_once(&mut self) -> Result<bool, Error> {
        if self.made.is_multiple_of(2) {
            self.made += 1;
            return Ok(true);
        }
        self.again().await?;
        Ok(false)
    }
}
