//! Changing the name or one setting of a directory.

use directory::error::Error;
use directory::registry::change::{self, DirectoryChange};
use directory::registry::settings::Settings;
use gateway::administration::settings::check;
use gateway::administration::value::{invalid, named};
use gateway::http::error::Failure;
use http::StatusCode;
use serde_json::Value;

use super::known::{KNOWN, OTHERS, parse};
use super::{NAME, page};
use crate::field::Wrong;
use crate::form::Form;
use crate::layout::see_other;
use crate::problem::{Answer, Problem};
use crate::visit::Visit;

/// Changes what the form names, as the administration API does: all else stays.
pub(crate) async fn save(visit: Visit) -> Answer {
    let record = visit.record()?;
    let setting = visit.form.get("setting");
    if ![NAME, OTHERS].contains(&setting) && KNOWN.iter().all(|known| known.name != setting) {
        return Err(Problem::conflict("Press one of the buttons."));
    }
    let changed = match read(&visit.form, setting) {
        Ok(change) => change::change(visit.table(), &record.id, &change).await.map_err(|error| match error {
            Error::TooLarge(reason) => invalid(reason),
            error => Failure::table("directory", error),
        }),
        Err(failure) => Err(failure),
    };
    if let Err(failure) = changed {
        return page(&visit, StatusCode::BAD_REQUEST, Some(&Wrong::of(failure)?));
    }
    let address = format!("/console/directories/{}/settings?saved=yes", record.id);
    Ok(see_other(&visit.frame().to(&address)))
}

fn read(form: &Form, setting: &str) -> Result<DirectoryChange, Failure> {
    let text = form.get(setting).trim();
    if setting == NAME {
        return Ok(DirectoryChange { name: Some(named(NAME, text)?), ..DirectoryChange::default() });
    }
    let settings = match KNOWN.iter().find(|known| known.name == setting) {
        Some(known) => {
            let is_removed = !form.get("remove").is_empty();
            let value = if is_removed { Value::Null } else { known.read(text)? };
            Settings::from_iter([(known.name.to_owned(), value)])
        }
        None => match parse(OTHERS, text)? {
            Value::Object(settings) => settings,
            _ => return Err(invalid(format!("`{OTHERS}` must be an object: names and values"))),
        },
    };
    check(&settings)?;
    Ok(DirectoryChange { settings: Some(settings), ..DirectoryChange::default() })
}
