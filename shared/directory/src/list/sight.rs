//! What a filter is asked of: the resource as a client would see it, with as many of its
//! members or groups as the filter speaks of.

use std::collections::{BTreeMap, BTreeSet};

use scim::filter::ast::CompareOp;
use scim::filter::bind::{Bound, BoundPath, Comparison};
use scim::model::doc::Doc;
use scim::model::resource_type::ResourceType;
use scim::render::{Facts, render};
use serde_json::{Value, json};

use super::Query;
use super::plan::Access;
use crate::error::Error;
use crate::members::{element, key};
use crate::resource::Stored;
use crate::scope::Scope;

/// Members of one group that a filter may be tried on.
const MOST_MEMBERS: usize = 100_000;

/// A filter ready to be asked of candidates.
pub(super) struct Sight<'a> {
    scope: &'a Scope,
    kind: &'a ResourceType,
    query: &'a Query,
    needs: Needs,
    /// The group among whose members the candidates were found.
    via: Option<&'a str>,
    /// Groups that the filter names, read once.
    groups: BTreeMap<String, Option<Stored>>,
}

/// How much of a membership attribute a filter looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Needs {
    Nothing,
    /// Only elements with these values can decide it.
    Values(BTreeSet<String>),
    All,
}

impl<'a> Sight<'a> {
    pub(super) fn new(
        scope: &'a Scope,
        kind: &'a ResourceType,
        query: &'a Query,
        access: &'a Access,
    ) -> Self {
        let attribute = if kind.has_members() { "members" } else { "groups" };
        let needs = query.filter.as_ref().map_or(Needs::Nothing, |filter| needs(filter, attribute));
        let via = match access {
            Access::MembersOf(group) => Some(group.as_str()),
            _ => None,
        };
        Self { scope, kind, query, needs, via, groups: BTreeMap::new() }
    }

    /// Whether asking a candidate takes reads of its own.
    pub(super) fn reads(&self) -> bool {
        self.needs != Needs::Nothing
    }

    /// Whether the query's filter matches `stored`.
    pub(super) async fn matches(&mut self, stored: &Stored) -> Result<bool, Error> {
        let Some(filter) = &self.query.filter else { return Ok(true) };
        let mut doc = stored.resource.doc.clone();
        if self.kind.has_members() {
            self.add_members(stored, &mut doc).await?;
        } else {
            self.add_groups(stored, &mut doc).await?;
        }
        let resource = &stored.resource;
        let facts = Facts {
            id: &resource.id,
            created: &resource.created,
            last_modified: &resource.last_modified,
            version: &resource.etag(),
        };
        Ok(filter.matches(&render(self.kind, &facts, doc, &self.query.base)))
    }

    async fn add_members(&self, group: &Stored, doc: &mut Doc) -> Result<(), Error> {
        let members: Vec<Value> = match &self.needs {
            Needs::Nothing => return Ok(()),
            Needs::Values(ids) => {
                self.scope.members_among(group, ids.iter()).await?.values().map(element).collect()
            }
            Needs::All => {
                let all = self.scope.members(group, MOST_MEMBERS).await?.ok_or_else(|| {
                    Error::TooMany(format!(
                        "the filter would have to look at the members of a group of more than {MOST_MEMBERS}: \
                         ask for one member with `members.value eq \"<id>\"`"
                    ))
                })?;
                all.iter().map(element).collect()
            }
        };
        if !members.is_empty() {
            doc.insert("members".to_owned(), Value::Array(members));
        }
        Ok(())
    }

    async fn add_groups(&mut self, user: &Stored, doc: &mut Doc) -> Result<(), Error> {
        let groups = match &self.needs {
            Needs::Nothing => return Ok(()),
            Needs::All => self.scope.groups_of(&user.resource.id).await?,
            Needs::Values(ids) => {
                let ids = ids.clone();
                self.named_groups(user, ids).await?
            }
        };
        if !groups.is_empty() {
            doc.insert("groups".to_owned(), Value::Array(groups));
        }
        Ok(())
    }

    /// Those of the groups `ids` that `user` is in, as of now.
    async fn named_groups(&mut self, user: &Stored, ids: BTreeSet<String>) -> Result<Vec<Value>, Error> {
        let kind = ResourceType::group();
        let mut elements = Vec::new();
        for id in ids {
            if !self.groups.contains_key(&id) {
                let group = match self.scope.stored(&kind, &id).await {
                    Ok(group) => Some(group),
                    Err(Error::NotFound) => None,
                    Err(other) => return Err(other),
                };
                self.groups.insert(id.clone(), group);
            }
            let Some(Some(group)) = self.groups.get(&id) else { continue };
            let epoch = group.epoch.as_deref().unwrap_or_default();
            let membership = key(&self.scope.directory, &id, epoch, &user.resource.id);
            if self.via == Some(&*id) || self.scope.store.read(&membership).await?.is_some() {
                let display = group.resource.doc.get("displayName");
                elements.push(json!({ "value": id, "type": "direct", "display": display }));
            }
        }
        Ok(elements)
    }
}

fn needs(filter: &Bound, attribute: &str) -> Needs {
    let about = |path: &BoundPath| path.extension.is_none() && path.attribute == attribute;
    match filter {
        Bound::And(parts) | Bound::Or(parts) => {
            parts.iter().map(|part| needs(part, attribute)).fold(Needs::Nothing, both)
        }
        Bound::Not(part) => needs(part, attribute),
        Bound::Present(path) if about(path) => Needs::All,
        Bound::Compare(comparison) if about(&comparison.path) => match named(comparison) {
            Some(value) if comparison.path.sub.as_deref() == Some("value") => value,
            _ => Needs::All,
        },
        Bound::Element { path, filter } if about(path) => element_needs(filter),
        _ => Needs::Nothing,
    }
}

/// An element that must have a certain value is the only one that can decide.
fn element_needs(filter: &Bound) -> Needs {
    match filter {
        Bound::And(parts) => {
            parts.iter().map(element_needs).find(|needs| *needs != Needs::All).unwrap_or(Needs::All)
        }
        Bound::Compare(comparison) if comparison.path.attribute == "value" => {
            named(comparison).unwrap_or(Needs::All)
        }
        _ => Needs::All,
    }
}

fn named(comparison: &Comparison) -> Option<Needs> {
    let text = comparison.value.text().filter(|_| comparison.op == CompareOp::Eq)?;
    Some(Needs::Values([text.to_owned()].into()))
}

fn both(a: Needs, b: Needs) -> Needs {
    match (a, b) {
        (Needs::All, _) | (_, Needs::All) => Needs::All,
        (Needs::Nothing, other) | (other, Needs::Nothing) => other,
        (Needs::Values(mut a), Needs::Values(b)) => {
            a.extend(b);
            Needs::Values(a)
        }
    }
}
