//! The log: lines for people, on stderr.

use std::env;
use std::io::{IsTerminal, stderr};

use tracing::Level;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Starts logging at the levels that `RUST_LOG` names (`warn`, or `info,dynoxide=warn`), else
/// one line for each request.
pub fn start() {
    let named = env::var("RUST_LOG").ok().filter(|levels| !levels.is_empty());
    let levels = named.and_then(|levels| levels.parse().ok()).unwrap_or_else(default);
    let lines = fmt::layer().with_target(false).with_ansi(stderr().is_terminal()).with_writer(stderr);
    tracing_subscriber::registry().with(levels).with(lines).init();
}

/// dynoxide warns of every condition that does not hold, which is normal for a store that writes
/// under conditions; aws-config of every source without credentials, before it tries the next.
fn default() -> Targets {
    Targets::new()
        .with_default(Level::INFO)
        .with_target("dynoxide", Level::ERROR)
        .with_target("aws_config", Level::ERROR)
}
