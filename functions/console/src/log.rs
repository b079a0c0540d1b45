//! The provisioning log: what identity providers changed in a directory, and which of their requests were
//! refused, without personal data.

pub(crate) mod changes;
pub(crate) mod filter;
pub(crate) mod page;
pub(crate) mod refused;

mod action;

use http::StatusCode;
use maud::html;

use self::page::Log;
use crate::problem::Answer;
use crate::visit::Visit;

/// The page: changes, or with `show=refused` refused requests.
pub(crate) async fn show(visit: Visit) -> Answer {
    let log = Log::new(&visit).await?;
    let is_refused = log.filter.is_refused;
    let content = if is_refused { refused::show(&log).await? } else { changes::show(&log).await? };
    let setup = log.frame.to(&format!("/console/directories/{}/setup", visit.record()?.id));
    let content = html! {
        (content)
        p { a href=(setup) { "Back to the set-up page" } }
    };
    let title = if is_refused { "Refused requests" } else { "Provisioning log" };
    Ok(log.frame.page(StatusCode::OK, title, &content))
}
