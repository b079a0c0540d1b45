//! Whether a directory is open to those who have its tokens.

use directory::registry::record::DirectoryRecord;
use directory::registry::state::State;
use http::HeaderValue;
use scim::error::{Error, Kind};

use crate::http::error::Failure;
use crate::settings::Settings;

/// Lets pass where `directory` is enabled, and belongs to the region and stage that this
/// address serves.
///
/// # Errors
/// 403, which says who can do something about it, or which address is the right one.
pub fn open(directory: &DirectoryRecord, settings: &Settings) -> Result<(), Failure> {
    let DirectoryRecord { id, state, region, stage, .. } = directory;
    let closed = match state {
        State::Enabled => None,
        State::Disabled => {
            Some(format!("the directory `{id}` is not enabled yet: the provider of this service enables it"))
        }
        State::Paused => {
            Some(format!("the directory `{id}` is paused: the provider of this service can resume it"))
        }
        State::Erasing => Some(format!("the directory `{id}` is being erased")),
    };
    let elsewhere = [("region", region, &settings.region), ("stage", stage, &settings.stage)];
    let elsewhere = elsewhere.into_iter().find_map(|(label, own, here)| match (own, here) {
        (Some(own), Some(here)) if own != here => Some(format!(
            "the directory `{id}` belongs to the {label} `{own}`, and this address serves the {label} \
             `{here}`: use the Tenant URL of the {label} `{own}`"
        )),
        _ => None,
    });
    match closed.or(elsewhere) {
        None => Ok(()),
        Some(detail) => Err(Failure::challenge(
            Error::new(Kind::Closed, detail),
            HeaderValue::from_static(r#"Bearer realm="scim""#),
        )),
    }
}
