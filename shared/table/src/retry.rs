//! When a call that was not carried out is sent again, and the deadline that ends it.
//!
//! The SDK repeats nothing ([`Table::new`](crate::Table::new)): this is the only place that decides.
//!
//! - Other writers hold an item: many attempts, with pauses that grow.
//! - DynamoDB throttles the call: three attempts within a [`request`], so that its client is asked to
//!   wait instead; background work is patient.
//! - DynamoDB fails or does not answer: three attempts. Every write can be repeated: conditions and
//!   request tokens recognize one that was carried out.
//!
//! A deadline counts both clocks ([`Moment`]). A process that was suspended in the middle of a request
//! finds the deadline over when it continues: it sends nothing any more, although the state that the
//! request was admitted with is old.

use std::future::Future;
use std::time::Duration;

use crate::clock::Moment;
use crate::error::{Error, Hindered};

/// Attempts of one request at one contended item, and of background work at one throttled call. With
/// the pauses below the last one comes about a quarter of a minute after the first.
const ATTEMPTS: u32 = 60;
/// Attempts at a call that DynamoDB throttles or fails.
const FEW_ATTEMPTS: u32 = 3;
/// The longest pause before the second of them, in milliseconds; each further one may be three times
/// as long, up to the last number.
const FIRST_PAUSE: u64 = 100;
const LONGEST_PAUSE: u64 = 500;
/// How long a client should wait after throttling, in seconds.
const RETRY_SECONDS: u64 = 2;

#[derive(Debug, Clone, Copy)]
struct Deadline {
    begun: Moment,
    limit: Duration,
    /// Whether a client waits for the answer.
    is_request: bool,
}

tokio::task_local! {
    static DEADLINE: Deadline;
}

/// Runs `work` of a request, whose client waits at most `limit`. Then calls that are under way are
/// given up and none begins: they report [`Error::Unavailable`], and retries the error that they
/// would be for. A write that was given up may still be carried out.
pub async fn request<F: Future>(limit: Duration, work: F) -> F::Output {
    DEADLINE.scope(Deadline { begun: Moment::now(), limit, is_request: true }, work).await
}

/// As [`request`], for a part of it or of background work.
pub async fn within<F: Future>(limit: Duration, work: F) -> F::Output {
    let limit = left().map_or(limit, |left| left.min(limit));
    let deadline = Deadline { begun: Moment::now(), limit, is_request: is_request() };
    DEADLINE.scope(deadline, work).await
}

/// How long it is until the deadline; `None` without one.
#[must_use]
pub fn left() -> Option<Duration> {
    let left = |deadline: &Deadline| deadline.limit.saturating_sub(deadline.begun.elapsed(Moment::now()));
    DEADLINE.try_with(left).ok()
}

fn is_request() -> bool {
    DEADLINE.try_with(|deadline| deadline.is_request).unwrap_or(false)
}

/// The answer of `send`, which is called again for as long as it is hindered and the policy allows.
pub(crate) async fn carried_out<T, F>(mut send: impl FnMut() -> F) -> Result<T, Error>
where
    F: Future<Output = Result<T, Hindered>>,
{
    let mut attempts = Attempts::default();
    loop {
        match in_time(send()).await {
            Ok(answer) => return Ok(answer),
            Err(hindered) => attempts.after(hindered).await?,
        }
    }
}

/// `call`, given up at the deadline.
pub(crate) async fn in_time<T>(call: impl Future<Output = Result<T, Hindered>>) -> Result<T, Hindered> {
    let late = || Hindered::Failed(Error::unavailable("the time of the request is over"));
    match left() {
        None => call.await,
        Some(Duration::ZERO) => Err(late()),
        Some(left) => tokio::time::timeout(left, call).await.unwrap_or_else(|_| Err(late())),
    }
}

/// One request's attempts at one item, or at one call.
#[derive(Debug, Default)]
pub struct Attempts {
    /// Of those at a contended item.
    made: u32,
    /// Of those at a call that DynamoDB throttles or fails.
    sent: u32,
}

