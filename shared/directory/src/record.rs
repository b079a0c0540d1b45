//! The record of a directory itself.

use std::collections::HashMap;

use crate::error::Error;
use crate::id::{DirectoryId, WriteId};
use crate::store::{Change, Store};
use crate::table::item::{self, s, text};

/// One customer's directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directory {
    /// Its id.
    pub id: DirectoryId,
    /// What people call it.
    pub name: String,
    /// The profile that its resources follow.
    pub profile: String,
}

const NAME: &str = "name";
const PROFILE: &str = "profile";

impl Store {
    /// The directory `id`, as of now.
    ///
    /// # Errors
    /// The table's own.
    pub async fn directory(&self, id: &DirectoryId) -> Result<Option<Directory>, Error> {
        let Some(item) = self.read(&item::directory(id)).await? else { return Ok(None) };
        Ok(Some(Directory {
            id: id.clone(),
            name: text(&item, NAME)?.to_owned(),
            profile: text(&item, PROFILE)?.to_owned(),
        }))
    }

    /// Writes `directory`, over one with its id.
    ///
    /// # Errors
    /// The table's own.
    pub async fn put_directory(&self, directory: &Directory) -> Result<(), Error> {
        let content = HashMap::from([
            (NAME.to_owned(), s(&*directory.name)),
            (PROFILE.to_owned(), s(&*directory.profile)),
        ]);
        self.write(&[Change::put(item::directory(&directory.id), content)], &WriteId::new().token()).await?;
        Ok(())
    }
}
