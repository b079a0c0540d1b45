//! The data directory: the database file, the token, and a lock that keeps a
//! second server out.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use directory::id::DirectoryId;

use tempfile::TempDir;

use crate::error::StartError;

/// Where the data is.
#[derive(Clone, Debug)]
pub enum Data {
    /// In this directory, which is made when there is none.
    Dir(PathBuf),
    /// In a temporary directory, removed at the end.
    Ephemeral,
}

/// A data directory in use.
#[derive(Debug)]
pub struct Opened {
    path: PathBuf,
    // The operating system lets go of the lock when the process ends,
    // however it ends.
    lock: Mutex<Option<File>>,
    /// Removes the directory when it is dropped.
    _temporary: Option<TempDir>,
}

impl Opened {
    /// Makes the directory, when there is none.
    ///
    /// # Errors
    /// [`StartError::DataDir`] when it cannot be made.
    pub fn open(data: &Data) -> Result<Self, StartError> {
        let (path, temporary) = match data {
            Data::Dir(path) => {
                make(path).map_err(|source| dir(path, source))?;
                (path.clone(), None)
            }
            Data::Ephemeral => {
                let temporary = tempfile::Builder::new()
                    .prefix("rollcall-")
                    .tempdir()
                    .map_err(|source| dir(&std::env::temp_dir(), source))?;
                (temporary.path().to_owned(), Some(temporary))
            }
        };
        Ok(Self { path, lock: Mutex::new(None), _temporary: temporary })
    }

    /// Keeps every other server out, until this value is dropped.
    ///
    /// # Errors
    /// [`StartError::InUse`] when another one was first.
    pub fn lock(&self) -> Result<(), StartError> {
        let path = self.path.join("lock");
        let open = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
        let file = open.map_err(|source| dir(&path, source))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(StartError::InUse { path: self.path.clone() }),
            Err(TryLockError::Error(source)) => return Err(dir(&path, source)),
        }
        if let Ok(mut lock) = self.lock.lock() {
            *lock = Some(file);
        }
        Ok(())
    }

    /// The embedded DynamoDB's file.
    #[must_use]
    pub fn database(&self) -> PathBuf {
        self.path.join("dynamodb.sqlite")
    }

    /// The file with the minted token of the first directory.
    #[must_use]
    pub fn token(&self) -> PathBuf {
        self.path.join("token")
    }

    /// The file with the administrator key.
    #[must_use]
    pub fn administrator_key(&self) -> PathBuf {
        self.path.join("administrator-key")
    }

    /// The file with the secret that tokens are made with.
    #[must_use]
    pub fn deployment_secret(&self) -> PathBuf {
        self.path.join("deployment-secret")
    }

    /// The file with the minted token of a further directory.
    #[must_use]
    pub fn token_of(&self, directory: &DirectoryId) -> PathBuf {
        self.path.join(format!("token-{directory}"))
    }
}

/// Makes the directory for this user alone: people's data will be in it.
fn make(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

fn dir(path: &Path, source: io::Error) -> StartError {
    StartError::DataDir { path: path.to_owned(), source }
}
