//! The record of a directory.

use std::sync::Arc;

use scim::model::profile::Profile;
use scim::profile::transition::{asking_only, indexes};
use serde::{Deserialize, Serialize};
use table::Table;
use table::condition::{absent, exists};
use table::item::{Item, decode, encode, optional_number, optional_text};
use table::name::{PK, PREVIOUS_SEALS, PREVIOUS_UNTIL, SEALS, SECRET};
use table::transaction::{Committed, Transaction};
use table::write::{Check, Put, Update, Written};

use crate::clock;
use crate::encoding::{id_in_key, json_text, optional_lines};
use crate::error::Error;
use crate::id::{DirectoryId, WriteId};
use crate::keys;
use crate::registry::settings::Settings;
use crate::registry::state::State;
use crate::registry::transition::Transition;
use crate::secret::{Secret, Secrets};

/// One customer's directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectoryRecord {
    /// Its id.
    #[serde(rename = "PK", skip_serializing, deserialize_with = "id_in_key")]
    pub id: DirectoryId,
    /// What people call it.
    pub name: String,
    /// The profile that its resources follow.
    pub profile: String,
    /// The profile's indexes that are complete ([`indexes`]). Records written before this attribute
    /// existed have none: then all indexes are complete.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "optional_lines")]
    pub indexed: Option<Vec<String>>,
    /// The change of its profile that is under way.
    #[serde(skip)]
    pub transition: Option<Transition>,
    /// Whether it accepts requests.
    #[serde(default)]
    pub state: State,
    /// The region that it is labelled with, if any.
    #[serde(rename = "regionLabel", skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// The stage that it is labelled with, such as `sandbox`, if any.
    #[serde(rename = "stageLabel", skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    /// When it was created, RFC 3339; empty in records written before this attribute existed.
    #[serde(default)]
    pub created: String,
    /// What it is set to.
    #[serde(default, skip_serializing_if = "Settings::is_empty", with = "json_text")]
    pub settings: Settings,
    /// How many subscriptions send or offer its events as security event tokens.
    #[serde(rename = "tokenSubscriptions", default, skip_serializing)]
    pub token_subscriptions: u32,
}

impl DirectoryRecord {
    /// A new directory without resources that follows `profile` and accepts requests.
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
            created: clock::now(),
            settings: Settings::new(),
            token_subscriptions: 0,
        }
    }

    /// `profile`, this directory's, with the indexes that queries may use: one that is not complete is
    /// only kept up to date.
    #[must_use]
    pub fn asking(&self, profile: &Arc<Profile>) -> Arc<Profile> {
        match &self.indexed {
            Some(complete) => asking_only(profile, complete),
            None => Arc::clone(profile),
        }
    }

    pub(crate) fn from_item(item: &Item) -> Result<Self, Error> {
        let record: Self = decode(item.clone())?;
        Ok(Self { transition: Transition::read(item)?, ..record })
    }
}

/// A directory's record with its secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The directory.
    pub directory: DirectoryRecord,
    /// Its secrets. A directory has none until it first needs one.
    pub secrets: Option<Secrets>,
}

impl Record {
    pub(crate) fn from_item(item: &Item) -> Result<Self, Error> {
        Ok(Self { directory: DirectoryRecord::from_item(item)?, secrets: secrets_in(item) })
    }
}

/// Reads the directory `id`; `None` when there is none.
///
/// # Errors
/// [`Error::Throttled`], [`Error::Unavailable`].
pub async fn read(table: &Table, id: &DirectoryId) -> Result<Option<DirectoryRecord>, Error> {
    Ok(read_with_secrets(table, id).await?.map(|record| record.directory))
}

/// Reads the directory `id` with its secrets; `None` if it does not exist.
///
/// # Errors
/// [`Error::Throttled`], [`Error::Unavailable`].
pub async fn read_with_secrets(table: &Table, id: &DirectoryId) -> Result<Option<Record>, Error> {
    table.get(&keys::directory(id)).await?.as_ref().map(Record::from_item).transpose()
}

/// Creates `directory` with a new secret, unless there is one with its id. Returns whether it was
/// created.
///
/// # Errors
/// [`Error::Throttled`], [`Error::Busy`], [`Error::Unavailable`].
pub async fn create(table: &Table, directory: &DirectoryRecord) -> Result<bool, Error> {
    let record = Put::of(keys::directory(&directory.id))
        .with(encode(directory)?)
        .set(SECRET, Secret::random()?.hex())
        .when(absent(PK));
    let mut transaction = Transaction::new(WriteId::new().token());
    transaction.push(record);
    transaction.push(Put::of(keys::registration(&directory.id)));
    Ok(matches!(table.commit(&transaction).await?, Committed::Done(_)))
}

/// The secrets of the directory `id`, which are made when it has none yet.
///
/// # Errors
/// [`Error::NotFound`] when there is no such directory; [`Error::Throttled`], [`Error::Busy`],
/// [`Error::Unavailable`].
pub async fn secrets(table: &Table, id: &DirectoryId) -> Result<Secrets, Error> {
    if let Some(secrets) = read_with_secrets(table, id).await?.ok_or(Error::NotFound)?.secrets {
        return Ok(secrets);
    }
    let made = Update::of(keys::directory(id)).set_once(SECRET, Secret::random()?.hex()).when(exists(PK));
    match table.write(made).await? {
        Written::Done(Some(item)) => secrets_in(&item).ok_or_else(|| Error::corrupt(SECRET)),
        Written::Done(None) | Written::Refused(_) => Err(Error::NotFound),
    }
}

/// The check with which a transaction creates something in `directory` only while it exists and is
/// not being erased.
pub(crate) fn check_not_erasing(directory: &DirectoryId) -> Check {
    Check::of(keys::directory(directory)).when(State::is_not_erasing())
}

/// The secrets in a directory's record.
pub(crate) fn secrets_in(item: &Item) -> Option<Secrets> {
    let secret = |name| optional_text(item, name).and_then(Secret::parse);
    let secrets = Secrets::of(secret(SECRET)?);
    let previous = secret(PREVIOUS_SEALS).zip(optional_number(item, PREVIOUS_UNTIL));
    Some(Secrets { seals: secret(SEALS).unwrap_or(secrets.seals), previous, ..secrets })
}

#[cfg(test)]
mod tests;
