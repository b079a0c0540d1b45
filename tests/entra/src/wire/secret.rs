//! Secrets: given directly, or in a file that another program may renew.

use std::path::PathBuf;

use secrecy::SecretString;

/// A text that no log or message shows.
#[derive(Clone, Debug)]
pub enum Secret {
    /// This text.
    Given(SecretString),
    /// The content of this file, read whenever it is needed.
    File(PathBuf),
}

impl Secret {
    /// A secret with this text.
    #[must_use]
    pub fn given(text: &str) -> Self {
        Self::Given(SecretString::from(text.to_owned()))
    }

    /// The current text.
    ///
    /// # Errors
    /// The file cannot be read; returns the reason as text.
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
