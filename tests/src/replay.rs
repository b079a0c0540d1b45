//! A consumer of the event log: rebuilds a directory from its events, and checks each of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

use directory::Table;
use directory::events;
use directory::id::DirectoryId;
use serde_json::Value;

use crate::endpoint::Endpoint;
use crate::runtime::block_on;

/// Resources by type and id, and the members of each group.
type Content<'a> = (&'a BTreeMap<(String, String), Value>, &'a BTreeMap<String, BTreeSet<String>>);

/// A directory as its events describe it.
#[derive(Debug, Default, PartialEq)]
pub struct Replay {
    /// The resources that exist, by type and id, as their last event shows them.
    pub resources: BTreeMap<(String, String), Value>,
    /// The members of each group.
    pub members: BTreeMap<String, BTreeSet<String>>,
    /// The types of the events, with the ids that they are about.
    pub types: Vec<(String, String)>,
    /// The sequence number of the last event.
    pub sequence: u64,
    /// What is not as consumers may expect, although the content may be right.
    pub odd: Vec<String>,
    /// The last event of each resource, and its last version.
    last: BTreeMap<(String, String), u64>,
    versions: BTreeMap<(String, String), u64>,
    /// Resources that were named as members before they were created.
    early: BTreeSet<(String, String)>,
}

impl Replay {
    /// Reads the log of `directory` from its beginning.
    ///
    /// # Panics
    /// When an event does not follow from those before it.
    #[must_use]
    pub fn of(table: &Table, directory: &DirectoryId) -> Self {
        let mut replay = Self::default();
        loop {
            let page =
                block_on(events::after(table, directory, replay.sequence, 100, |_| true)).expect("a page");
            page.events.iter().for_each(|event| replay.apply(event));
            assert_eq!(page.next, replay.sequence);
            if !page.has_more {
                let early =
                    replay.early.iter().map(|name| format!("a member before it was created: {name:?}"));
                replay.odd.extend(early);
                return replay;
            }
        }
    }

    /// The users and groups that `scim` lists, in the same form: without events.
    ///
    /// # Panics
    /// When they cannot be listed.
    #[must_use]
    pub fn expected(scim: &Endpoint) -> Self {
        let mut replay = Self::default();
        for (kind, path) in [("User", "/Users"), ("Group", "/Groups")] {
            let mut start = 1;
            loop {
                let page = scim.get(path).query("startIndex", &start.to_string()).send().json();
                let count = replay.list(kind, &page);
                if count == 0 {
                    break;
                }
                start += count;
            }
        }
        replay
    }

    /// Adds the resources of the type `kind` in `page`, a list response. Returns their number.
    ///
    /// # Panics
    /// When a resource has no id.
    pub fn list(&mut self, kind: &str, page: &Value) -> usize {
        let resources = page["Resources"].as_array().cloned().unwrap_or_default();
        let count = resources.len();
        for mut resource in resources {
            let id = resource["id"].as_str().expect("an id").to_owned();
            if kind == "Group" {
                let members = resource["members"].as_array().cloned().unwrap_or_default();
                let ids = members.iter().filter_map(|member| member["value"].as_str());
                self.members.insert(id.clone(), ids.map(str::to_owned).collect());
            }
            strip(&mut resource);
            self.resources.insert((kind.to_owned(), id), resource);
        }
        count
    }

    /// The resources and the members: what two directories are compared by.
    #[must_use]
    pub fn content(&self) -> Content<'_> {
        (&self.resources, &self.members)
    }

    /// What differs from `expected`, by resource, as text.
    #[must_use]
    pub fn differences(&self, expected: &Self) -> Vec<String> {
        let mut found = differences("resource", &self.resources, &expected.resources);
        found.extend(differences("members of", &self.members, &expected.members));
        found
    }

    /// Takes in the next event.
    ///
    /// # Panics
    /// When it does not follow from those before it.
    pub fn apply(&mut self, event: &Value) {
        let text = |pointer: &str| event.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
        assert_eq!(event["sequence"], self.sequence + 1, "a gap or a duplicate: {event}");
        self.sequence += 1;
        let name = (text("/resource/type").to_owned(), text("/resource/id").to_owned());
        if text("/type").starts_with("held.") {
            self.types.push((text("/type").to_owned(), name.1));
            return;
        }
        assert_eq!(event["prior"].as_u64(), self.last.insert(name.clone(), self.sequence), "{event}");
        if ["Directory", "Credential", "Client"].contains(&&*name.0) {
            return;
        }
        let what = text("/type").split_once('.').expect("a type").1;
        self.types.push((text("/type").to_owned(), name.1.clone()));
        match what {
            "created" => {
                if self.members.values().any(|ids| ids.contains(&name.1)) {
                    self.early.insert(name.clone());
                }
                self.change(&name, event, false);
                if name.0 == "Group" {
                    self.members.insert(name.1, BTreeSet::new());
                }
            }
            "updated" | "disabled" | "enabled" => self.change(&name, event, true),
            "deleted" => {
                assert!(self.resources.remove(&name).is_some(), "it was not there: {event}");
                self.versions.remove(&name);
                if event["actor"].is_null() {
                    self.odd.push(format!("deleted without an actor: {event}"));
                }
                self.members.remove(&name.1);
                // It was deleted already when the log came to know of its membership.
                self.early.remove(&name);
            }
            "members_changed" => {
                let members = self.members.get_mut(&name.1).unwrap_or_else(|| panic!("no group: {event}"));
                let ids = |list: &str| event["data"][list].as_array().cloned().unwrap_or_default();
                for id in ids("removed") {
                    assert!(members.remove(id.as_str().expect("an id")), "{id} was no member: {event}");
                }
                for id in ids("added") {
                    assert!(
                        members.insert(id.as_str().expect("an id").to_owned()),
                        "{id} was a member: {event}"
                    );
                }
            }
            _ => panic!("an unknown type: {event}"),
        }
    }

    fn change(&mut self, name: &(String, String), event: &Value, existed: bool) {
        let mut resource = event["data"].clone();
        strip(&mut resource);
        let version = event["resource"]["version"].as_u64().unwrap_or_else(|| panic!("no version: {event}"));
        if self.versions.insert(name.clone(), version).is_some_and(|last| version <= last) {
            self.odd.push(format!("the version does not increase: {event}"));
        }
        let before = self.resources.insert(name.clone(), resource);
        assert_eq!(before.is_some(), existed, "{event}");
    }
}

fn differences<K: Ord + Debug, V: PartialEq + Debug>(
    what: &str,
    is: &BTreeMap<K, V>,
    should_be: &BTreeMap<K, V>,
) -> Vec<String> {
    let names: BTreeSet<&K> = is.keys().chain(should_be.keys()).collect();
    let differing = names.into_iter().filter(|name| is.get(name) != should_be.get(name));
    differing
        .map(|name| format!("{what} {name:?}: {:?}, and not {:?}", is.get(name), should_be.get(name)))
        .collect()
}

/// Removes what is not part of an event, or differs.
pub(crate) fn strip(resource: &mut Value) {
    if let Some(resource) = resource.as_object_mut() {
        for derived in ["members", "groups", "meta", "schemas"] {
            resource.remove(derived);
        }
        // The manager's, in the enterprise extension.
        let managers = resource.values_mut().filter_map(|part| part.get_mut("manager")?.as_object_mut());
        managers.for_each(|manager| drop(manager.remove("$ref")));
    }
}
