//! Enabling a directory, once all conditions are accepted.

use directory::registry::record;
use directory::registry::setup;
use directory::registry::state::State;
use http::StatusCode;

use super::page;
use crate::layout::see_other;
use crate::problem::{Answer, Problem};
use crate::systems::conditions;
use crate::visit::Visit;

/// Stores who accepted which texts, and enables the directory.
pub(crate) async fn enable(visit: Visit) -> Answer {
    let record = visit.record()?;
    let conditions = conditions(record);
    // The texts as they are now: one that has changed since the page was shown was not accepted.
    let is_accepted = |condition: &String| visit.form.all("condition").any(|ticked| ticked == condition);
    if !conditions.iter().all(is_accepted) {
        let wrong = "Tick every condition. Nothing was changed.";
        return page(&visit, StatusCode::BAD_REQUEST, Some(wrong)).await;
    }
    if !setup::enable(visit.table(), &record.id, &conditions, visit.by()).await? {
        // In any other state there is nothing to enable; the page shows the state.
        let found = record::read(visit.table(), &record.id).await?;
        if found.is_some_and(|found| found.state == State::Disabled) {
            let text =
                "The team of this service has disabled user provisioning. Only the team can enable it again.";
            return Err(Problem::conflict(text));
        }
    }
    Ok(see_other(&visit.frame().to(&format!("/console/directories/{}/setup", record.id))))
}
