//! What both pages of the log have in common.

use std::collections::BTreeMap;

use directory::access::credential;
use directory::access::oauth::client;
use directory::access::session::Realm;
use maud::{Markup, html};

use super::filter::Filter;
use crate::clients::is_visible;
use crate::layout::Frame;
use crate::limits::covers;
use crate::problem::Problem;
use crate::visit::Visit;

/// Access tokens, and OAuth clients, whose names are known.
const NAMED: u16 = 50;
/// Characters of a name that are shown: a page has a limit.
const SHORT: usize = 50;

/// What pages of the log need.
pub(crate) struct Log<'a> {
    pub(crate) frame: Frame,
    /// The path of the directory.
    path: String,
    /// The names of access tokens and OAuth clients that the session may see, by id.
    names: BTreeMap<String, String>,
    pub(super) filter: Filter,
    pub(super) visit: &'a Visit,
}

/// Entries that were found, the newest first.
pub(crate) struct Found<T> {
    pub(crate) rows: Vec<T>,
    /// Where the next page begins, if there may be more.
    pub(super) next: Option<String>,
    /// Whether the search has stopped before the page was full.
    pub(super) is_early: bool,
}

impl<'a> Log<'a> {
    /// The log of the directory that `visit` is about.
    pub(crate) async fn new(visit: &'a Visit) -> Result<Self, Problem> {
        let record = visit.record()?;
        let (tokens, clients) = tokio::try_join!(
            credential::list(visit.table(), &record.id, None, NAMED),
            client::list(visit.table(), &record.id, None, NAMED),
        )?;
        let tokens = tokens.0.into_iter().filter(|one| covers(visit, one.scopes));
        let tokens = tokens.map(|one| (one.id.to_string(), short(&one.label)));
        let clients = clients.0.into_iter().filter(|one| is_visible(visit, one));
        let clients = clients.map(|one| (one.id.to_string(), short(&one.label)));
        Ok(Self {
            frame: visit.frame(),
            path: format!("/console/directories/{}", record.id),
            names: tokens.chain(clients).collect(),
            filter: Filter::read(&visit.query),
            visit,
        })
    }

    /// The address of the page of the log with this query.
    pub(crate) fn link(&self, query: &str) -> String {
        self.frame.to(&format!("{}/log{query}", self.path))
    }

    /// The page of the resource `id`, if there is one and the session may see it.
    pub(super) fn page_of(&self, kind: &str, id: &str) -> Option<String> {
        let folder = match kind {
            "User" => "people",
            "Group" => "groups",
            _ => return None,
        };
        (self.frame.realm == Some(Realm::Team))
            .then(|| self.frame.to(&format!("{}/{folder}/{id}", self.path)))
    }

    /// The name of an access token, or else its id.
    pub(super) fn name<'b>(&'b self, id: &'b str) -> &'b str {
        self.names.get(id).map_or(id, String::as_str)
    }

    /// Leads from changes to refused requests, and back. The filter stays.
    pub(super) fn tabs(&self) -> Markup {
        let tabs = [("Changes", false), ("Refused requests", true)];
        html! {
            ul .choice {
                @for (name, is_refused) in tabs {
                    @let is_here = is_refused == self.filter.is_refused;
                    li {
                        a href=(self.link(&self.filter.of_page(is_refused).query(&[]))) aria-current=[is_here.then_some("page")] {
                            (name)
                        }
                    }
                }
            }
        }
    }

    /// The form that sets the filter.
    pub(super) fn form(&self) -> Markup {
        let mut names: BTreeMap<&str, &str> = self.names.iter().map(|(id, name)| (&**id, &**name)).collect();
        if let Some(chosen) = &self.filter.credential {
            names.entry(chosen).or_insert(chosen);
        }
        let names = names.into_iter();
        let people = self.frame.to(&format!("{}/people", self.path));
        let look_up = (self.frame.realm == Some(Realm::Team)).then_some(people);
        let fields = self.filter.fields(names, look_up.as_deref());
        let all = Filter { is_refused: self.filter.is_refused, ..Filter::default() };
        html! {
            details open[self.filter.is_set()] {
                summary { "Filter" }
                (self.frame.query_form(&format!("{}/log", self.path), &fields))
            }
            @if self.filter.is_wrong {
                p .wrong role="alert" { "The filter has an invalid value. Correct it and press " strong { "Show" } "." }
            }
            @if self.filter.is_set() { p { a href=(self.link(&all.query(&[]))) { "Without the filter" } } }
        }
    }

    /// Leads to the entries that follow `found`, of those that `filter` accepts; `field` says where they begin.
    pub(crate) fn older<T>(&self, filter: &Filter, found: &Found<T>, field: &str, label: &str) -> Markup {
        let link = |next: &str| self.link(&filter.query(&[(field, next)]));
        html! {
            @match &found.next {
                Some(next) if found.is_early => {
                    p .note { "Only a part of the log was searched for this page. Older entries: " a href=(link(next)) { "continue" } "." }
                }
                Some(next) => p { a href=(link(next)) { (label) } },
                None => {}
            }
        }
    }
}

fn short(name: &str) -> String {
    name.chars().take(SHORT).collect()
}
