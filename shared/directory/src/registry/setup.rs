//! How far the set-up of a directory is: what a customer's administrator accepted, and whether it is
//! finished.

use std::collections::BTreeSet;

use scim::error::{Error as InvalidSetting, Kind};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use table::Table;
use table::condition::{absent, equals};
use table::item::optional_text;
use table::name::{ACCEPTED, FINISHED, STATE};
use table::transaction::{Committed, Transaction};
use table::write::Update;

use crate::clock::now;
use crate::error::Error;
use crate::id::{DirectoryId, WriteId};
use crate::keys;
use crate::registry::record;
use crate::registry::settings::Settings;
use crate::registry::state::State;

/// The setting with the texts of the conditions.
const SETTING: &str = "conditions";
/// The most conditions, and the longest one in characters.
const MOST: usize = 20;
const LONGEST: usize = 500;

/// The conditions that `settings` has for the customer's administrator; `None` for those of the profile.
#[must_use]
pub fn conditions(settings: &Settings) -> Option<Vec<String>> {
    read_setting(settings.get(SETTING)?)
}

/// Checks the setting before it is stored.
///
/// # Errors
/// `invalidValue` saying what it must look like.
pub fn check(settings: &Settings) -> Result<(), InvalidSetting> {
    if settings.get(SETTING).is_none_or(|setting| read_setting(setting).is_some()) {
        return Ok(());
    }
    let detail =
        format!("`{SETTING}` must be a list of at most {MOST} different texts of 1 to {LONGEST} characters");
    Err(InvalidSetting::new(Kind::InvalidValue, detail))
}

fn read_setting(setting: &Value) -> Option<Vec<String>> {
    let list = setting.as_array().filter(|list| list.len() <= MOST)?;
    let text = |one: &Value| {
        let text = one.as_str()?.trim();
        let fits = (1..=LONGEST).contains(&text.chars().count()) && !text.chars().any(char::is_control);
        fits.then(|| text.to_owned())
    };
    let texts: Vec<String> = list.iter().map(text).collect::<Option<_>>()?;
    let different: BTreeSet<&String> = texts.iter().collect();
    (different.len() == texts.len()).then_some(texts)
}

/// A condition that was accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    /// Its text, as it was shown.
    pub condition: String,
    /// Who accepted it, as the audit log names them.
    pub by: String,
    /// When, RFC 3339.
    pub at: String,
}

/// How far a set-up is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setup {
    /// The conditions that were accepted before provisioning was enabled.
    pub accepted: Vec<Accepted>,
    /// When it was finished, RFC 3339.
    pub finished: Option<String>,
    /// Whether the form may still enable the directory: it was not used, and the set-up is not finished. Once
    /// it is false, only the provider of the service enables a directory that it disabled.
    pub enables: bool,
}

/// How far the set-up of `directory` is.
///
/// # Errors
/// [`Error::Throttled`], [`Error::Unavailable`].
pub async fn read(table: &Table, directory: &DirectoryId) -> Result<Setup, Error> {
    let item = table.get(&keys::setup(directory)).await?.unwrap_or_default();
    let accepted = match optional_text(&item, ACCEPTED) {
        Some(text) => serde_json::from_str(text).map_err(|_| Error::corrupt(ACCEPTED))?,
        None => Vec::new(),
    };
    let enables = !item.contains_key(ACCEPTED) && !item.contains_key(FINISHED);
    Ok(Setup { accepted, finished: optional_text(&item, FINISHED).map(str::to_owned), enables })
}

/// Enables `directory`, which is disabled, and stores that `by` accepted `conditions`; once, and not after the
/// set-up is finished. Returns false when it may not, or the directory is in another state: only the provider
/// of the service resumes a paused one, and enables again what it disabled.
///
/// # Errors
/// [`Error::Throttled`], [`Error::Busy`], [`Error::Unavailable`].
pub async fn enable(
    table: &Table,
    directory: &DirectoryId,
    conditions: &[String],
    by: &str,
) -> Result<bool, Error> {
    let at = now();
    let accept =
        |condition: &String| Accepted { condition: condition.clone(), by: by.to_owned(), at: at.clone() };
    let accepted: Vec<Accepted> = conditions.iter().map(accept).collect();
    let text = serde_json::to_string(&accepted).map_err(|_| Error::corrupt(ACCEPTED))?;
    let mut transaction = Transaction::new(WriteId::new().token());
    transaction.push(
        Update::of(keys::directory(directory))
            .set(STATE, State::Enabled.name())
            .when(equals(STATE, State::Disabled.name())),
    );
    let is_first = absent(ACCEPTED).and(absent(FINISHED));
    transaction.push(Update::of(keys::setup(directory)).set(ACCEPTED, text).when(is_first));
    Ok(matches!(table.commit(&transaction).await?, Committed::Done(_)))
}

/// Stores that the set-up of `directory` is finished.
///
/// # Errors
/// [`Error::NotFound`] when there is no such directory, or it is being erased; [`Error::Throttled`],
/// [`Error::Busy`], [`Error::Unavailable`].
pub async fn finish(table: &Table, directory: &DirectoryId) -> Result<(), Error> {
    let mut transaction = Transaction::new(WriteId::new().token());
    transaction.push(Update::of(keys::setup(directory)).set_once(FINISHED, now()));
    transaction.push(record::check_not_erasing(directory));
    match table.commit(&transaction).await? {
        Committed::Done(_) => Ok(()),
        Committed::Refused(_) => Err(Error::NotFound),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn conditions_are_a_list_of_different_texts() {
        let settings = |value: Value| Settings::from_iter([(SETTING.to_owned(), value)]);
        assert_eq!(conditions(&Settings::new()), None);
        let two = settings(json!(["One.", " Two. "]));
        assert_eq!(conditions(&two).unwrap(), ["One.", "Two."]);
        assert_eq!(conditions(&settings(json!([]))).unwrap(), Vec::<String>::new());
        for wrong in [
            json!("One."),
            json!([""]),
            json!([1]),
            json!(["a\nb"]),
            json!(["a", "a "]),
            json!(["x".repeat(501)]),
        ] {
            assert!(check(&settings(wrong.clone())).is_err(), "{wrong}");
        }
        assert!(check(&two).is_ok() && check(&Settings::new()).is_ok());
    }
}
