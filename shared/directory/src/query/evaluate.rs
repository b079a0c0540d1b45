//! What a filter is asked of, and what is sorted: the resource as a client would see it,
//! with as many of its members or groups as filter and order speak of.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use scim::filter::bind::{Bound, BoundPath};
use scim::model::doc::Doc;
use scim::model::member::Member;
use scim::model::resource_type::ResourceType;
use scim::render::{Facts, render};
use scim::sort::sort_value;
use serde_json::{Value, json};

use super::needs::{Needs, needs, to_sort};
use super::sort_key;
use crate::error::Error;
use crate::id::ListVersion;
use crate::keys::Key;
use crate::members::list::MemberList;
use crate::members::membership::{element, member};
use crate::members::of_user::groups_of;
use crate::members::read::members_of;
use crate::resource::get;
use crate::resource::stored::Stored;
use crate::tenant::Tenant;

/// Members of one group that a filter may be tried on.
const MOST_MEMBERS: usize = 100_000;

/// A filter and an order, ready to be asked of candidates.
pub(super) struct Sight<'a> {
    scope: &'a Tenant,
    kind: &'a ResourceType,
    filter: Option<&'a Bound>,
    sort: Option<&'a BoundPath>,
    base: &'a str,
    needs: Needs,
    /// The group among whose members the candidates were found.
    via: Option<String>,
    /// Groups that the filter names, read once.
    groups: BTreeMap<String, Option<Stored>>,
    /// Memberships of the candidates at hand that can decide the filter.
    known: HashMap<Key, Member>,
    /// By group, the member lists that an answer of "no" rests on: a list may be replaced, and the
    /// old one swept, while it is looked at.
    lists: BTreeMap<String, Option<ListVersion>>,
}

impl<'a> Sight<'a> {
    pub(super) fn new(
        scope: &'a Tenant,
        kind: &'a ResourceType,
        filter: Option<&'a Bound>,
        sort: Option<&'a BoundPath>,
        base: &'a str,
    ) -> Self {
        let attribute = if kind.has_members() { "members" } else { "groups" };
        let asked = filter.map_or(Needs::Nothing, |filter| needs(filter, attribute));
        let needs = asked.and(sort.map_or(Needs::Nothing, |path| to_sort(path, attribute)));
        let (groups, lists) = (BTreeMap::new(), BTreeMap::new());
        Self { scope, kind, filter, sort, base, needs, via: None, groups, known: HashMap::new(), lists }
    }

    /// The candidates are the members of `group` in its member list `list`.
    pub(super) fn found_among(&mut self, group: &str, list: Option<&ListVersion>) {
        self.via = Some(group.to_owned());
        self.lists.insert(group.to_owned(), list.cloned());
    }

    /// Reads what [`matches`](Self::matches) will look at.
    pub(super) async fn prepare(&mut self, candidates: &[&Stored]) -> Result<(), Error> {
        let Needs::Values(ids) = self.needs.clone() else { return Ok(()) };
        let keys = if self.kind.has_members() {
            candidates.iter().flat_map(|group| ids.iter().filter_map(|id| self.key(group, id))).collect()
        } else {
            self.read_groups(&ids).await?;
            let named = self.groups.values().flatten();
            let named = named.filter(|group| self.via.as_ref() != Some(&group.resource.id));
            named
                .flat_map(|group| candidates.iter().filter_map(|user| self.key(group, &user.resource.id)))
                .collect()
        };
        let found = self.scope.store.read_all(keys).await?;
        self.known = found.into_iter().filter_map(|(key, item)| Some((key, member(&item)?))).collect();
        Ok(())
    }

    /// Whether the filter matches `stored`, one of those prepared.
    pub(super) async fn matches(&mut self, stored: &Stored) -> Result<bool, Error> {
        let Some(filter) = self.filter else { return Ok(true) };
        Ok(filter.matches(&self.seen(stored).await?))
    }

    /// What `stored`, one of those prepared, is sorted by; `None` when the filter does not
    /// match it.
    pub(super) async fn sorts_as(&mut self, stored: &Stored) -> Result<Option<String>, Error> {
        let doc = self.seen(stored).await?;
        if self.filter.is_some_and(|filter| !filter.matches(&doc)) {
            return Ok(None);
        }
        let value = self.sort.and_then(|path| sort_value(&doc, path));
        Ok(Some(sort_key::whole(value.as_ref())))
    }

    /// Whether every member list that was looked at is still its group's.
    pub(super) async fn holds(&self) -> Result<bool, Error> {
        if self.lists.is_empty() {
            return Ok(true);
        }
        let kind = ResourceType::group();
        let keys = self.lists.keys().map(|id| self.scope.key(&kind, id)).collect();
        let now = self.scope.store.read_all(keys).await?;
        for (id, list) in &self.lists {
            let group = now.get(&self.scope.key(&kind, id)).map(Stored::read).transpose()?;
            if group.and_then(|group| group.list) != *list {
                return Ok(false);
            }
        }
        Ok(true)
    }

    async fn seen(&mut self, stored: &Stored) -> Result<Doc, Error> {
        let mut doc = stored.resource.doc.clone();
        let (attribute, elements) = if self.kind.has_members() {
            ("members", self.members(stored).await?)
        } else {
            ("groups", self.groups(stored).await?)
        };
        if !elements.is_empty() {
            doc.insert(attribute.to_owned(), Value::Array(elements));
        }
        let resource = &stored.resource;
        let facts = Facts {
            id: &resource.id,
            created: &resource.created,
            last_modified: &resource.last_modified,
            version: &resource.etag(),
        };
        Ok(render(self.kind, &facts, doc, self.base))
    }

    fn key(&self, group: &Stored, member: &str) -> Option<Key> {
        Some(MemberList::open(group)?.key(&self.scope.directory, member))
    }

    async fn members(&mut self, group: &Stored) -> Result<Vec<Value>, Error> {
        let (members, sure) = match &self.needs {
            Needs::Nothing => return Ok(Vec::new()),
            Needs::Values(ids) => {
                let known: Vec<Value> =
                    ids.iter().filter_map(|id| self.known.get(&self.key(group, id)?)).map(element).collect();
                let sure = known.len() == ids.len();
                (known, sure)
            }
            Needs::All => {
                let all = members_of(self.scope, group, MOST_MEMBERS).await?.ok_or_else(|| {
                    Error::TooMany(format!(
                        "the filter would have to look at the members of a group of more than {MOST_MEMBERS}: \
                         ask for one member with `members.value eq \"<id>\"`"
                    ))
                })?;
                (all.iter().map(element).collect(), false)
            }
        };
        if !sure {
            self.lists.insert(group.resource.id.clone(), group.list.clone());
        }
        Ok(members)
    }

    async fn groups(&self, user: &Stored) -> Result<Vec<Value>, Error> {
        match &self.needs {
            Needs::Nothing => Ok(Vec::new()),
            Needs::All => groups_of(self.scope, &user.resource.id).await,
            Needs::Values(_) => {
                let id = &user.resource.id;
                let named = self.groups.values().flatten();
                let joined = named.filter(|group| {
                    self.via.as_ref() == Some(&group.resource.id)
                        || self.key(group, id).is_some_and(|key| self.known.contains_key(&key))
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
            let group = get::find(self.scope, &kind, id).await?;
            if let Some(group) = &group {
                self.lists.entry(id.clone()).or_insert_with(|| group.list.clone());
            }
            self.groups.insert(id.clone(), group);
        }
        Ok(())
    }
}
