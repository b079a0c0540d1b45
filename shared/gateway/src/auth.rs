//! Which directory a request may touch: the bearer token of RFC 6750.

pub mod cache;
pub mod header;

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use directory::credential::Credential;
use directory::id::{CredentialId, DirectoryId};
use http::HeaderMap;
use scim::error::{Error, Kind};
use subtle::ConstantTimeEq;

use crate::app::App;
use crate::error::Failure;
use crate::token::{self, Token};

/// What a request may touch, on whose behalf.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// The directory.
    pub directory: DirectoryId,
    /// The credential that was shown.
    pub credential: CredentialId,
}

/// Finds the directory behind the request's token.
///
/// # Errors
/// 401, the same for every wrong token, so that nobody learns which part was wrong;
/// the store's errors when the credential cannot be read.
pub async fn authenticate(app: &App, headers: &HeaderMap) -> Result<Access, Failure> {
    let token = header::token(headers)?;
    let access = claimed(app, token).ok_or_else(wrong)?;
    let hash = token::hash(token);
    if let Some(access) = app.credentials.get(&hash, Instant::now(), unix_seconds()) {
        return Ok(access);
    }
    let credential = app.store.credential(&access.directory, &access.credential).await;
    match credential.map_err(|e| Failure::store("credential", e))? {
        Some(credential) if opens(&credential, &hash) => {
            app.credentials.put(hash, access.clone(), credential.expires, Instant::now());
            Ok(access)
        }
        _ => Err(wrong()),
    }
}

/// Whose the token says that it is; `None` when it is of no form that is accepted here.
fn claimed(app: &App, token: &str) -> Option<Access> {
    if let Some(Token { directory, credential }) = Token::parse(token) {
        return Some(Access { directory, credential });
    }
    let directory = app.settings.foreign_tokens.clone()?;
    let credential = token::foreign_id(&token::hash(token)).ok()?;
    Some(Access { directory, credential })
}

/// Whether `credential` is the one whose token has `hash`, and has not expired. Takes
/// the same time wherever the hashes differ.
fn opens(credential: &Credential, hash: &str) -> bool {
    let same = bool::from(credential.hash.as_bytes().ct_eq(hash.as_bytes()));
    same && !credential.is_expired()
}

fn unix_seconds() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

fn wrong() -> Failure {
    Failure::challenge(
        Error::new(
            Kind::Unauthorized,
            "the secret token is not valid: it is mistyped, expired, revoked, or belongs to another address",
        ),
        r#"Bearer realm="scim", error="invalid_token""#,
    )
}

#[cfg(test)]
mod tests;
