//! What the [`gate`](crate::gate) keeps of each form that a session sends.

use std::time::Duration;

use directory::Table;
use directory::access::audit::{Action, store};
use directory::id::DirectoryId;
use directory::retry::within;

use crate::visit::Visit;

/// How long keeping it may take.
const TIME: Duration = Duration::from_secs(2);
/// The longest id, and the longest choice, in characters.
const LONGEST: usize = 40;
/// Fields of forms that say what was chosen. None of them holds a name or a secret.
const CHOICES: [&str; 3] = ["decision", "state", "setting"];

/// In a response: a session began.
#[derive(Debug, Clone)]
pub(crate) struct Began {
    /// Who has it.
    pub(crate) by: String,
    /// The directory that it is bound to; `None` for one of the team.
    pub(crate) directory: Option<DirectoryId>,
}

/// A form that was admitted.
pub(crate) struct Trace {
    table: Table,
    what: &'static str,
    target: Option<String>,
    choice: Option<String>,
}

impl Trace {
    /// The form of `visit`, sent to `route`.
    pub(crate) fn of(route: &'static str, visit: &Visit) -> Self {
        let of_form = Some(visit.form.get("id")).filter(|_| visit.form.all("id").count() == 1);
        let target = visit.target().or(of_form).filter(|id| is_short(id)).map(str::to_owned);
        let choice = CHOICES.into_iter().map(|name| visit.form.get(name)).find(|choice| is_short(choice));
        Self { table: visit.table().clone(), what: route, target, choice: choice.map(str::to_owned) }
    }

    /// Stores that `by` sent it, and got this status. The response does not depend on it: what fails is
    /// logged.
    pub(crate) async fn keep(self, directory: Option<&DirectoryId>, by: String, status: u16) {
        let Self { table, what, target, choice } = self;
        let action = Action { by, what: what.to_owned(), target, choice, status };
        if let Err(error) = within(TIME, store(&table, directory, &action)).await {
            let error = &error as &dyn std::error::Error;
            tracing::error!(error, route = what, "an action in the console is not in its audit");
        }
    }
}

fn is_short(text: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    (1..=LONGEST).contains(&text.len()) && text.chars().all(is_plain)
}
