//! Finding people and groups by an exact value, by an index: never by reading all.

use std::sync::Arc;

use directory::error::Error;
use directory::query::{Allowance, PageStart, Part, Query};
use directory::resource::stored::Resource;
use directory::{Wants, events};
use gateway::http::error::Failure;
use scim::filter::compile::compile;
use scim::model::resource_type::ResourceType;
use serde_json::Value;

use super::page::open;
use crate::problem::Problem;
use crate::visit::Visit;

/// The most that may have one value.
const MOST: usize = 100;

/// A way to look up.
pub(super) struct Lookup {
    /// The type.
    pub(super) kind: &'static str,
    /// The attribute, as a filter names it.
    pub(super) attribute: &'static str,
    /// What it is called on the page.
    pub(super) label: &'static str,
}

impl Lookup {
    const fn new(kind: &'static str, attribute: &'static str, label: &'static str) -> Self {
        Self { kind, attribute, label }
    }

    pub(super) fn noun(&self) -> &'static str {
        if self.kind == "User" { "person" } else { "group" }
    }

    pub(super) fn plural(&self) -> &'static str {
        if self.kind == "User" { "People" } else { "Groups" }
    }
}

pub(super) static LOOKUPS: [Lookup; 7] = [
    Lookup::new("User", "userName", "user name"),
    Lookup::new("User", "emails.value", "e-mail address"),
    Lookup::new("User", "externalId", "external id"),
    Lookup::new("User", "id", "id"),
    Lookup::new("Group", "displayName", "name"),
    Lookup::new("Group", "externalId", "external id"),
    Lookup::new("Group", "id", "id"),
];

/// What a look-up found.
pub(super) enum Found {
    None,
    /// One, which may be deleted.
    Id(String),
    Some(Vec<Resource>),
    /// More than can be shown.
    Many,
    /// The directory has no such index.
    NotIndexed,
}

/// The users or groups that have `value`.
pub(super) async fn find(visit: &Visit, lookup: &Lookup, value: &str) -> Result<Found, Problem> {
    let record = visit.record()?;
    if lookup.attribute == "id" {
        return by_id(visit, lookup.kind, value).await;
    }
    let profile = visit.app.profiles.get(&record.profile).map_err(|error| {
        tracing::error!(error = &error as &dyn std::error::Error, "a profile cannot be used");
        Problem::from(Failure::internal())
    })?;
    // Of indexes that are being filled not all is known.
    let profile = record.asking(&profile);
    let kind = profile.resource_type(lookup.kind).filter(|kind| kind.index_on(lookup.attribute).is_some());
    let Some(kind) = kind else { return Ok(Found::NotIndexed) };
    // A profile may have an attribute that no filter may use.
    let filter = compile(&format!("{} eq {}", lookup.attribute, Value::from(value)), kind).ok();
    let Some(filter) = filter else { return Ok(Found::NotIndexed) };
    let (kind, wants) = (Arc::clone(kind), Wants::default());
    let part = Part { kind, filter: Some(filter), sort: None, wants, projection: None };
    let query = Query {
        parts: vec![part],
        order: None,
        start: PageStart::Index(1),
        count: MOST as u64,
        base: String::new(),
        max_candidates: MOST,
        allowance: Allowance::Unlimited,
    };
    let page = match open(visit)?.list(&query).await {
        Err(Error::TooMany(_)) => return Ok(Found::Many),
        page => page?,
    };
    let mut resources: Vec<Resource> = page.resources.into_iter().map(|(_, resource)| resource).collect();
    Ok(match resources.len() {
        0 => Found::None,
        1 => resources.pop().map_or(Found::None, |one| Found::Id(one.id)),
        _ => Found::Some(resources),
    })
}

/// One that exists, or that the log knows.
async fn by_id(visit: &Visit, kind: &str, id: &str) -> Result<Found, Problem> {
    let kind = if kind == "User" { ResourceType::user() } else { ResourceType::group() };
    let directory = open(visit)?;
    let exists = match directory.get(&kind, id, Wants::default()).await {
        Ok(_) => true,
        Err(Error::NotFound) => {
            events::last_about(visit.table(), &visit.record()?.id, &kind.name, id).await?.is_some()
        }
        Err(error) => return Err(error.into()),
    };
    Ok(if exists { Found::Id(id.to_owned()) } else { Found::None })
}
