//! Replacing the secret that a directory's seals are made with.

use scim::error::{Error as ScimError, Kind};
use table::Table;
use table::condition::{absent, equals};
use table::name::{PREVIOUS_SEALS, PREVIOUS_UNTIL, SEALS};
use table::retry::Attempts;
use table::write::{Update, Written};

use crate::clock::seconds;
use crate::error::Error;
use crate::id::DirectoryId;
use crate::keys;
use crate::registry::record::{self, Record};
use crate::registry::state::State;
use crate::secret::{PREVIOUS, Secret, Secrets};

/// How long after a rotation the next one must wait that leaves old tokens valid, in seconds: as long
/// as the longest access token is valid. A repeated call would otherwise end tokens that are in use.
const APART: i64 = 6 * 3600;

/// What becomes of the tokens that were sealed with the secret that is replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Old {
    /// They stay valid until they expire, and for 180 days at most.
    Valid,
    /// They end at once, with everything that was sealed before.
    Ended,
}

/// Gives the directory `id` a new secret for its seals. Returns its secrets.
///
/// # Errors
/// `Conflict` when the last rotation was less than six hours ago and old tokens are to stay valid: only
/// one previous secret is kept. [`Error::NotFound`] when there is no such directory, or it is being
/// erased; [`Error::Throttled`], [`Error::Busy`], [`Error::Unavailable`].
pub async fn rotate(table: &Table, id: &DirectoryId, old: Old) -> Result<Secrets, Error> {
    let next = Secret::random()?;
    let mut attempts = Attempts::default();
    loop {
        let Record { directory, secrets } =
            record::read_with_secrets(table, id).await?.ok_or(Error::NotFound)?;
        if directory.state == State::Erasing {
            return Err(Error::NotFound);
        }
        let secrets = match secrets {
            Some(secrets) => secrets,
            None => record::secrets(table, id).await?,
        };
        // The response to an earlier attempt may have been lost.
        if secrets.seals == next {
            return Ok(secrets);
        }
        let last = secrets.previous_until().map(|until| until - PREVIOUS);
        if old == Old::Valid && last.is_some_and(|last| seconds() < last + APART) {
            return Err(too_soon());
        }
        let is_first = secrets.seals == secrets.hashes;
        let unchanged = if is_first { absent(SEALS) } else { equals(SEALS, secrets.seals.hex()) };
        let update = Update::of(keys::directory(id)).set(SEALS, next.hex());
        let update = match old {
            Old::Valid => {
                update.set(PREVIOUS_SEALS, secrets.seals.hex()).set(PREVIOUS_UNTIL, seconds() + PREVIOUS)
            }
            Old::Ended => update.remove(PREVIOUS_SEALS).remove(PREVIOUS_UNTIL),
        };
        let written = table.write(update.when(unchanged.and(State::is_not_erasing()))).await?;
        if let Written::Done(Some(item)) = written {
            return record::secrets_in(&item).ok_or_else(|| Error::corrupt(SEALS));
        }
        // It was rotated or erased since it was read.
        attempts.again().await?;
    }
}

fn too_soon() -> Error {
    let detail = "the secret was rotated less than six hours ago: access tokens that were issued before may still be \
                  in use; wait, or end all tokens at once with `now`";
    ScimError::new(Kind::Conflict, detail).into()
}
