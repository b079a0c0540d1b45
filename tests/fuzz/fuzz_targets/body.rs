//! The body of a POST and of a PUT.
#![no_main]

use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use scim::model::profile::Profile;
use scim::profile::Profiles;
use scim::read;
use scim::render::{Facts, render};
use serde_json::Value;

static PROFILE: LazyLock<Arc<Profile>> = LazyLock::new(|| Profiles::built_in().get("standard").unwrap());
const FACTS: Facts<'static> = Facts { id: "7", created: "", last_modified: "", version: "W/\"1\"" };

fuzz_target!(|bytes: &[u8]| {
    let Ok(body) = scim::json::parse(bytes) else { return };
    for kind in &PROFILE.resource_types {
        if let Ok(doc) = read::create(kind, body.clone()) {
            // An accepted body is accepted again, with the same result.
            let again = read::replace(kind, &doc, Value::Object(doc.clone()));
            assert_eq!(again.as_ref().ok(), Some(&doc), "{again:?}");
            let _ = render(kind, &FACTS, doc, "https://ex.io/scim/v2");
        }
    }
});
