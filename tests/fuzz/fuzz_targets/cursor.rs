//! A cursor, and what is inside one.
#![no_main]

use std::sync::LazyLock;

use directory::query::cursor::{Cursors, fuzz};
use directory::secret::Secret;
use libfuzzer_sys::fuzz_target;

static CURSORS: LazyLock<Cursors> = LazyLock::new(|| Cursors::new(Secret::random().unwrap()));

fuzz_target!(|text: &str| fuzz(&CURSORS, &"local".parse().unwrap(), text));
