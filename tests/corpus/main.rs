//! One named test for each file of the corpus, run over HTTP against the live service.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what is wrong by failing"
)]

mod exchanges;
mod filters;
mod patches;

use std::path::PathBuf;

use libtest_mimic::{Arguments, Failed, Trial};
use tests::corpus::files;

fn main() {
    let mut trials = named("exchanges", 100, exchanges::run);
    trials.extend(named("filter", 90, filters::run));
    trials.extend(named("patch", 100, patches::run));
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

/// One test for each file of `folder`, which holds `least` or more.
fn named(folder: &str, least: usize, run: fn(PathBuf) -> Result<(), Failed>) -> Vec<Trial> {
    let files = files(folder);
    assert!(files.len() >= least, "the corpus is not where it was: {folder} has {} files", files.len());
    let test = |(name, path)| Trial::test(format!("{folder}/{name}"), move || run(path));
    files.into_iter().map(test).collect()
}
