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
mod register;

use std::path::PathBuf;

use libtest_mimic::{Arguments, Failed, Trial};
use tests::corpus::files;

fn main() {
    let mut trials = named("filter", 90, filters::run);
    trials.extend(named("patch", 100, patches::run));
    trials.extend(enough("exchanges", 35, exchanges::trials("exchanges")));
    trials.extend(enough("clients", 250, exchanges::trials("clients")));
    trials.push(Trial::test("clients/README.md", register::run));
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

/// One test for each file of `folder`; the folder must have at least `least` files.
fn named(folder: &str, least: usize, run: fn(PathBuf) -> Result<(), Failed>) -> Vec<Trial> {
    let test = |(name, path)| Trial::test(format!("{folder}/{name}"), move || run(path));
    enough(folder, least, files(folder).into_iter().map(test).collect())
}

fn enough(folder: &str, least: usize, trials: Vec<Trial>) -> Vec<Trial> {
    assert!(trials.len() >= least, "the corpus is not where it was: {folder} has {} tests", trials.len());
    trials
}
