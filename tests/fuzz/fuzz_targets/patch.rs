//! The body of a PATCH: applied twice, it has the same result as applied once.
#![no_main]

use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use scim::model::doc::Doc;
use scim::model::profile::Profile;
use scim::patch::{apply, request};
use scim::profile::Profiles;
use serde_json::json;

static PROFILE: LazyLock<Arc<Profile>> = LazyLock::new(|| Profiles::built_in().get("standard").unwrap());
static RESOURCES: LazyLock<[Doc; 2]> = LazyLock::new(|| {
    let ana = json!({
        "userName": "ana@ex.io", "active": true, "displayName": "Ana", "name": { "givenName": "Ana" },
        "emails": [{ "value": "ana@ex.io", "type": "work", "primary": true }, { "value": "a@b.c" }],
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": { "department": "R&D" },
    });
    let team = json!({ "displayName": "Team", "externalId": "t" });
    [ana, team].map(|resource| resource.as_object().unwrap().clone())
});

fuzz_target!(|bytes: &[u8]| {
    let Ok(body) = scim::json::parse(bytes) else { return };
    let Ok(operations) = request::parse(body) else { return };
    for (name, doc) in ["User", "Group"].into_iter().zip(&*RESOURCES) {
        let kind = PROFILE.resource_type(name).unwrap();
        if let Ok(patched) = apply::apply(kind, doc, &operations) {
            assert_eq!(patched.changed, patched.doc != *doc, "it says whether it changed anything");
        }
    }
});
