//! Enabling and pausing a directory, after a question.

use directory::registry::change::{self, DirectoryChange};
use directory::registry::state::State;
use http::StatusCode;
use maud::html;

use crate::layout::see_other;
use crate::problem::{Answer, Problem};
use crate::visit::Visit;

/// The question.
pub(crate) async fn ask(visit: Visit) -> Answer {
    let (record, frame) = (visit.record()?, visit.frame());
    let to = state(visit.query.get("to"))?;
    let (title, text) = match (record.state, to) {
        (_, State::Paused) => (
            "Pause user provisioning?",
            "Requests of the identity provider are refused until you resume it. Microsoft Entra ID stops provisioning when \
             they are refused for long.",
        ),
        (State::Disabled, _) => (
            "Enable user provisioning?",
            "Usually the customer's administrator does this on the set-up page, and accepts the conditions there. \
             Enabled here, they are not accepted.",
        ),
        _ => ("Resume user provisioning?", "Requests of the identity provider are accepted again."),
    };
    let path = format!("/console/directories/{}/settings", record.id);
    let button = html! {
        button .yes type="submit" name="state" value=(to.name()) { @if to == State::Paused { "Pause" } @else { "Enable" } }
    };
    let content = html! {
        h1 { (title) }
        p { strong { (record.name) } " is " (record.state.name()) " now." }
        p .note { (text) }
        (frame.form(&format!("{path}/state"), &button))
        p { a href=(frame.to(&path)) { "Leave it as it is" } }
    };
    Ok(frame.page(StatusCode::OK, title, &content))
}

/// Changes the state.
pub(crate) async fn change(visit: Visit) -> Answer {
    let record = visit.record()?;
    let state = state(visit.form.get("state"))?;
    let change = DirectoryChange { state: Some(state), ..DirectoryChange::default() };
    change::change(visit.table(), &record.id, &change).await?;
    let address = format!("/console/directories/{}/settings?saved=yes", record.id);
    Ok(see_other(&visit.frame().to(&address)))
}

/// One of the two states that the page offers.
fn state(text: &str) -> Result<State, Problem> {
    let state = text.parse().ok().filter(|state| matches!(state, State::Enabled | State::Paused));
    state.ok_or_else(|| Problem::conflict("Press one of the buttons."))
}
