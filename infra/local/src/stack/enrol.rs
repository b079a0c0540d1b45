//! Sees to it that the table, the directories and their credentials are there.

use directory::error::Error;
use directory::id::DirectoryId;
use directory::record::Directory;
use directory::reprofile::{Duplicate, Progress};
use directory::store::Store;
use scim::profile::{Profiles, STANDARD};

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
    if store.directory(directory).await?.is_none() {
        let profile = profiles.get(wanted.unwrap_or(STANDARD)).map_err(|e| Error::Profile(e.to_string()))?;
        store.create_directory(&Directory::new(directory.clone(), name, &profile)).await?;
    } else {
        // It may be older than the list of all.
        store.register(directory).await?;
    }
    // One that is older than keyed hashes is kept anew, too.
    let (known, secret) =
        (store.credential(directory, &token.credential.id).await?, store.secret(directory).await?);
    if !known.is_some_and(|known| known.revoked.is_none() && token.credential.is_kept_as(&known, &secret)) {
        store.put_credential(directory, &token.credential).await?;
    }
    // A change that was cut off goes on before another begins.
    if alone {
        finish(store, profiles, directory).await?;
    }
    let has = store.directory(directory).await?.ok_or(Error::NotFound)?.profile;
    let wanted = wanted.unwrap_or(&has);
    // Also to the one that it has: its file may have been edited.
    if !store.change_profile(directory, wanted, profiles).await? || !alone {
        return Ok(has);
    }
    tracing::debug!(%directory, from = has, to = wanted, "the directory changes its profile");
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
