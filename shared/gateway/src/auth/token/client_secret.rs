//! Secrets of OAuth clients: `rs_` and 72 hexadecimal digits, the pattern for scanners that
//! look for leaked secrets. The last eight are the checksum.

use directory::access::oauth::hash::{self, Hashed, unguessable};
use directory::error::Error;
use directory::id::ClientId;
use directory::secret::Secret;
use directory::secret::deployment::DeploymentSecret;
use secrecy::SecretString;

/// A new secret, to be shown once, with the checksum of `deployment`.
///
/// # Errors
/// [`Error::Unavailable`] when the operating system gives no random bytes.
pub fn mint(deployment: &DeploymentSecret) -> Result<SecretString, Error> {
    Ok(SecretString::from(deployment.with_checksum(&format!("rs_{}", unguessable::<32>()?))))
}

/// What is stored of `secret`, of a client of the directory whose hashes have the key `of`.
#[must_use]
pub fn hash(of: &Secret, client: &ClientId, secret: &str) -> String {
    hash::hash(of, Hashed::ClientSecret, &format!("{client}\n{secret}"))
}
