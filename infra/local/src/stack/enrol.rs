//! Creates the table, the directories and their credentials if they do not exist.

use directory::Table;
use directory::access::credential;
use directory::clock::seconds;
use directory::error::Error;
use directory::id::DirectoryId;
use directory::registry::list;
use directory::registry::record::{self, DirectoryRecord};
use directory::registry::state::State;
use directory::upkeep::profile_change::{self, Duplicate, Progress};
use directory::upkeep::slice::Slice;
use directory::upkeep::{erasure, lease};
use scim::profile::{Profiles, STANDARD};

use super::token;

/// Credentials, or directories, read at a time.
const PAGE: u16 = 1000;

/// Why a directory cannot be enrolled.
pub(super) enum EnrolError {
    /// The table cannot be used.
    Table(Error),
    /// What the profile wants to be unique is not.
    Duplicates(Vec<Duplicate>),
    /// It is being erased, by others.
    Erasing,
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
/// other processes. Otherwise it is started and continues in the background.
pub(super) async fn enrol(
    table: &Table,
    profiles: &Profiles,
    directory: &DirectoryId,
    name: &str,
    wanted: Option<&str>,
    token: &token::Secret,
    alone: bool,
) -> Result<String, EnrolError> {
    if alone {
        // A process that ended while it had it.
        lease::end(table, directory).await?;
    }
    let mut there = record::read(table, directory).await?;
    if there.as_ref().is_some_and(|there| there.state == State::Erasing) {
        if !alone {
            return Err(EnrolError::Erasing);
        }
        // No requests run that were admitted before, and none can be while it lasts.
        while !erasure::advance(table, directory, profiles, Slice::alone()).await? {}
        there = None;
    }
    if there.is_none() {
        let profile = profiles.get(wanted.unwrap_or(STANDARD)).map_err(|e| Error::Profile(e.to_string()))?;
        record::create(table, &DirectoryRecord::new(directory.clone(), name, &profile)).await?;
    } else {
        // It may be older than the list of all.
        list::register(table, directory).await?;
    }
    // A credential that was stored before hashes were keyed is replaced.
    let (known, secrets) = (
        credential::read(table, directory, &token.credential.id).await?,
        record::secrets(table, directory).await?,
    );
    if !known.is_some_and(|known| {
        known.revoked.is_none() && token.credential.is_stored_as(&known, &secrets.hashes)
    }) {
        credential::create(table, directory, &token.credential).await?;
    }
    if alone {
        revoke_others(table, directory, token).await?;
    }
    // An interrupted change is finished before another one starts.
    if alone {
        finish(table, profiles, directory).await?;
    }
    let has = record::read(table, directory).await?.ok_or(Error::NotFound)?.profile;
    let wanted = wanted.unwrap_or(&has);
    // Also to the one that it has: its file may have been edited.
    if !profile_change::begin(table, directory, wanted, profiles).await? || !alone {
        return Ok(has);
    }
    tracing::debug!(%directory, from = has, to = wanted, "the directory changes its profile");
    match finish(table, profiles, directory).await? {
        Progress::Refused(duplicates) => Err(EnrolError::Duplicates(duplicates)),
        _ => Ok(wanted.to_owned()),
    }
}

/// What the server was started with before opens the directory no more. Not where other servers
/// may be on the table, with tokens of their own.
async fn revoke_others(table: &Table, directory: &DirectoryId, token: &token::Secret) -> Result<(), Error> {
    let now = seconds();
    let (mut after, mut more) = (None, true);
    while more {
        let (credentials, rest) = credential::list(table, directory, after.as_ref(), PAGE).await?;
        for other in credentials.iter().filter(|other| other.id != token.credential.id) {
            if other.label == token::LABEL && other.is_valid(now) {
                credential::revoke(table, directory, &other.id).await?;
            }
        }
        after = credentials.last().map(|last| last.id.clone());
        more = rest && after.is_some();
    }
    Ok(())
}

/// Names the directories whose profile this server does not know: they cannot be served.
pub(super) async fn warn_of_unknown(table: &Table, profiles: &Profiles) -> Result<(), Error> {
    let (mut after, mut more) = (None, true);
    while more {
        let (directories, rest) = list::page(table, "", after.as_ref(), PAGE).await?;
        for DirectoryRecord { id, profile, .. } in &directories {
            if let Err(error) = profiles.get(profile) {
                tracing::warn!(directory = %id, "the directory is not served: {error}");
            }
        }
        after = directories.last().map(|last| last.id.clone());
        more = rest && after.is_some();
    }
    Ok(())
}

async fn finish(table: &Table, profiles: &Profiles, directory: &DirectoryId) -> Result<Progress, Error> {
    loop {
        let progress = profile_change::advance(table, directory, profiles, Slice::alone()).await?;
        if progress.has_ended() {
            return Ok(progress);
        }
    }
}
