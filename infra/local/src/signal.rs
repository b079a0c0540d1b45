//! What ends the server.

use std::io;

/// Returns at Ctrl-C or SIGTERM.
///
/// # Errors
/// The signals cannot be watched.
#[cfg(unix)]
pub async fn stop() -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    Ok(())
}

/// Returns at Ctrl-C.
///
/// # Errors
/// The signal cannot be watched.
#[cfg(not(unix))]
pub async fn stop() -> io::Result<()> {
    tokio::signal::ctrl_c().await
}