impl Attempts {
    /// Waits before the next attempt at a contended item: longer each time up to half a second, by a
    /// random part so that competing requests spread out.
    ///
    /// # Errors
    /// [`Error::Busy`] when there have been too many attempts, or the deadline is over.
    pub async fn again(&mut self) -> Result<(), Error> {
        self.made += 1;
        let longest = (5_u64 << self.made.min(7)).min(LONGEST_PAUSE);
        if self.made >= ATTEMPTS || !pause(longest).await {
            return Err(Error::Busy);
        }
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

    /// Waits before a call is sent again.
    ///
    /// # Errors
    /// Why the call was not carried out, when it is not sent again.
    pub(crate) async fn after(&mut self, hindered: Hindered) -> Result<(), Error> {
        let (error, most) = match hindered {
            Hindered::Contended => return self.again().await,
            Hindered::Failed(error) => return Err(error),
            Hindered::Throttled => {
                let most = if is_request() { FEW_ATTEMPTS } else { ATTEMPTS };
                (Error::Throttled { after_seconds: RETRY_SECONDS }, most)
            }
            Hindered::Fault(error) => (error, FEW_ATTEMPTS),
        };
        self.sent += 1;
        let longest = FIRST_PAUSE.saturating_mul(3_u64.saturating_pow(self.sent - 1)).min(LONGEST_PAUSE);
        if self.sent >= most || !pause(longest).await { Err(error) } else { Ok(()) }
    }
}

/// Waits for a random time up to `longest` milliseconds; `false`, without waiting, when the deadline is
/// earlier.
async fn pause(longest: u64) -> bool {
    let pause = Duration::from_millis(fastrand::u64(1..=longest));
    if left().is_some_and(|left| pause >= left) {
        return false;
    }
    tokio::time::sleep(pause).await;
    true
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::time::{Instant, SystemTime};

    use super::*;

    /// How often a call is sent that is always hindered as `hindered` says, and its error.
    async fn sent(hindered: fn() -> Hindered) -> (u32, Error) {
        let count = Cell::new(0);
        let outcome = carried_out(|| {
            count.set(count.get() + 1);
            async { Err::<(), _>(hindered()) }
        });
        let error = outcome.await.err().unwrap_or(Error::Busy);
        (count.get(), error)
    }

    fn fault() -> Hindered {
        Hindered::Fault(Error::unavailable("no answer"))
    }

    #[tokio::test]
    async fn a_throttled_call_of_a_request_is_sent_three_times() {
        let limit = Duration::from_secs(20);
        let (count, error) = request(limit, sent(|| Hindered::Throttled)).await;
        assert!(count == 3 && matches!(error, Error::Throttled { .. }), "{count} {error:?}");
        let (count, _) = request(limit, within(limit, sent(|| Hindered::Throttled))).await;
        assert_eq!(count, 3, "also in a part of it");
    }

    #[tokio::test]
    async fn background_work_is_patient_until_its_deadline() {
        // Three pauses take less.
        let (count, error) = within(Duration::from_secs(1), sent(|| Hindered::Throttled)).await;
        assert!(count > 3 && matches!(error, Error::Throttled { .. }), "{count} {error:?}");
    }

    #[tokio::test]
    async fn faults_are_repeated_and_refusals_are_not() {
        let (count, error) = sent(fault).await;
        assert!(count == 3 && matches!(error, Error::Unavailable(_)), "{count} {error:?}");
        let (count, _) = sent(|| Hindered::Failed(Error::unavailable("no such table"))).await;
        assert_eq!(count, 1);
    }

    #[tokio::test]
    async fn contention_has_many_attempts_until_the_deadline() {
        let (count, error) = request(Duration::from_millis(500), sent(|| Hindered::Contended)).await;
        // On a busy machine the last pause ends after the deadline.
        assert!(count > 3 && matches!(error, Error::Busy | Error::Unavailable(_)), "{count} {error:?}");
    }

    #[tokio::test]
    async fn a_call_that_is_under_way_is_given_up() {
        let begun = Instant::now();
        let call = carried_out(std::future::pending::<Result<(), Hindered>>);
        assert!(matches!(request(Duration::from_millis(50), call).await, Err(Error::Unavailable(_))));
        assert!(begun.elapsed() < Duration::from_secs(2));
    }

    #[tokio::test]
    async fn a_part_has_no_more_time_than_the_whole() {
        let (minute, hour) = (Duration::from_secs(60), Duration::from_secs(3600));
        let left = |whole, part| request(whole, within(part, async { left() }));
        assert!(left(minute, hour).await.is_some_and(|left| left <= minute));
        assert!(left(hour, minute).await.is_some_and(|left| left <= minute));
    }

    #[tokio::test]
    async fn a_suspended_request_sends_nothing_after_its_deadline() {
        let limit = Duration::from_secs(27);
        // 90 seconds by the wall clock, and none by the monotonic one.
        let begun = Moment::new(SystemTime::now() - Duration::from_secs(90), Instant::now());
        let deadline = Deadline { begun, limit, is_request: true };
        let called = Cell::new(false);
        let call = carried_out(|| async {
            called.set(true);
            Ok::<_, Hindered>(())
        });
        assert!(matches!(DEADLINE.scope(deadline, call).await, Err(Error::Unavailable(_))));
        assert!(!called.get());
    }
}
