//! Evaluating a filter and a sort attribute: on the resource as a client would see it, with as many of its
//! members or groups as they need.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use scim::filter::bound::{Bound, BoundPath};
use scim::model::doc::Doc;
use scim::model::member::Member;
use scim::model::resource_type::ResourceType;
use scim::render::{Facts, render};
use scim::sort::sort_value;
use serde_json::{Value, json};
use table::item::Key;

use super::needs::{Needs, needs, to_sort};
use super::sort_key;
use crate::error::Error;
use crate::id::ListVersion;
use crate::members::list::MemberList;
use crate::members::membership::{element, member};
use crate::members::of_user::groups_of;
use crate::members::read::members_of;
use crate::resource::get;
use crate::resource::stored::{Resource, Stored};
use crate::tenant::Tenant;

/// Members of one group that a filter may be evaluated on.
const MAX_MEMBERS: usize = 100_000;

/// What is evaluated on candidates of one type.
#[derive(Debug, Clone, Copy)]
pub(super) struct Expression<'a> {
    pub(super) kind: &'a ResourceType,
    pub(super) filter: Option<&'a Bound>,
    pub(super) sort: Option<&'a BoundPath>,
    /// The URL up to and with `/scim/v2`.
    pub(super) base: &'a str,
}

/// Evaluates an expression.
pub(super) struct Evaluator<'a> {
    tenant: &'a Tenant,
    expression: Expression<'a>,
    needs: Needs,
    /// The group among whose members the candidates were found.
    found_in: Option<String>,
    /// Groups that the filter names, read once.
    groups: BTreeMap<String, Option<Stored>>,
    /// The memberships of the prepared candidates that can decide the filter.
    memberships: HashMap<Key, Member>,
    /// By group, the member lists that negative results depend on: a list may be replaced, and the old one
    /// removed, while it is evaluated.
    lists: BTreeMap<String, Option<ListVersion>>,
}

impl<'a> Evaluator<'a> {
    pub(super) fn new(tenant: &'a Tenant, expression: Expression<'a>) -> Self {
        let attribute = if expression.kind.has_members() { "members" } else { "groups" };
        let filter = expression.filter.map_or(Needs::Nothing, |filter| needs(filter, attribute));
        let sort = expression.sort.map_or(Needs::Nothing, |path| to_sort(path, attribute));
        let (groups, memberships, lists) = (BTreeMap::new(), HashMap::new(), BTreeMap::new());
        Self { tenant, expression, needs: filter.and(sort), found_in: None, groups, memberships, lists }
    }

    /// The candidates are the members of `group` in its member list `list`.
    pub(super) fn found_among(&mut self, group: &str, list: Option<&ListVersion>) {
        self.found_in = Some(group.to_owned());
        self.lists.insert(group.to_owned(), list.cloned());
    }

