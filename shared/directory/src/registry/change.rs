//! Changes of a directory's name, labels, state and settings.

use table::Table;
use table::condition::{absent, equals};
use table::item::{Item, optional_text};
use table::name::{NAME, REGION_LABEL, SETTINGS, STAGE_LABEL, STATE};
use table::retry::Attempts;
use table::write::{Update, Written};

use crate::error::Error;
use crate::id::DirectoryId;
use crate::keys;
use crate::registry::record::DirectoryRecord;
use crate::registry::settings::{self, Settings};
use crate::registry::state::State;

/// What is to change; `None` leaves what is there. A label of `Some(None)` is removed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DirectoryChange {
    /// What people call it.
    pub name: Option<String>,
    /// Whether it accepts requests.
    pub state: Option<State>,
    /// Its region.
    pub region: Option<Option<String>>,
    /// Its stage.
    pub stage: Option<Option<String>>,
    /// Settings to set, or to remove where the value is null. All others stay.
    pub settings: Option<Settings>,
}

/// Changes the directory `id`, unless it is being erased. Returns the changed directory. Two changes
/// of settings at the same time both take effect.
///
/// # Errors
/// [`Error::NotFound`] when there is no such directory, or it is being erased; [`Error::TooLarge`]
/// when the settings would be too large; [`Error::Throttled`], [`Error::Busy`],
/// [`Error::Unavailable`].
pub async fn change(
    table: &Table,
    id: &DirectoryId,
    change: &DirectoryChange,
) -> Result<DirectoryRecord, Error> {
    let key = keys::directory(id);
    let mut attempts = Attempts::default();
    loop {
        let item = table.get(&key).await?.ok_or(Error::NotFound)?;
        let record = DirectoryRecord::from_item(&item)?;
        if record.state == State::Erasing {
            return Err(Error::NotFound);
        }
        let update = update(Update::of(key.clone()), change, &item, &record.settings)?;
        if update.is_empty() {
            return Ok(record);
        }
        if let Written::Done(Some(item)) = table.write(update.when(State::is_not_erasing())).await? {
            return DirectoryRecord::from_item(&item);
        }
        // Its settings or its state have changed since it was read.
        attempts.again().await?;
    }
}

/// Adds `change` to `update`, of the record `item` with `settings`.
fn update(
    mut update: Update,
    change: &DirectoryChange,
    item: &Item,
    settings: &Settings,
) -> Result<Update, Error> {
    let state = change.state.map(|state| Some(state.name().to_owned()));
    let attributes = [
        (NAME, change.name.clone().map(Some)),
        (STATE, state),
        (REGION_LABEL, change.region.clone()),
        (STAGE_LABEL, change.stage.clone()),
    ];
    for (attribute, value) in attributes {
        update = match value {
            None => update,
            Some(None) => update.remove(attribute),
            Some(Some(text)) => update.set(attribute, text),
        };
    }
    if let Some(change) = &change.settings {
        let merged = settings::merged(settings.clone(), change.clone())?;
        // The text as it was read: written again, a number may look different.
        let unchanged = match optional_text(item, SETTINGS) {
            Some(text) => equals(SETTINGS, text),
            None => absent(SETTINGS),
        };
        update = update.set(SETTINGS, settings::text(&merged)).when(unchanged);
    }
    Ok(update)
}
