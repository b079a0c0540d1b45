//! The secret token: minted once per data directory and kept there, or given.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use directory::access::credential::NewCredential;
use directory::id::DirectoryId;
use directory::secret::deployment::DeploymentSecret;
use gateway::auth::header;
use gateway::auth::token::mint::foreign;
use gateway::auth::token::{Token, hash};
use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderValue};
use secrecy::{ExposeSecret, SecretString};

use crate::error::StartError;

/// What the credential of the local server is called.
pub(super) const LABEL: &str = "local server";

/// A token and what the table holds of it.
#[derive(Debug)]
pub struct Secret {
    pub(super) secret: SecretString,
    pub(super) credential: NewCredential,
}

/// The token that the data directory keeps, so that a restart prints the same;
/// minted and kept when there is none.
///
/// # Errors
/// The file holds something else, or a token that was made with another secret of the deployment, or
/// cannot be read or written.
pub fn kept(
    path: PathBuf,
    directory: &DirectoryId,
    deployment: &DeploymentSecret,
) -> Result<Secret, StartError> {
    let failed = |source| StartError::DataDir { path: path.clone(), source };
    match fs::read_to_string(&path) {
        Ok(text) => {
            let secret = SecretString::from(text.trim());
            let credential = own(&secret, directory, deployment);
            let credential = credential.ok_or_else(|| StartError::TokenFile { path: path.clone() })?;
            Ok(Secret { secret, credential })
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let (secret, mut credential) =
                Token::mint(directory, deployment).map_err(|error| failed(io::Error::other(error)))?;
            LABEL.clone_into(&mut credential.label);
            keep(&path, &secret).map_err(failed)?;
            Ok(Secret { secret, credential })
        }
        Err(error) if error.kind() == io::ErrorKind::InvalidData => Err(StartError::TokenFile { path }),
        Err(error) => Err(failed(error)),
    }
}

/// The token that the user chose: any text that is valid in a header.
///
/// # Errors
/// [`StartError::Token`] with the reason.
pub fn fixed(
    token: &str,
    directory: &DirectoryId,
    deployment: &DeploymentSecret,
) -> Result<Secret, StartError> {
    let refused = |reason: &str| StartError::Token(reason.to_owned());
    if token.is_empty() {
        return Err(refused("it is empty"));
    }
    // Exactly the header that a request will have to contain.
    let mut headers = HeaderMap::new();
    let value = HeaderValue::from_str(&format!("Bearer {token}"))
        .map_err(|_| refused("it has characters that a header cannot carry"))?;
    headers.insert(AUTHORIZATION, value);
    match header::token(&headers) {
        Ok(arrives) if arrives == token => {}
        _ => return Err(refused("it has characters that a header does not carry, or is too long")),
    }
    let secret = SecretString::from(token);
    if Token::parse(token).is_some_and(|token| token.directory != *directory) {
        return Err(refused("it belongs to another directory"));
    }
    let credential = match own(&secret, directory, deployment) {
        Some(credential) => credential,
        None => {
            let mut credential = foreign(&secret).map_err(|error| refused(&error.to_string()))?;
            LABEL.clone_into(&mut credential.label);
            credential
        }
    };
    Ok(Secret { secret, credential })
}

/// The credential of a token of our own form, when it is for `directory` and has a checksum of
/// `deployment`.
fn own(
    secret: &SecretString,
    directory: &DirectoryId,
    deployment: &DeploymentSecret,
) -> Option<NewCredential> {
    let token = Token::parse(secret.expose_secret())?;
    let ours = token.directory == *directory && deployment.has_checksum(secret.expose_secret());
    ours.then(|| NewCredential::new(token.credential, hash(secret.expose_secret()), LABEL))
}

/// Writes a secret where only this user can read it.
pub(super) fn keep(path: &Path, secret: &SecretString) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    writeln!(options.open(path)?, "{}", secret.expose_secret())
}
