//! The provisioning log: what identity providers changed in a directory, and which of their requests were
//! refused, without personal data.

mod changes;
mod refused;

use std::collections::BTreeMap;

pub(crate) use self::changes::spelled_out;
use directory::Table;
use directory::access::credential;
use directory::id::DirectoryId;
use http::StatusCode;
use maud::{Markup, html};

use crate::layout::Frame;
use crate::problem::{Answer, Problem};
use crate::visit::Visit;

/// Access tokens whose names are known.
const NAMED: u16 = 100;

/// What pages of the log need.
struct Log<'a> {
    frame: Frame,
    /// The path of the log.
    path: String,
    /// The names of access tokens, by id.
    names: BTreeMap<String, String>,
    visit: &'a Visit,
}

/// The page: changes, or with `show=refused` refused requests.
pub(crate) async fn show(visit: Visit) -> Answer {
    let record = visit.record()?;
    let home = format!("/console/directories/{}", record.id);
    let names = names(visit.table(), &record.id).await?;
    let log = Log { frame: visit.frame(), path: format!("{home}/log"), names, visit: &visit };
    let is_refused = visit.query.get("show") == "refused";
    let content = if is_refused { refused::show(&log).await? } else { changes::show(&log).await? };
    let content = html! {
        (content)
        p { a href=(log.frame.to(&format!("{home}/setup"))) { "Back to the set-up page" } }
    };
    let title = if is_refused { "Refused requests" } else { "Provisioning log" };
    Ok(log.frame.page(StatusCode::OK, title, &content))
}

async fn names(table: &Table, directory: &DirectoryId) -> Result<BTreeMap<String, String>, Problem> {
    let (credentials, _) = credential::list(table, directory, None, NAMED).await?;
    Ok(credentials.into_iter().map(|one| (one.id.to_string(), one.label)).collect())
}

impl Log<'_> {
    fn link(&self, query: &str) -> String {
        self.frame.to(&format!("{}{query}", self.path))
    }

    /// The name of an access token, or else its id.
    fn name<'a>(&'a self, id: &'a str) -> &'a str {
        self.names.get(id).map_or(id, String::as_str)
    }

    /// Leads from changes to refused requests, and back.
    fn tabs(&self, is_refused: bool) -> Markup {
        let tabs = [("Changes", "", !is_refused), ("Refused requests", "?show=refused", is_refused)];
        html! {
            ul .choice {
                @for (name, query, is_here) in tabs {
                    li { a href=(self.link(query)) aria-current=[is_here.then_some("page")] { (name) } }
                }
            }
        }
    }
}
