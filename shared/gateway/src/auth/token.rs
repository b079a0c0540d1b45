//! Secret tokens: `rc_<directory>_<credential>_<secret><checksum>`.
//!
//! `rc_[a-z0-9-]{1,36}_[a-z0-9-]{1,36}_[0-9a-f]{72}` is the pattern for scanners that
//! look for leaked secrets. The secret is 256 bits in hex; the
//! [checksum](directory::secret::deployment) is made with the deployment's secret over all before it, so
//! that a mistyped or invented token is refused without a read. Tokens of every form end in one. The
//! table holds only a keyed hash (HMAC, with the directory's secret) of the SHA-256 of the whole token.

pub mod access;
pub mod client_secret;
pub mod mint;
pub mod refresh;

use directory::id::{CredentialId, DirectoryId, InvalidId};
use directory::secret::deployment::CHECKSUM;
use sha2::{Digest, Sha256};

const PREFIX: &str = "rc_";
const SECRET: usize = 64;

/// What a well-formed token says about itself, before anything is believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// The directory it claims to be for.
    pub directory: DirectoryId,
    /// The credential it claims to be.
    pub credential: CredentialId,
}

impl Token {
    /// Reads a token of our form; `None` when `text` is not one. The checksum is not verified
    /// ([`DeploymentSecret::has_checksum`](directory::secret::deployment::DeploymentSecret::has_checksum)).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut fields = text.strip_prefix(PREFIX)?.split('_');
        let (directory, credential, secret) = (fields.next()?, fields.next()?, fields.next()?);
        if fields.next().is_some() || secret.len() != SECRET + CHECKSUM || !hex(secret) {
            return None;
        }
        Some(Self { directory: directory.parse().ok()?, credential: credential.parse().ok()? })
    }
}

/// Whether `text` consists of hexadecimal digits as we write them.
fn hex(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_digit() || ('a'..='f').contains(&c))
}

/// The digest of a token: the SHA-256 of the whole, in hex.
#[must_use]
pub fn hash(token: &str) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(token.as_bytes()))
}

/// The credential that a token of any other form stands for, from its [`hash`]: `x` and
/// 31 hex digits, which no minted credential is called.
///
/// # Errors
/// [`InvalidId`] when `hash` is not a hash.
pub fn foreign_id(hash: &str) -> Result<CredentialId, InvalidId> {
    format!("x{}", hash.get(..31).ok_or(InvalidId)?).parse()
}

#[cfg(test)]
mod tests;