    /// Reads what [`matches`](Self::matches) and [`sort_key`](Self::sort_key) need.
    pub(super) async fn prepare<'s>(
        &mut self,
        candidates: impl Iterator<Item = &'s Stored> + Clone,
    ) -> Result<(), Error> {
        let Needs::Values(ids) = self.needs.clone() else { return Ok(()) };
        let keys = if self.expression.kind.has_members() {
            candidates.flat_map(|group| ids.iter().filter_map(|id| self.key(group, id))).collect()
        } else {
            self.read_groups(&ids).await?;
            let named = self.groups.values().flatten();
            let named = named.filter(|group| self.found_in.as_ref() != Some(&group.resource.id));
            named
                .flat_map(|group| candidates.clone().filter_map(|user| self.key(group, &user.resource.id)))
                .collect()
        };
        let found = self.tenant.table().get_many(keys).await?;
        self.memberships = found.into_iter().filter_map(|(key, item)| Some((key, member(&item)?))).collect();
        Ok(())
    }

    /// Whether the filter matches `stored`, one of the prepared candidates.
    pub(super) async fn matches(&mut self, stored: &Stored) -> Result<bool, Error> {
        let Some(filter) = self.expression.filter else { return Ok(true) };
        Ok(filter.matches(&self.rendered(stored).await?))
    }

    /// The sort key of `stored`, one of the prepared candidates; `None` when the filter does not match it.
    pub(super) async fn sort_key(&mut self, stored: &Stored) -> Result<Option<String>, Error> {
        let doc = self.rendered(stored).await?;
        if self.expression.filter.is_some_and(|filter| !filter.matches(&doc)) {
            return Ok(None);
        }
        let value = self.expression.sort.and_then(|path| sort_value(&doc, path));
        Ok(Some(sort_key::whole(value.as_ref())))
    }

    /// Whether every member list that was evaluated is still its group's.
    pub(super) async fn is_current(&self) -> Result<bool, Error> {
        if self.lists.is_empty() {
            return Ok(true);
        }
        let kind = ResourceType::group();
        let keys = self.lists.keys().map(|id| self.tenant.key(&kind, id)).collect();
        let now = self.tenant.table().get_many(keys).await?;
        for (id, list) in &self.lists {
            let group = now.get(&self.tenant.key(&kind, id)).map(Stored::read).transpose()?;
            if group.and_then(|group| group.list) != *list {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// `stored` as a client would see it, with what is needed of its members or groups.
    async fn rendered(&mut self, stored: &Stored) -> Result<Doc, Error> {
        let mut doc = stored.resource.doc.clone();
        let (attribute, elements) = if self.expression.kind.has_members() {
            ("members", self.members(stored).await?)
        } else {
            ("groups", self.groups(stored).await?)
        };
        if !elements.is_empty() {
            doc.insert(attribute.to_owned(), Value::Array(elements));
        }
        Ok(rendered(self.expression.kind, &stored.resource, doc, self.expression.base))
    }

    fn key(&self, group: &Stored, member: &str) -> Option<Key> {
        Some(MemberList::open(group)?.key(&self.tenant.directory, member))
    }

    async fn members(&mut self, group: &Stored) -> Result<Vec<Value>, Error> {
        let (members, certain) = match &self.needs {
            Needs::Nothing => return Ok(Vec::new()),
            Needs::Values(ids) => {
                let found = ids.iter().filter_map(|id| self.memberships.get(&self.key(group, id)?));
                let found: Vec<Value> = found.map(element).collect();
                let certain = found.len() == ids.len();
                (found, certain)
            }
            Needs::All => {
                let all = members_of(self.tenant, group, MAX_MEMBERS).await?.ok_or_else(|| {
                    Error::TooMany(format!(
                        "the filter would have to read the members of a group with more than {MAX_MEMBERS} members: \
                         ask for one member with `members.value eq \"<id>\"`"
                    ))
                })?;
                (all.iter().map(element).collect(), false)
            }
        };
        if !certain {
            self.lists.insert(group.resource.id.clone(), group.list.clone());
        }
        Ok(members)
    }

    async fn groups(&self, user: &Stored) -> Result<Vec<Value>, Error> {
        match &self.needs {
            Needs::Nothing => Ok(Vec::new()),
            Needs::All => groups_of(self.tenant, &user.resource.id).await,
            Needs::Values(_) => {
                let id = &user.resource.id;
                let named = self.groups.values().flatten();
                let joined = named.filter(|group| {
                    self.found_in.as_ref() == Some(&group.resource.id)
                        || self.key(group, id).is_some_and(|key| self.memberships.contains_key(&key))
                });
                Ok(joined
                    .map(|group| {
                        let display = group.resource.doc.get("displayName");
                        json!({ "value": group.resource.id, "type": "direct", "display": display })
                    })
                    .collect())
            }
        }
    }

    /// Reads the groups that the filter names, once.
    async fn read_groups(&mut self, ids: &BTreeSet<String>) -> Result<(), Error> {
        let kind = ResourceType::group();
        for id in ids {
            if self.groups.contains_key(id) {
                continue;
            }
            let group = get::find(self.tenant, &kind, id).await?;
            if let Some(group) = &group {
                self.lists.entry(id.clone()).or_insert_with(|| group.list.clone());
            }
            self.groups.insert(id.clone(), group);
        }
        Ok(())
    }
}

/// `resource` with the attributes `doc`, as a client sees it before projection.
pub(super) fn rendered(kind: &ResourceType, resource: &Resource, doc: Doc, base: &str) -> Doc {
    let version = resource.etag();
    let facts = Facts {
        id: &resource.id,
        created: &resource.created,
        last_modified: &resource.last_modified,
        version: &version,
    };
    render(kind, &facts, doc, base)
}
