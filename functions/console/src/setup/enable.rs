//! Enabling a directory, once all conditions are accepted.

use directory::registry::setup;
use http::StatusCode;

use super::page;
use crate::layout::see_other;
use crate::problem::Answer;
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
    // In any other state there is nothing to enable; the page shows the state.
    setup::enable(visit.table(), &record.id, &conditions, visit.by()).await?;
    Ok(see_other(&visit.frame().to(&format!("/console/directories/{}/setup", record.id))))
}
