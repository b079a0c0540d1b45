//! What ends the server.

use std::io;

/// Watches for Ctrl-C and SIGTERM from when it is made: one that comes before [`Stop::wait`] counts.
#[cfg(unix)]
#[derive(Debug)]
pub struct Stop {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Stop {
    /// Begins to watch.
    ///
    /// # Errors
    /// The signals cannot be watched.
    pub fn watch() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    /// Returns at Ctrl-C or SIGTERM.
    pub async fn wait(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// Watches for Ctrl-C.
#[cfg(windows)]
#[derive(Debug)]
pub struct Stop(tokio::signal::windows::CtrlC);

#[cfg(windows)]
impl Stop {
    /// Begins to watch.
    ///
    /// # Errors
    /// The signal cannot be watched.
    pub fn watch() -> io::Result<Self> {
        Ok(Self(tokio::signal::windows::ctrl_c()?))
    }

    /// Returns at Ctrl-C.
    pub async fn wait(&mut self) {
        self.0.recv().await;
    }
}
