//! Secrets of OAuth clients: `rs_` and 64 hexadecimal digits, the pattern for scanners that
//! look for leaked secrets.

use directory::access::oauth::seal::{Purpose, seal, unguessable};
use directory::error::Error;
use directory::id::ClientId;
use directory::secret::Secret;
use secrecy::SecretString;

/// A new secret, to be shown once.
///
/// # Errors
/// [`Error::Unavailable`] when the operating system gives no random bytes.
pub fn mint() -> Result<SecretString, Error> {
    Ok(SecretString::from(format!("rs_{}", unguessable::<32>()?)))
}

/// What is kept of `secret`, of a client of the directory whose own secret is `of`.
#[must_use]
pub fn hash(of: &Secret, client: &ClientId, secret: &str) -> String {
    seal(of, Purpose::ClientSecret, &format!("{client}\n{secret}"))
}
