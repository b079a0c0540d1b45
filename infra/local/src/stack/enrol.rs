//! Sees to it that the table, the directories and their credentials are there.

use directory::error::Error;
use directory::id::DirectoryId;
use directory::record::Directory;
use directory::reprofile::{Duplicate, Progress};
use directory::store::Store;
use scim::profile::Profiles;

use super::token;

/// Why a directory cannot be enrolled.
pub(super) enum EnrolError {
    /// The table cannot be used.
    Table(Error),
    /// What the profile wants to be unique is not.
    Duplicates(Vec<Duplicate>),
}

impl From<Error> for EnrolError {
    fn from(error: Error) -> Self {
        Self::Table(error)
    }
}

/// Enrols `directory`, with the profile `wanted` or the one that it has. Returns its
/// profile's name.
///
/// `alone`: no other process serves the table, so that a change of profile need not wait for
/// anybody. Otherwise it is begun, and goes on behind the requests.
pub(super) async fn enrol(
    store: &Store,
    profiles: &Profiles,
    directory: &DirectoryId,
    name: &str,
    wanted: Option<&str>,
    token: &token::Secret,
    alone: bool,
) -> Result<String, EnrolError> {
    let fresh = Directory::new(directory.clone(), name, wanted.unwrap_or(scim::profile::STANDARD));
    let record = match store.directory(directory).await? {
        Some(record) => record,
        None => {
            store.create_directory(&fresh).await?;
            fresh
        }
    };
    let known = store.credential(directory, &token.credential.id).await?;
    if known.is_none_or(|known| known.hash != token.credential.hash) {
        store.put_credential(directory, &token.credential).await?;
    }
    // A change that was cut off goes on before another begins.
    if alone {
        finish(store, profiles, directory).await?;
    }
    let Some(wanted) = wanted.filter(|wanted| *wanted != record.profile) else { return Ok(record.profile) };
    if !store.change_profile(directory, wanted, profiles).await? || !alone {
        return Ok(record.profile);
    }
    tracing::debug!(%directory, from = record.profile, to = wanted, "the directory changes its profile");
    match finish(store, profiles, directory).await? {
        Progress::Refused(duplicates) => Err(EnrolError::Duplicates(duplicates)),
        _ => Ok(wanted.to_owned()),
    }
}

async fn finish(store: &Store, profiles: &Profiles, directory: &DirectoryId) -> Result<Progress, Error> {
    loop {
        let progress = store.advance_profile(directory, profiles, 0).await?;
        if progress.has_ended() {
            return Ok(progress);
        }
    }
}
