//! A consumer that begins with a snapshot and then follows the log, as docs/events.md describes it.

use std::collections::BTreeMap;

use directory::Table;
use directory::events;
use directory::id::DirectoryId;
use scim::model::profile::Profile;
use serde_json::Value;

use crate::replay::{Replay, strip};
use crate::runtime::block_on;

/// What a consumer keeps of a directory.
#[derive(Debug, Default)]
pub struct Mirror {
    content: Replay,
    /// The version of each resource, by type and id.
    versions: BTreeMap<(String, String), u64>,
    /// The sequence number after which the log continues.
    through: u64,
}

impl Mirror {
    /// Reads a snapshot of `directory`, in pages of at most `limit` events.
    ///
    /// # Panics
    /// When it cannot be read, or is not complete at its end.
    #[must_use]
    pub fn snapshot(table: &Table, directory: &DirectoryId, profile: &Profile, limit: u16) -> Self {
        let mut mirror = Self::default();
        let mut position = None;
        loop {
            let page = events::snapshot(table, directory, profile, position.as_deref(), limit, |_| true);
            let page = block_on(page).expect("a page");
            assert!(page.events.len() <= usize::from(limit), "{} events", page.events.len());
            page.events.iter().for_each(|event| mirror.apply(event));
            position = page.next;
            if position.is_none() {
                let last = page.events.last().expect("an event at the end");
                assert_eq!(last["type"], "directory.snapshot_completed");
                assert_eq!(last["data"]["through"], page.through);
                return Self { through: page.through, ..mirror };
            }
        }
    }

    /// Applies the log after the snapshot, as far as it goes.
    ///
    /// # Panics
    /// When it cannot be read.
    pub fn follow(&mut self, table: &Table, directory: &DirectoryId) {
        loop {
            let page = block_on(events::after(table, directory, self.through, 100, |_| true));
            let page = page.expect("a page");
            page.events.iter().for_each(|event| self.apply(event));
            self.through = page.next;
            if !page.has_more {
                return;
            }
        }
    }

    /// What differs from `expected`, as text.
    #[must_use]
    pub fn differences(&self, expected: &Replay) -> Vec<String> {
        self.content.differences(expected)
    }

    /// Applies an event of the snapshot or of the log.
    ///
    /// # Panics
    /// When its type is unknown.
    pub fn apply(&mut self, event: &Value) {
        let text = |pointer: &str| event.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
        let name = (text("/resource/type").to_owned(), text("/resource/id").to_owned());
        if ["Directory", "Credential", "Client"].contains(&&*name.0) {
            return;
        }
        let Replay { resources, members, .. } = &mut self.content;
        match text("/type").split_once('.').expect("a type").1 {
            "created" | "updated" | "disabled" | "enabled" | "snapshot" => {
                let version = event["resource"]["version"].as_u64().expect("a version");
                if self.versions.get(&name).is_some_and(|known| *known >= version) {
                    return;
                }
                let mut resource = event["data"].clone();
                strip(&mut resource);
                if name.0 == "Group" {
                    members.entry(name.1.clone()).or_default();
                }
                self.versions.insert(name.clone(), version);
                resources.insert(name, resource);
            }
            "deleted" => {
                resources.remove(&name);
                members.remove(&name.1);
                self.versions.remove(&name);
            }
            "members_changed" | "members_snapshot" => {
                let members = members.entry(name.1).or_default();
                let ids = |list: &str| event["data"][list].as_array().cloned().unwrap_or_default();
                for id in ids("removed") {
                    members.remove(id.as_str().expect("an id"));
                }
                members.extend(ids("added").iter().map(|id| id.as_str().expect("an id").to_owned()));
            }
            "snapshot_completed" => {}
            _ => panic!("an unknown type: {event}"),
        }
    }
}
