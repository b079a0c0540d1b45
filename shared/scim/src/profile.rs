//! The profiles that a service knows.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::model::profile::{Behavior, Profile, SignIn};
use crate::model::resource_type::ResourceType;

/// The name of the profile that offers everything of RFC 7643.
pub const STANDARD: &str = "standard";

/// Profiles by their names.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Profiles(BTreeMap<String, Arc<Profile>>);

impl Profiles {
    /// Those that come with Rollcall.
    #[must_use]
    pub fn built_in() -> Self {
        let standard = Profile {
            name: STANDARD.to_owned(),
            description: "Everything of RFC 7643".to_owned(),
            resource_types: vec![Arc::new(ResourceType::user()), Arc::new(ResourceType::group())],
            sign_in: vec![SignIn::Token],
            behavior: Behavior::default(),
        };
        Self(BTreeMap::from([(STANDARD.to_owned(), Arc::new(standard))]))
    }

    /// The one called `name`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Arc<Profile>> {
        self.0.get(name)
    }
}
