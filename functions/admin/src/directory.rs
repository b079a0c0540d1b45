//! Directories: one for each customer.

pub(crate) mod create;
pub(crate) mod get;
pub(crate) mod list;
pub(crate) mod patch;

use ::directory::error::Error;
use ::directory::registry::record::{DirectoryRecord, Settings};
use ::directory::resource::existing::Policy;
use gateway::auth::rate;
use gateway::http::error::Failure;
use scim::profile::Profiles;
use serde_json::{Map, Value, json};

use crate::body::invalid;

/// The longest label of a region or stage.
const LONGEST: usize = 40;
/// The most that a directory may be set to, as JSON text.
const SETTINGS: usize = 32 * 1024;

/// `directory` as it is answered.
pub(crate) fn shown(directory: &DirectoryRecord) -> Value {
    let DirectoryRecord { id, name, profile, state, region, stage, created, settings, transition, .. } =
        directory;
    let mut shown = Map::new();
    let mut tell = |name: &str, value: Value| shown.insert(name.to_owned(), value);
    tell("id", id.to_string().into());
    tell("name", name.as_str().into());
    tell("profile", profile.as_str().into());
    tell("state", state.name().into());
    if let Some(region) = region {
        tell("region", region.as_str().into());
    }
    if let Some(stage) = stage {
        tell("stage", stage.as_str().into());
    }
    if !created.is_empty() {
        tell("created", created.as_str().into());
    }
    if let Some(transition) = transition {
        tell("changing", json!({ "otherProfile": transition.other, "stage": transition.stage.name() }));
    }
    tell("settings", Value::Object(settings.clone()));
    Value::Object(shown)
}

/// A label that directories and deployments are compared by.
fn label(member: &str, text: String) -> Result<String, Failure> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if (1..=LONGEST).contains(&text.len()) && text.chars().all(plain) {
        Ok(text)
    } else {
        Err(invalid(format!("`{member}` must have 1 to {LONGEST} letters, digits, `-`, `_` or `.`")))
    }
}

/// What a directory with `settings` is set to when `change` names some of them; null takes one
/// away.
fn changed(mut settings: Settings, change: Settings) -> Result<Settings, Failure> {
    let (gone, set): (Settings, Settings) = change.into_iter().partition(|(_, value)| value.is_null());
    Policy::check(&set)?;
    rate::check(&set)?;
    settings.retain(|name, _| !gone.contains_key(name));
    settings.extend(set);
    let size = Value::Object(settings.clone()).to_string().len();
    if size > SETTINGS {
        return Err(invalid(format!("`settings` must have at most {SETTINGS} bytes")));
    }
    Ok(settings)
}

/// The name of a profile that there is.
fn known<'a>(profiles: &Profiles, name: &'a str) -> Result<&'a str, Failure> {
    profiles.get(name).map(|_| name).map_err(|error| invalid(error.to_string()))
}

/// What a failed call means; the reason why a profile cannot be chosen is the caller's to know.
pub(crate) fn failure(id: &str, error: Error) -> Failure {
    match error {
        Error::NotFound => Failure::unknown("directory", id),
        Error::Profile(reason) => invalid(reason),
        error => Failure::store("directory", error),
    }
}
