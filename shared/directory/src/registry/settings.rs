//! What a directory is set to, by name. Those who use a setting define what it means; unknown names
//! are stored, too.

use serde_json::{Map, Value};

use crate::error::Error;

/// The settings of a directory.
pub type Settings = Map<String, Value>;

/// How large all settings of a directory may be, in bytes of JSON text.
const MOST_BYTES: usize = 32 * 1024;

/// `settings` after `change`: it sets those that it names; null removes one.
///
/// # Errors
/// [`Error::TooLarge`] when the result would have more than 32 KiB.
pub fn merged(mut settings: Settings, change: Settings) -> Result<Settings, Error> {
    let (removed, set): (Settings, Settings) = change.into_iter().partition(|(_, value)| value.is_null());
    settings.retain(|name, _| !removed.contains_key(name));
    settings.extend(set);
    if text(&settings).len() > MOST_BYTES {
        return Err(Error::TooLarge(format!("`settings` must have at most {MOST_BYTES} bytes")));
    }
    Ok(settings)
}

/// The JSON text of `settings`.
pub(crate) fn text(settings: &Settings) -> String {
    Value::Object(settings.clone()).to_string()
}
