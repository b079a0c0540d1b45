//! The record of a directory itself.

use std::sync::Arc;

use scim::model::profile::Profile;
use scim::profile::transition::{asking_only, indexes};
use serde_json::{Map, Value};

use crate::error::Error;
use crate::id::{DirectoryId, WriteId};
use crate::keys::{self, Item, optional_text, s, text};
use crate::registry::transition::Transition;
use crate::secret::Secret;
use crate::store::{Change, Store, Written};
use crate::tenant::Tenant;
use table::name::{self, INDEXED, NAME, PROFILE, REGION_LABEL, SECRET, SETTINGS, STAGE_LABEL, STATE};

pub use super::change::DirectoryChange;
pub use super::state::{InvalidState, State};

/// What a directory is set to, by name. What a name means is for those to say who read it;
/// names that nobody knows are kept.
pub type Settings = Map<String, Value>;

/// One customer's directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectoryRecord {
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
    /// Whether its credentials open it.
    pub state: State,
    /// The region that it belongs to; any when it is not said.
    pub region: Option<String>,
    /// The stage that it belongs to, such as `sandbox`; any when it is not said.
    pub stage: Option<String>,
    /// When it was created, RFC 3339; empty in directories that are older than the question.
    pub created: String,
    /// What it is set to.
    pub settings: Settings,
}

impl DirectoryRecord {
    /// A directory without resources that follows `profile`, open to its credentials.
    #[must_use]
    pub fn new(id: DirectoryId, name: &str, profile: &Profile) -> Self {
        Self {
            id,
            name: name.to_owned(),
            profile: profile.name.clone(),
            indexed: Some(indexes(profile)),
            transition: None,
            state: State::Enabled,
            region: None,
            stage: None,
            created: crate::time::now(),
            settings: Settings::new(),
        }
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
            state: State::read(optional_text(item, STATE))?,
            region: optional_text(item, REGION_LABEL).map(str::to_owned),
            stage: optional_text(item, STAGE_LABEL).map(str::to_owned),
            created: optional_text(item, name::CREATED).unwrap_or_default().to_owned(),
            settings: match optional_text(item, SETTINGS) {
                None => Settings::new(),
                Some(text) => serde_json::from_str(text).map_err(|_| Error::corrupt(SETTINGS))?,
            },
        })
    }

    fn item(&self) -> Item {
        let mut item = Item::from([
            (NAME.to_owned(), s(&*self.name)),
            (PROFILE.to_owned(), s(&*self.profile)),
            (STATE.to_owned(), s(self.state.name())),
            (name::CREATED.to_owned(), s(&*self.created)),
        ]);
        let settings = (!self.settings.is_empty()).then(|| Value::Object(self.settings.clone()).to_string());
        let indexed = self.indexed.as_ref().map(|indexed| indexed.join("\n"));
        let optional = [
            (INDEXED, indexed),
            (REGION_LABEL, self.region.clone()),
            (STAGE_LABEL, self.stage.clone()),
            (SETTINGS, settings),
        ];
        item.extend(optional.into_iter().filter_map(|(name, text)| Some((name.to_owned(), s(text?)))));
        item
    }
}

/// All that is kept of a directory itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// What people know of it.
    pub directory: DirectoryRecord,
    /// Its secret, when it has needed one yet.
    pub secret: Option<Secret>,
}

impl Record {
    pub(crate) fn read(id: &DirectoryId, item: &Item) -> Result<Self, Error> {
        Ok(Self { directory: DirectoryRecord::read(id, item)?, secret: secret(item) })
    }
}

impl Store {
    /// The directory `id`, as of now.
    ///
    /// # Errors
    /// The table's own.
    pub async fn directory(&self, id: &DirectoryId) -> Result<Option<DirectoryRecord>, Error> {
        Ok(self.record(id).await?.map(|record| record.directory))
    }

    /// The directory `id` with its secret, as of now.
    ///
    /// # Errors
    /// The table's own.
    pub async fn record(&self, id: &DirectoryId) -> Result<Option<Record>, Error> {
        self.read(&keys::directory(id)).await?.map(|item| Record::read(id, &item)).transpose()
    }

    /// Creates `directory` with a secret of its own, unless there is one with its id. Returns
    /// whether there was none.
    ///
    /// # Errors
    /// The table's own.
    pub async fn create_directory(&self, directory: &DirectoryRecord) -> Result<bool, Error> {
        let mut content = directory.item();
        content.insert(SECRET.to_owned(), s(Secret::random()?.hex()));
        let put = Change::put(keys::directory(&directory.id), content)
            .only_if("attribute_not_exists(#pk)")
            .name("#pk", name::PK);
        let listed = Change::put(keys::registration(&directory.id), Item::new());
        Ok(matches!(self.write(&[put, listed], &WriteId::new().token()).await?, Written::Done(_)))
    }

    /// The secret of `directory`; one is made when there is none yet.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such directory; the table's own.
    pub async fn secret(&self, directory: &DirectoryId) -> Result<Secret, Error> {
        match self.record(directory).await?.ok_or(Error::NotFound)?.secret {
            Some(secret) => Ok(secret),
            None => self.make_secret(directory).await,
        }
    }

    async fn make_secret(&self, directory: &DirectoryId) -> Result<Secret, Error> {
        let keep =
            Change::update(keys::directory(directory), "SET #secret = if_not_exists(#secret, :secret)")
                .only_if("attribute_exists(#pk)")
                .name("#pk", name::PK)
                .name("#secret", SECRET)
                .value(":secret", s(Secret::random()?.hex()));
        match self.write(&[keep], &WriteId::new().token()).await? {
            Written::Done(Some(item)) => secret(&item).ok_or_else(|| Error::corrupt(SECRET)),
            Written::Done(None) | Written::Refused(_) => Err(Error::NotFound),
        }
    }
}

impl Tenant {
    /// The directory's secret; one is made when there is none yet.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the directory is gone; the table's own.
    pub async fn secret(&self) -> Result<Secret, Error> {
        self.store.make_secret(&self.directory).await
    }
}

fn secret(item: &Item) -> Option<Secret> {
    text(item, SECRET).ok().and_then(Secret::parse)
}
