//! One runtime for a whole test binary: the server that the tests share outlives each of them.

use std::future::Future;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use tokio::runtime::{Builder, Runtime};

static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| Builder::new_multi_thread().enable_all().build().expect("a tokio runtime"));

/// Runs `future` to its end; test threads call this at the same time.
pub fn block_on<F: Future>(future: F) -> F::Output {
    RUNTIME.block_on(future)
}

/// Starts `future` in the background.
pub fn spawn<F>(future: F) -> tokio::task::JoinHandle<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send,
{
    RUNTIME.spawn(future)
}

/// Runs all of `work`, at most `tasks` at a time, and returns the results.
pub fn at_once<F>(tasks: usize, work: impl IntoIterator<Item = F>) -> Vec<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send,
{
    use futures_util::StreamExt;
    let started = futures_util::stream::iter(work).map(|one| async { spawn(one).await.expect("a task") });
    block_on(started.buffer_unordered(tasks).collect())
}

/// Polls until the condition holds, for at most `seconds`; returns whether it does. The pauses are as long as
/// what they follow: a costly condition does not hold up what it waits for.
pub fn within(seconds: u64, mut is_so: impl FnMut() -> bool) -> bool {
    let end = Instant::now() + Duration::from_secs(seconds);
    loop {
        let started = Instant::now();
        if is_so() {
            return true;
        }
        if Instant::now() > end {
            return false;
        }
        std::thread::sleep(started.elapsed().max(Duration::from_millis(100)));
    }
}
