//! A cursor, and what is inside one.
#![no_main]

use std::sync::LazyLock;

use directory::query::cursor::{Cursors, fuzz};
use directory::secret::deployment::DeploymentSecret;
use directory::secret::seals::Seals;
use directory::secret::{Secret, Secrets};
use libfuzzer_sys::fuzz_target;

static CURSORS: LazyLock<Cursors> = LazyLock::new(|| {
    let deployment = DeploymentSecret::parse(&"d".repeat(32)).unwrap();
    Cursors::new(Seals::new(deployment, Secrets::of(Secret::random().unwrap())))
});

fuzz_target!(|text: &str| fuzz(&CURSORS, &"local".parse().unwrap(), text));
