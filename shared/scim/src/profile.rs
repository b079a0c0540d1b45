//! The profiles of a service: one JSON file each, in `shared/scim/profiles`.
//!
//! A file has the profile's name, how clients sign in, the behaviour that differs between
//! systems ([`Behavior`](crate::model::profile::Behavior)), and the resource types:
//!
//! - `User` and `Group` offer the attributes of RFC 7643 that `attributes` lists, or all of
//!   them. An entry is a path, or an object with a `path` and the differences from the RFC's
//!   row: `required`, `indexed` (found without a scan), `unique`, `canonicalValues`
//!   (suggestions), `allowedValues` (others are refused). `filterable` lists the attributes
//!   that a filter may use; without it, a filter may use all.
//! - `extensions` are the profile's own schemas, such as
//!   `urn:ietf:params:scim:schemas:extension:acme:2.0:User`, in the form of RFC 7643 §7.
//! - A custom type has a `name`, an `endpoint` and a `schema`.
//!
//! Attributes that a profile does not offer are ignored in a body, `invalidPath` in a PATCH
//! and `invalidFilter` in a filter. An invalid file is refused with the line and the reason.

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

// `FILES`: the name and content of each file.
include!(concat!(env!("OUT_DIR"), "/profiles.rs"));

/// The name of the profile that offers everything of RFC 7643.
pub const STANDARD: &str = "standard";

/// Profiles by name. Each is read at its first use, so a starting function reads only those of
/// its directories.
#[derive(Debug, Clone, Default)]
pub struct Profiles(BTreeMap<String, Entry>);

#[derive(Debug, Clone)]
struct Entry {
    file: String,
    text: String,
    read: OnceLock<Result<Arc<Profile>, ProfileError>>,
}

impl Profiles {
    /// The built-in profiles.
    #[must_use]
    pub fn built_in() -> Self {
        let mut profiles = Self::default();
        for (file, text) in FILES {
            profiles.add(file, (*text).to_owned());
        }
        profiles
    }

    /// Adds the profile of `file`, or replaces one of the same name. Returns its name: that of
    /// the file without `.json`.
    pub fn add(&mut self, file: &str, text: String) -> String {
        let stem = file.rsplit(['/', '\\']).next().unwrap_or(file);
        let name = stem.strip_suffix(".json").unwrap_or(stem).to_owned();
        let entry = Entry { file: stem.to_owned(), text, read: OnceLock::new() };
        self.0.insert(name.clone(), entry);
        name
    }

    /// The profile called `name`.
    ///
    /// # Errors
    /// [`ProfileError`] if it does not exist or its file is not valid.
    pub fn get(&self, name: &str) -> Result<Arc<Profile>, ProfileError> {
        let Some(entry) = self.0.get(name) else {
            let known = self.0.keys().map(|name| format!("`{name}`")).collect();
            return Err(ProfileError::Unknown { name: name.to_owned(), known });
        };
        entry.read.get_or_init(|| entry.read(name)).clone()
    }

    /// Reads all profiles.
    ///
    /// # Errors
    /// [`ProfileError`] of the first file that is not valid.
    pub fn check(&self) -> Result<(), ProfileError> {
        self.0.keys().try_for_each(|name| self.get(name).map(drop))
    }

    /// The names of all profiles, in order.
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
