//! The record of a directory itself.

use std::sync::Arc;

use scim::model::profile::Profile;
use scim::profile::transition::{asking_only, indexes};

use crate::error::Error;
use crate::id::{DirectoryId, WriteId};
use crate::reprofile::Transition;
use crate::scope::Scope;
use crate::secret::Secret;
use crate::store::{Change, Store, Written};
use crate::table::item::{self, Item, optional_text, s, text};
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
    /// The profile's indexes that are complete ([`indexes`]); all of them when it is not
    /// said, in directories that are older than the question.
    pub indexed: Option<Vec<String>>,
    /// The change of its profile that is under way.
    pub transition: Option<Transition>,
}

pub(crate) const NAME: &str = "name";
pub(crate) const PROFILE: &str = "profile";
pub(crate) const INDEXED: &str = "indexed";

impl Directory {
    /// A directory without resources that follows `profile`.
    #[must_use]
    pub fn new(id: DirectoryId, name: &str, profile: &Profile) -> Self {
        let indexed = Some(indexes(profile));
        Self { id, name: name.to_owned(), profile: profile.name.clone(), indexed, transition: None }
    }

    /// `profile`, this directory's, as it may be asked: an index that is not complete is kept
    /// up to date only.
    #[must_use]
    pub fn asking(&self, profile: &Arc<Profile>) -> Arc<Profile> {
        match &self.indexed {
            Some(complete) => asking_only(profile, complete),
            None => Arc::clone(profile),
        }
    }

    pub(crate) fn read(id: &DirectoryId, item: &Item) -> Result<Self, Error> {
        Ok(Self {
            id: id.clone(),
            name: text(item, NAME)?.to_owned(),
            profile: text(item, PROFILE)?.to_owned(),
            indexed: optional_text(item, INDEXED).map(|all| all.lines().map(str::to_owned).collect()),
            transition: Transition::read(item)?,
        })
    }
}

/// All that is kept of a directory itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// What people know of it.
    pub directory: Directory,
    /// Its secret, when it has needed one yet.
    pub secret: Option<Secret>,
}

impl Record {
    pub(crate) fn read(id: &DirectoryId, item: &Item) -> Result<Self, Error> {
        Ok(Self { directory: Directory::read(id, item)?, secret: secret(item) })
    }
}

const SECRET: &str = "secret";

impl Store {
    /// The directory `id`, as of now.
    ///
    /// # Errors
    /// The table's own.
    pub async fn directory(&self, id: &DirectoryId) -> Result<Option<Directory>, Error> {
        Ok(self.record(id).await?.map(|record| record.directory))
    }

    /// The directory `id` with its secret, as of now.
    ///
    /// # Errors
    /// The table's own.
    pub async fn record(&self, id: &DirectoryId) -> Result<Option<Record>, Error> {
        self.read(&item::directory(id)).await?.map(|item| Record::read(id, &item)).transpose()
    }

    /// Creates `directory`, unless there is one with its id. Returns whether there was none.
    ///
    /// # Errors
    /// The table's own.
    pub async fn create_directory(&self, directory: &Directory) -> Result<bool, Error> {
        let mut content = Item::from([
            (NAME.to_owned(), s(&*directory.name)),
            (PROFILE.to_owned(), s(&*directory.profile)),
        ]);
        if let Some(indexed) = &directory.indexed {
            content.insert(INDEXED.to_owned(), s(indexed.join("\n")));
        }
        let put = Change::put(item::directory(&directory.id), content)
            .only_if("attribute_not_exists(#pk)")
            .name("#pk", name::PK);
        Ok(matches!(self.write(&[put], &WriteId::new().token()).await?, Written::Done(_)))
    }
}

impl Scope {
    /// The directory's secret; one is made when there is none yet.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the directory is gone; the table's own.
    pub async fn secret(&self) -> Result<Secret, Error> {
        let keep =
            Change::update(item::directory(&self.directory), "SET #secret = if_not_exists(#secret, :secret)")
                .only_if("attribute_exists(#pk)")
                .name("#pk", name::PK)
                .name("#secret", SECRET)
                .value(":secret", s(Secret::random()?.hex()));
        match self.store.write(&[keep], &WriteId::new().token()).await? {
            Written::Done(Some(item)) => secret(&item).ok_or_else(|| Error::corrupt(SECRET)),
            Written::Done(None) | Written::Refused(_) => Err(Error::NotFound),
        }
    }
}

fn secret(item: &Item) -> Option<Secret> {
    text(item, SECRET).ok().and_then(Secret::parse)
}
