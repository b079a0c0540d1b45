//! Changing what a directory is called, and whether it is open.

use serde_json::Value;

use super::record::{DirectoryRecord, Settings};
use super::state::State;
use crate::error::Error;
use crate::id::{DirectoryId, WriteId};
use crate::keys::{self, s};
use crate::store::{Change, Store, Written};
use table::name::{self, NAME, REGION_LABEL, SETTINGS, STAGE_LABEL, STATE};

/// What is to change; what is `None` stays. A label of `Some(None)` goes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DirectoryChange {
    /// What people call it.
    pub name: Option<String>,
    /// Whether it is open.
    pub state: Option<State>,
    /// Its region.
    pub region: Option<Option<String>>,
    /// Its stage.
    pub stage: Option<Option<String>>,
    /// Everything that it is set to.
    pub settings: Option<Settings>,
}

impl Store {
    /// Changes the directory `id`, unless it is being erased. Returns it as it is then.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such directory, or it is being erased; the table's
    /// own.
    pub async fn change_directory(
        &self,
        id: &DirectoryId,
        change: DirectoryChange,
    ) -> Result<DirectoryRecord, Error> {
        let settings = change.settings.map(|settings| Value::Object(settings).to_string());
        let attributes = [
            (NAME, change.name.map(Some)),
            (STATE, change.state.map(|state| Some(state.name().to_owned()))),
            (REGION_LABEL, change.region),
            (STAGE_LABEL, change.stage),
            (SETTINGS, settings.map(Some)),
        ];
        let (mut set, mut remove) = (Vec::new(), Vec::new());
        let mut update = Vec::new();
        for (attribute, value) in attributes {
            let (placeholder, holder) = (format!("#{attribute}"), format!(":{attribute}"));
            match value {
                None => continue,
                Some(None) => remove.push(placeholder.clone()),
                Some(Some(text)) => {
                    set.push(format!("{placeholder} = {holder}"));
                    update.push((holder, text));
                }
            }
            update.push((placeholder, attribute.to_owned()));
        }
        if set.is_empty() && remove.is_empty() {
            return self.directory(id).await?.ok_or(Error::NotFound);
        }
        let clause = |word: &str, parts: Vec<String>| {
            if parts.is_empty() { String::new() } else { format!("{word} {} ", parts.join(", ")) }
        };
        let expression = clause("SET", set) + &clause("REMOVE", remove);
        let change = Change::update(keys::directory(id), expression.trim_end())
            .only_if("attribute_exists(#pk) AND (attribute_not_exists(#state) OR #state <> :erasing)")
            .name("#pk", name::PK)
            .name("#state", STATE)
            .value(":erasing", s(State::Erasing.name()));
        let change = update.into_iter().fold(change, |change, (placeholder, text)| {
            if placeholder.starts_with('#') {
                change.name(&placeholder, &text)
            } else {
                change.value(&placeholder, s(text))
            }
        });
        match self.write(&[change], &WriteId::new().token()).await? {
            Written::Done(Some(item)) => DirectoryRecord::read(id, &item),
            Written::Done(None) | Written::Refused(_) => Err(Error::NotFound),
        }
    }
}
