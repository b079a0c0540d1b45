//! The path of a PATCH operation, and the names that queries list.
#![no_main]

use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use scim::model::profile::Profile;
use scim::profile::Profiles;
use scim::project::Projection;

static PROFILE: LazyLock<Arc<Profile>> = LazyLock::new(|| Profiles::built_in().get("standard").unwrap());

fuzz_target!(|text: &str| {
    let _ = scim::filter::parse::path(text);
    for kind in &PROFILE.resource_types {
        let _ = scim::patch::path::target(kind, text);
        let _ = scim::patch::path::resolve(kind, text);
        let _ = Projection::parse(kind, Some(text), None);
        let _ = scim::sort::sort_by(text, kind);
    }
});
