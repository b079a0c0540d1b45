//! The record of a directory itself.

use std::collections::HashMap;

use crate::error::Error;
use crate::id::{DirectoryId, WriteId};
use crate::reprofile::Transition;
use crate::store::{Change, Store, Written};
use crate::table::item::{self, Item, s, text};
use crate::table::name;

/// One customer's directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directory {
    /// Its id.
    pub id: DirectoryId,
    /// What people call it.
    pub name: String,
    /// The profile that its resources follow.
    pub profile: String,
    /// The change of its profile that is under way.
    pub transition: Option<Transition>,
}

pub(crate) const NAME: &str = "name";
pub(crate) const PROFILE: &str = "profile";

impl Directory {
    /// A directory that follows `profile`.
    #[must_use]
    pub fn new(id: DirectoryId, name: &str, profile: &str) -> Self {
        Self { id, name: name.to_owned(), profile: profile.to_owned(), transition: None }
    }

    pub(crate) fn read(id: &DirectoryId, item: &Item) -> Result<Self, Error> {
        Ok(Self {
            id: id.clone(),
            name: text(item, NAME)?.to_owned(),
            profile: text(item, PROFILE)?.to_owned(),
            transition: Transition::read(item)?,
        })
    }
}

impl Store {
    /// The directory `id`, as of now.
    ///
    /// # Errors
    /// The table's own.
    pub async fn directory(&self, id: &DirectoryId) -> Result<Option<Directory>, Error> {
        self.read(&item::directory(id)).await?.map(|item| Directory::read(id, &item)).transpose()
    }

    /// Creates `directory`, unless there is one with its id. Returns whether there was none.
    ///
    /// # Errors
    /// The table's own.
    pub async fn create_directory(&self, directory: &Directory) -> Result<bool, Error> {
        let content = HashMap::from([
            (NAME.to_owned(), s(&*directory.name)),
            (PROFILE.to_owned(), s(&*directory.profile)),
        ]);
        let put = Change::put(item::directory(&directory.id), content)
            .only_if("attribute_not_exists(#pk)")
            .name("#pk", name::PK);
        Ok(matches!(self.write(&[put], &WriteId::new().token()).await?, Written::Done(_)))
    }
}
