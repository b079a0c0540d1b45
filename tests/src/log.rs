//! Log lines, kept in memory.

use std::io::{Result, Write};
use std::sync::{Arc, LazyLock, Mutex};

use tracing::{Dispatch, Subscriber};
use tracing_subscriber::filter::LevelFilter;

/// What is logged, in the form and at the finest level of a function
/// ([`gateway::run::start::logs`]).
#[derive(Debug, Clone, Default)]
pub struct Log(Arc<Mutex<Vec<u8>>>);

/// A second subscriber. While there is only one, a line that is first written by a thread without a log is
/// off in all threads.
static SECOND: LazyLock<Dispatch> = LazyLock::new(|| Dispatch::new(Log::default().lines()));

impl Log {
    /// Keeps the lines in this log, once it is made the default.
    pub fn subscriber(&self) -> impl Subscriber + Send + Sync + use<> {
        LazyLock::force(&SECOND);
        self.lines()
    }

    fn lines(&self) -> impl Subscriber + Send + Sync + use<> {
        let log = self.clone();
        let lines = tracing_subscriber::fmt().json().flatten_event(true).with_max_level(LevelFilter::INFO);
        lines.with_writer(move || log.clone()).finish()
    }

    /// All lines.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().expect("the log")).into_owned()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        self.0.lock().expect("the log").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<()> {
        Ok(())
    }
}
