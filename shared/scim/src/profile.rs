//! The profiles that a service knows: one JSON file each, in `shared/scim/profiles`.
//!
//! A file names the profile, how clients sign in, what the system does where systems
//! differ ([`Behavior`](crate::model::profile::Behavior)), and its resource types:
//!
//! - `User` and `Group` offer the attributes of RFC 7643 that `attributes` lists, or all of
//!   them. An entry is a path, or an object with a `path` and what differs from the RFC's
//!   row: `required`, `indexed` (found without a walk), `unique`, `canonicalValues`
//!   (suggestions), `allowedValues` (others are refused). `filterable` lists those that a
//!   filter may ask about; all when absent.
//! - `extensions` are schemas of the profile's own, such as
//!   `urn:ietf:params:scim:schemas:extension:acme:2.0:User`, written as RFC 7643 §7 has them.
//! - A type of its own has a `name`, an `endpoint` and a `schema`.
//!
//! What a profile does not offer is passed over in a body, is `invalidPath` in a PATCH and
//! `invalidFilter` in a filter. A wrong file is refused with its line and the reason.

mod build;
mod document;
mod error;
mod schema;
mod select;
#[cfg(test)]
mod tests;
pub mod transition;

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

pub use self::build::read;
pub use self::error::ProfileError;
use crate::model::profile::Profile;

// `FILES`: name and content of each file.
include!(concat!(env!("OUT_DIR"), "/profiles.rs"));

/// The name of the profile that offers everything of RFC 7643.
pub const STANDARD: &str = "standard";

/// Profiles by their names. Each is read when it is first asked for: a function that
/// starts pays for those that its directories follow.
#[derive(Debug, Clone, Default)]
pub struct Profiles(BTreeMap<String, Entry>);

#[derive(Debug, Clone)]
struct Entry {
    file: String,
    text: String,
    read: OnceLock<Result<Arc<Profile>, ProfileError>>,
}

impl Profiles {
    /// Those that come with Rollcall.
    #[must_use]
    pub fn built_in() -> Self {
        let mut profiles = Self::default();
        for (file, text) in FILES {
            profiles.add(file, (*text).to_owned());
        }
        profiles
    }

    /// Adds the profile of `file`, over one of the same name. Returns its name: that of the
    /// file without `.json`.
    pub fn add(&mut self, file: &str, text: String) -> String {
        let stem = file.rsplit(['/', '\\']).next().unwrap_or(file);
        let name = stem.strip_suffix(".json").unwrap_or(stem).to_owned();
        let entry = Entry { file: stem.to_owned(), text, read: OnceLock::new() };
        self.0.insert(name.clone(), entry);
        name
    }

    /// The one called `name`.
    ///
    /// # Errors
    /// [`ProfileError`] when there is none, or its file is wrong.
    pub fn get(&self, name: &str) -> Result<Arc<Profile>, ProfileError> {
        let Some(entry) = self.0.get(name) else {
            let known = self.0.keys().map(|name| format!("`{name}`")).collect();
            return Err(ProfileError::Unknown { name: name.to_owned(), known });
        };
        entry.read.get_or_init(|| entry.read(name)).clone()
    }

    /// Reads all of them.
    ///
    /// # Errors
    /// [`ProfileError`] of the first whose file is wrong.
    pub fn check(&self) -> Result<(), ProfileError> {
        self.0.keys().try_for_each(|name| self.get(name).map(drop))
    }

    /// Their names, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

impl Entry {
    fn read(&self, name: &str) -> Result<Arc<Profile>, ProfileError> {
        let profile = read(&self.file, &self.text)?;
        if profile.name != name {
            let about = error::Mistake::new(
                &profile.name,
                format!("the file must be called `{}.json`", profile.name),
            );
            return Err(about.located(&self.file, &self.text));
        }
        Ok(Arc::new(profile))
    }
}
