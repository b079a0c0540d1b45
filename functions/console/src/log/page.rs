//! What both pages of the log have in common.

use std::collections::BTreeMap;

use directory::access::credential;
use maud::{Markup, html};

use crate::layout::Frame;
use crate::problem::Problem;
use crate::visit::Visit;

/// Access tokens whose names are known.
const NAMED: u16 = 100;

/// What pages of the log need.
pub(super) struct Log<'a> {
    pub(super) frame: Frame,
    /// The path of the log.
    path: String,
    /// The names of access tokens, by id.
    names: BTreeMap<String, String>,
    pub(super) visit: &'a Visit,
}

impl<'a> Log<'a> {
    /// The log of the directory that `visit` is about.
    pub(super) async fn new(visit: &'a Visit) -> Result<Self, Problem> {
        let record = visit.record()?;
        let (credentials, _) = credential::list(visit.table(), &record.id, None, NAMED).await?;
        let names = credentials.into_iter().map(|one| (one.id.to_string(), one.label)).collect();
        let path = format!("/console/directories/{}/log", record.id);
        Ok(Self { frame: visit.frame(), path, names, visit })
    }

    pub(super) fn link(&self, query: &str) -> String {
        self.frame.to(&format!("{}{query}", self.path))
    }

    /// The name of an access token, or else its id.
    pub(super) fn name<'b>(&'b self, id: &'b str) -> &'b str {
        self.names.get(id).map_or(id, String::as_str)
    }

    /// Leads from changes to refused requests, and back.
    pub(super) fn tabs(&self, is_refused: bool) -> Markup {
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
