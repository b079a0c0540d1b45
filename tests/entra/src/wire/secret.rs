//! Secrets: given, or in a file that somebody else may renew.

use std::path::PathBuf;

use secrecy::SecretString;

/// A text that is shown nowhere.
#[derive(Clone, Debug)]
pub enum Secret {
    /// This one.
    Given(SecretString),
    /// What this file holds whenever it is needed.
    File(PathBuf),
}

impl Secret {
    /// This text.
    #[must_use]
    pub fn given(text: &str) -> Self {
        Self::Given(SecretString::from(text.to_owned()))
    }

    /// The text, as of now.
    ///
    /// # Errors
    /// The file cannot be read, in words.
    pub fn text(&self) -> Result<SecretString, String> {
        match self {
            Self::Given(text) => Ok(text.clone()),
            Self::File(path) => {
                let text = std::fs::read_to_string(path);
                let text = text.map_err(|error| format!("the secret in `{}`: {error}", path.display()))?;
                Ok(SecretString::from(text.trim().to_owned()))
            }
        }
    }
}
