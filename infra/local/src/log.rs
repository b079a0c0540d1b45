//! The log: lines for people, on stderr.

use std::io::{IsTerminal, stderr};

use tracing_subscriber::EnvFilter;

/// dynoxide warns of every condition that does not hold, which is everyday
/// business of a store that writes under conditions; aws-config of every place
/// where it finds no credentials, before it goes on to the next.
const DEFAULT: &str = "info,dynoxide=error,aws_config=error";

/// Starts logging at the level that `RUST_LOG` names, else one line for each
/// request.
pub fn start() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(DEFAULT));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_target(false)
        .with_ansi(stderr().is_terminal())
        .with_writer(stderr)
        .init();
}
