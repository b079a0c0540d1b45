//! Secrets of the local server: made once per data directory and kept there.

use std::fs;
use std::io;
use std::path::PathBuf;

use directory::secret::deployment::DeploymentSecret;
use gateway::auth::administrator::AdministratorKey;
use gateway::auth::token::mint::random;
use secrecy::{ExposeSecret, SecretString};

use super::token::keep;
use crate::error::StartError;

/// The bytes of a secret that is made.
const BYTES: usize = 32;

/// The administrator key as it is shown, and as requests are compared with it.
///
/// # Errors
/// The file holds no key, or cannot be read or written.
pub(super) fn administrator_key(path: PathBuf) -> Result<(SecretString, AdministratorKey), StartError> {
    let text = text(&path, |path| StartError::KeyFile { path })?;
    match AdministratorKey::new(text.expose_secret()) {
        Ok(key) => Ok((text, key)),
        Err(_) => Err(StartError::KeyFile { path }),
    }
}

/// The deployment's secret: `given`, or else that of the file.
///
/// # Errors
/// What is given, or in the file, is no such secret; the file cannot be read or written.
pub(super) fn deployment_secret(
    given: Option<&SecretString>,
    path: PathBuf,
) -> Result<DeploymentSecret, StartError> {
    if let Some(given) = given {
        return DeploymentSecret::parse(given.expose_secret()).map_err(StartError::DeploymentSecret);
    }
    let text = text(&path, |path| StartError::SecretFile { path })?;
    DeploymentSecret::parse(text.expose_secret()).map_err(|_| StartError::SecretFile { path })
}

/// The text in the file. Without a file, a new secret is made and stored in it. `wrong` is the error of a
/// file whose content is not text.
fn text(path: &PathBuf, wrong: impl FnOnce(PathBuf) -> StartError) -> Result<SecretString, StartError> {
    let failed = |source| StartError::DataDir { path: path.clone(), source };
    match fs::read_to_string(path) {
        Ok(text) => Ok(SecretString::from(text.trim())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let made = random::<BYTES>().map_err(|error| failed(io::Error::other(error)))?;
            let made = SecretString::from(made);
            keep(path, &made).map_err(failed)?;
            Ok(made)
        }
        Err(error) if error.kind() == io::ErrorKind::InvalidData => Err(wrong(path.clone())),
        Err(error) => Err(failed(error)),
    }
}
