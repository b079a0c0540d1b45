//! The query of a URL.
#![no_main]

use gateway::http::query::Parameters;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(parameters) = Parameters::parse(Some(text)) {
        let _ = parameters.page();
    }
});
