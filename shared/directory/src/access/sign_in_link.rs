//! Links with which the team signs in to the console: made with the administrator key, for one use within
//! five minutes.
//!
//! A link contains a token, `ri_<secret><checksum>`. The table holds its SHA-256 only.

use data_encoding::HEXLOWER;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use table::Table;
use table::condition::exists;
use table::item::{Key, number, text};
use table::name::{BY, END, EXPIRES, PK};
use table::transaction::{Committed, Transaction};
use table::write::{Delete, Put};

use crate::access::oauth::hash::unguessable;
use crate::access::session::{self, Cookie, Realm};
use crate::clock::seconds;
use crate::error::Error;
use crate::id::WriteId;
use crate::keys;
use crate::secret::deployment::{CHECKSUM, DeploymentSecret};

/// How long a link can be opened, in seconds.
pub const VALID: i64 = 300;
/// The hexadecimal digits of a token's secret.
const SECRET: usize = 64;
const PREFIX: &str = "ri_";

/// Whether `token` is that of a link that `deployment` issued.
#[must_use]
pub fn is_token(token: &str, deployment: &DeploymentSecret) -> bool {
    token.starts_with(PREFIX)
        && token.len() == PREFIX.len() + SECRET + CHECKSUM
        && deployment.has_checksum(token)
}

/// Creates a link for `by`, as the audit log names who has the administrator key. Returns the token.
///
/// # Errors
/// [`Error::Throttled`], [`Error::Busy`], [`Error::Unavailable`].
pub async fn create(table: &Table, deployment: &DeploymentSecret, by: &str) -> Result<SecretString, Error> {
    let token = deployment.with_checksum(&format!("{PREFIX}{}", unguessable::<{ SECRET / 2 }>()?));
    let token = SecretString::from(token);
    let end = seconds() + VALID;
    let put = Put::of(key(token.expose_secret())).set(BY, by).set(END, end).set(EXPIRES, end);
    table.write(put).await?;
    Ok(token)
}

/// Uses the link of `token` up and begins a session of the team: both or neither. Returns the session's
/// cookie, and whose it is; `None` when the link cannot be opened.
///
/// # Errors
/// [`Error::Throttled`], [`Error::Busy`], [`Error::Unavailable`].
pub async fn open(
    table: &Table,
    token: &str,
    deployment: &DeploymentSecret,
) -> Result<Option<(Cookie, String)>, Error> {
    if !is_token(token, deployment) {
        return Ok(None);
    }
    let Some(item) = table.get(&key(token)).await? else { return Ok(None) };
    if number::<i64>(&item, END)? <= seconds() {
        return Ok(None);
    }
    let (cookie, by) = (Cookie::mint(Realm::Team, deployment)?, text(&item, BY)?.to_owned());
    let mut transaction = Transaction::new(WriteId::new().token());
    transaction.push(Delete::of(key(token)).when(exists(PK)));
    transaction.push(session::put(&cookie, &by, None)?);
    let is_open = matches!(table.commit(&transaction).await?, Committed::Done(_));
    Ok(is_open.then_some((cookie, by)))
}

fn key(token: &str) -> Key {
    keys::sign_in_link(&HEXLOWER.encode(&Sha256::digest(token.as_bytes())))
}
