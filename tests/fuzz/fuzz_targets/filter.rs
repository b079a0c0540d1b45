//! A filter: read, written, read again; bound to a type and evaluated.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use scim::filter::{bind, parse};
use scim::model::doc::Doc;
use scim::model::profile::Profile;
use scim::profile::Profiles;
use serde_json::json;
use std::sync::Arc;

static PROFILE: LazyLock<Arc<Profile>> = LazyLock::new(|| Profiles::built_in().get("standard").unwrap());
static ANA: LazyLock<Doc> = LazyLock::new(|| {
    let ana = json!({
        "userName": "ana@ex.io", "active": true, "displayName": "Ana", "name": { "givenName": "Ana" },
        "emails": [{ "value": "ana@ex.io", "type": "work", "primary": true }, { "value": "a@b.c" }],
        "meta": { "lastModified": "2026-11-25T00:00:00Z" },
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": { "department": "R&D" },
    });
    ana.as_object().unwrap().clone()
});

fuzz_target!(|text: &str| {
    let Ok(filter) = parse::parse(text) else { return };
    let written = filter.to_string();
    // Escapes are longer than what they stand for, so the text may be too long to be read
    // again.
    if written.len() <= parse::MAX_BYTES {
        let again = parse::parse(&written).unwrap_or_else(|error| panic!("{written}: {error}"));
        assert_eq!(again, filter, "{written}");
    }
    for kind in &PROFILE.resource_types {
        if let Ok(bound) = bind::bind(&filter, kind) {
            let _ = bound.matches(&ANA);
            let _ = bound.simplify_for_type(kind);
        }
    }
});
