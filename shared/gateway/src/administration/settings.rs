//! The settings of a directory.

use directory::events::{Rules, retention};
use directory::registry::settings::Settings;
use directory::registry::setup;
use directory::resource::existing::Policy;

use crate::auth::rate;
use crate::http::error::Failure;

/// Checks the settings that `change` sets; null removes one.
///
/// # Errors
/// `invalidValue`, which names the setting and says what it must look like.
pub fn check(change: &Settings) -> Result<(), Failure> {
    let set = change.iter().filter(|(_, value)| !value.is_null());
    let set: Settings = set.map(|(name, value)| (name.clone(), value.clone())).collect();
    Policy::check(&set)?;
    setup::check(&set)?;
    rate::check(&set)?;
    Rules::check(&set)?;
    retention::check(&set)?;
    Ok(())
}
