//! Requests with retries.

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::engine::Engine;
use super::failure::Failure;
use crate::wire::request::{Answer, Request};

/// How often a 429 is waited for, and the longest wait each time.
const PATIENCE: u32 = 20;
const LONGEST: Duration = Duration::from_secs(120);

impl Engine {
    /// Sends an idempotent request: again after a temporary fault.
    ///
    /// # Errors
    /// [`Failure`]: it still failed, or the status is not one of `good`.
    pub(crate) async fn call(&self, request: &Request, good: &[u16]) -> Result<Answer, Failure> {
        let mut attempt = 0;
        loop {
            match self.once(request, good).await {
                Err(failure) if failure.transient && attempt < self.options.retries => {
                    self.pause(attempt).await;
                    attempt += 1;
                }
                result => return result,
            }
        }
    }

    /// Sends a request once. Only a 429, after which nothing has happened, is repeated, after
    /// the time in `Retry-After`.
    ///
    /// # Errors
    /// [`Failure`]: no response, or a status that is not one of `good`.
    pub(crate) async fn once(&self, request: &Request, good: &[u16]) -> Result<Answer, Failure> {
        let mut waits = 0;
        loop {
            self.requests.fetch_add(1, Ordering::Relaxed);
            let sent = self.client.send(request).await;
            let answer = sent.map_err(|trouble| Failure::trouble(&trouble, request))?;
            if answer.is(good) {
                return Ok(answer);
            }
            let failure = Failure::status(request, &answer);
            if answer.status != 429 || waits == PATIENCE {
                return Err(failure);
            }
            waits += 1;
            self.count("throttled", 1);
            let wait = answer.retry_after.map_or(self.options.backoff, Duration::from_secs);
            tokio::time::sleep(wait.min(LONGEST)).await;
        }
    }

    /// The wait before another attempt: longer each time, and different for each request.
    pub(crate) async fn pause(&self, attempt: u32) {
        self.count("retries", 1);
        let wait = self.options.backoff * 2_u32.saturating_pow(attempt);
        tokio::time::sleep(wait.mul_f64(0.75 + fastrand::f64() / 2.0)).await;
    }
}
