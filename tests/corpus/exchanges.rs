//! Recorded conversations: `exchanges/**.json`.

use std::path::PathBuf;

use libtest_mimic::Failed;
use tests::corpus::read;
use tests::endpoint::Endpoint;
use tests::exchange::Exchange;

/// Plays one conversation.
pub(crate) fn run(path: PathBuf) -> Result<(), Failed> {
    let exchange: Exchange = read(&path);
    Ok(exchange.run(Endpoint::shared())?)
}
