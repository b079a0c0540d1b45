//! The conditions that a customer's administrator accepts before provisioning is enabled. A directory
//! has its own in the setting `conditions`, or else those of its profile.

use directory::registry::record::DirectoryRecord;
use directory::registry::setup;

/// For every profile.
const COMMON: [&str; 2] = [
    "I may administer the user accounts of my organization in this service.",
    "From now on, our identity provider creates, changes and disables these accounts. Changes that are made here by \
     hand may be overwritten.",
];

/// What some profiles add.
const OWN: [(&str, &[&str]); 4] = [
    (
        "chatwork",
        &[
            "Single sign-on with SAML is set up with the same identity provider.",
            "Only users are provisioned. Groups are not.",
        ],
    ),
    ("workgrid", &["Groups that are assigned to the app are provisioned with their members."]),
    ("kintone", &["Only users are provisioned. Groups are not."]),
    (
        "clarizen-one",
        &[
            "Our account has an Integration User with the permission Lite Admin.",
            "We assign only the role User in the identity provider. Other roles are refused.",
        ],
    ),
];

/// The conditions of `directory`, in the order in which they are shown.
pub(crate) fn conditions(directory: &DirectoryRecord) -> Vec<String> {
    setup::conditions(&directory.settings).unwrap_or_else(|| {
        let own = OWN.iter().filter(|(profile, _)| *profile == directory.profile);
        let own = own.flat_map(|(_, conditions)| conditions.iter());
        COMMON.iter().chain(own).map(|text| (*text).to_owned()).collect()
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use scim::profile::Profiles;

    use super::*;

    #[test]
    fn conditions_of_a_profile_belong_to_one_that_exists() {
        let profiles = Profiles::built_in();
        for (profile, _) in OWN {
            let profile = profiles.get(profile).unwrap();
            let record = DirectoryRecord::new("acme".parse().unwrap(), "Acme", &profile);
            assert!(conditions(&record).len() > COMMON.len(), "{}", profile.name);
        }
    }
}
