//! The administrator key of the local server: made once per data directory and kept there.

use std::fs;
use std::io;
use std::path::PathBuf;

use gateway::auth::administrator::AdministratorKey;
use gateway::auth::token::mint::random;
use secrecy::{ExposeSecret, SecretString};

use super::token::keep;
use crate::error::StartError;

/// The bytes of a key that is made.
const BYTES: usize = 32;

/// The key as it is shown, and as requests are compared with it.
///
/// # Errors
/// The file holds no key, or cannot be read or written.
pub(super) fn kept(path: PathBuf) -> Result<(SecretString, AdministratorKey), StartError> {
    let failed = |source| StartError::DataDir { path: path.clone(), source };
    let text = match fs::read_to_string(&path) {
        Ok(text) => SecretString::from(text.trim()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let made = random::<BYTES>().map_err(|error| failed(io::Error::other(error)))?;
            let made = SecretString::from(made);
            keep(&path, &made).map_err(failed)?;
            made
        }
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            return Err(StartError::KeyFile { path });
        }
        Err(error) => return Err(failed(error)),
    };
    match AdministratorKey::new(text.expose_secret()) {
        Ok(key) => Ok((text, key)),
        Err(_) => Err(StartError::KeyFile { path }),
    }
}
