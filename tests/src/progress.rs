//! The progress of a long run, on a terminal.

use indicatif::{ProgressBar, ProgressStyle};

/// The number in the environment variable `name`.
#[must_use]
pub fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} is a number, and not `{text}`")))
}

/// A bar of `total` steps of `what`, hidden where the output is not a terminal.
#[must_use]
pub fn bar(what: &'static str, total: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg} {bar:30} {human_pos} of {human_len}, {eta} left");
    ProgressBar::new(total).with_style(style.expect("a template")).with_message(what)
}
