//! The settings of a directory: its name, its state, and what it is set to. Each form changes one of them, so
//! that two people who change different ones do not undo each other's work.

pub(crate) mod save;
pub(crate) mod state;

mod known;

use axum::response::Response;
use directory::registry::record::DirectoryRecord;
use directory::registry::settings::Settings;
use directory::registry::state::State;
use gateway::administration::value::LONGEST;
use http::StatusCode;
use maud::{Markup, html};
use serde_json::Value;

use self::known::{KNOWN, Known, OTHERS};
use crate::field::{Field, Fields, Shape, Wrong};
use crate::layout::Frame;
use crate::problem::{Answer, Problem};
use crate::visit::Visit;

/// The field with the name of the directory.
const NAME: &str = "name";

/// The page.
pub(crate) async fn show(visit: Visit) -> Answer {
    page(&visit, StatusCode::OK, None)
}

/// The page, with what was wrong with the form when it was sent.
fn page(visit: &Visit, status: StatusCode, wrong: Option<&Wrong>) -> Result<Response, Problem> {
    let (record, frame) = (visit.record()?, visit.frame());
    let fields = Fields { sent: &visit.form, wrong };
    let path = format!("/console/directories/{}", record.id);
    let saved = visit.query.get("saved");
    let name = Field {
        name: NAME,
        label: "Name of the directory",
        hint: "",
        shape: Shape::Line(LONGEST),
        required: true,
    };
    let content = html! {
        h1 { "Settings" }
        @if !saved.is_empty() { p .good role="status" { "The change is saved. It is in effect everywhere within 30 seconds." } }
        dl {
            dt { "Id" } dd { (record.id) }
            dt { "Profile" } dd { (record.profile) }
            @if let Some(region) = &record.region { dt { "Region" } dd { (region) } }
            @if let Some(stage) = &record.stage { dt { "Stage" } dd { (stage) } }
        }
        (one(&frame, &path, NAME, &fields.field(&name, &record.name), false))
        (state_of(&frame, &path, record))
        @for known in &KNOWN { (setting(&frame, &path, &fields, known, &record.settings)) }
        (others(&frame, &path, &fields, &record.settings))
        p { a href=(frame.to(&path)) { "Back to the directory" } }
    };
    Ok(frame.page(status, "Settings", &content))
}

/// The form of one setting.
fn one(frame: &Frame, path: &str, name: &str, field: &Markup, can_be_removed: bool) -> Markup {
    let content = html! {
        input type="hidden" name="setting" value=(name);
        (field)
        button .yes type="submit" { "Save" }
        @if can_be_removed { button .no type="submit" name="remove" value="yes" formnovalidate { "Remove the setting" } }
    };
    frame.form(&format!("{path}/settings"), &content)
}

fn state_of(frame: &Frame, path: &str, record: &DirectoryRecord) -> Markup {
    let to = |state: State, text: &str| {
        let address = frame.to(&format!("{path}/settings/state?to={}", state.name()));
        html! { p { a href=(address) { (text) } } }
    };
    html! {
        h2 { "State" }
        p { "User provisioning is " strong { (record.state.name()) } "." }
        @match record.state {
            State::Enabled => (to(State::Paused, "Pause it")),
            State::Paused => (to(State::Enabled, "Resume it")),
            _ => (to(State::Enabled, "Enable it")),
        }
    }
}

fn setting(frame: &Frame, path: &str, fields: &Fields<'_>, known: &Known, settings: &Settings) -> Markup {
    let value = settings.get(known.name);
    let field = Field {
        name: known.name,
        label: known.label,
        hint: known.hint,
        shape: known.shape(),
        required: true,
    };
    let shown = value.filter(|_| !known.is_personal).map(|value| known.text(value)).unwrap_or_default();
    html! {
        h2 { (known.title) }
        @if known.is_personal {
            p { "Users in the list: " (value.and_then(Value::as_array).map_or(0, Vec::len)) ". They are not shown. A saved list replaces them." }
        }
        (one(frame, path, known.name, &fields.field(&field, &shown), value.is_some()))
    }
}

/// Settings that have no form of their own.
fn others(frame: &Frame, path: &str, fields: &Fields<'_>, settings: &Settings) -> Markup {
    let others: Settings = settings
        .iter()
        .filter(|(name, _)| KNOWN.iter().all(|known| known.name != *name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    let field = Field {
        name: OTHERS,
        label: "Settings to change, as JSON",
        hint: "Names and values. null removes a setting; those that are not named stay.",
        shape: Shape::Area,
        required: true,
    };
    html! {
        h2 { "Other settings" }
        @if others.is_empty() {
            p { "There are no others." }
        } @else {
            pre .scroll tabindex="0" { (known::json(&Value::Object(others))) }
        }
        (one(frame, path, OTHERS, &fields.field(&field, ""), false))
    }
}
