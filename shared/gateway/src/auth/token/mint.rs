//! New credentials.

use directory::access::credential::NewCredential;
use directory::id::{CredentialId, DirectoryId, InvalidId};
use directory::secret::deployment::DeploymentSecret;
use secrecy::{ExposeSecret, SecretString};

use super::{PREFIX, Token, foreign_id, hash};

/// The bytes of a secret, and of a credential's id.
const SECRET_BYTES: usize = 32;
const ID_BYTES: usize = 8;

/// Why no credential was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MintError(String);

impl std::fmt::Display for MintError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for MintError {}

impl From<InvalidId> for MintError {
    fn from(error: InvalidId) -> Self {
        Self(error.to_string())
    }
}

impl Token {
    /// A new token for `directory`, to be shown once, with the checksum of `deployment`; and the
    /// credential to be stored. It does not expire.
    ///
    /// # Errors
    /// [`MintError`] when the operating system gives no random bytes.
    pub fn mint(
        directory: &DirectoryId,
        deployment: &DeploymentSecret,
    ) -> Result<(SecretString, NewCredential), MintError> {
        Self::mint_as(random::<ID_BYTES>()?.parse()?, directory, deployment)
    }

    /// As [`mint`](Self::mint), for the credential `id`, which is yet to be created.
    ///
    /// # Errors
    /// [`MintError`] when the operating system gives no random bytes.
    pub fn mint_as(
        id: CredentialId,
        directory: &DirectoryId,
        deployment: &DeploymentSecret,
    ) -> Result<(SecretString, NewCredential), MintError> {
        let signed = format!("{PREFIX}{directory}_{id}_{}", random::<SECRET_BYTES>()?);
        let token = SecretString::from(deployment.with_checksum(&signed));
        let credential = credential(id, &token);
        Ok((token, credential))
    }
}

/// The credential for a token that was not created here.
///
/// # Errors
/// [`MintError`] when the token is empty: no client may authenticate without one.
pub fn foreign(token: &SecretString) -> Result<NewCredential, MintError> {
    let text = token.expose_secret();
    if text.trim().is_empty() {
        return Err(MintError("the token is empty".to_owned()));
    }
    Ok(credential(foreign_id(&hash(text))?, token))
}

fn credential(id: CredentialId, token: &SecretString) -> NewCredential {
    NewCredential::new(id, hash(token.expose_secret()), "")
}

/// `N` bytes that cannot be guessed, in hexadecimal.
///
/// # Errors
/// [`MintError`] when the operating system gives none.
pub fn random<const N: usize>() -> Result<String, MintError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|e| MintError(format!("no random bytes: {e}")))?;
    Ok(data_encoding::HEXLOWER.encode(&bytes))
}
