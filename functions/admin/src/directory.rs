//! Directories: one for each customer.

pub(crate) mod create;
pub(crate) mod get;
pub(crate) mod list;
pub(crate) mod patch;
pub(crate) mod rotate;

use ::directory::error::Error;
use ::directory::registry::record::DirectoryRecord;
use gateway::administration::value::invalid;
use gateway::http::error::Failure;
use scim::profile::Profiles;
use serde_json::{Map, Value, json};

/// The longest label of a region or stage.
const LONGEST: usize = 40;

/// `directory` as it is returned.
pub(crate) fn shown(directory: &DirectoryRecord) -> Value {
    let DirectoryRecord { id, name, profile, state, region, stage, created, settings, transition, .. } =
        directory;
    let mut shown = Map::new();
    let mut show = |name: &str, value: Value| shown.insert(name.to_owned(), value);
    show("id", id.to_string().into());
    show("name", name.as_str().into());
    show("profile", profile.as_str().into());
    show("state", state.name().into());
    if let Some(region) = region {
        show("region", region.as_str().into());
    }
    if let Some(stage) = stage {
        show("stage", stage.as_str().into());
    }
    if !created.is_empty() {
        show("created", created.as_str().into());
    }
    if let Some(transition) = transition {
        show("changing", json!({ "otherProfile": transition.other, "stage": transition.stage.name() }));
    }
    show("settings", Value::Object(settings.clone()));
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

/// The name of a profile that there is.
fn known<'a>(profiles: &Profiles, name: &'a str) -> Result<&'a str, Failure> {
    profiles.get(name).map(|_| name).map_err(|error| invalid(error.to_string()))
}

/// The response to a failed call. It contains the reason why a profile or settings are refused.
pub(crate) fn failure(id: &str, error: Error) -> Failure {
    match error {
        Error::NotFound => Failure::unknown("directory", id),
        Error::Profile(reason) | Error::TooLarge(reason) => invalid(reason),
        error => Failure::table("directory", error),
    }
}
