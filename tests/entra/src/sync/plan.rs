//! Which objects a cycle evaluates: those that changed since they were exported, and those that
//! failed.

use std::collections::BTreeSet;

use data_encoding::HEXLOWER;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::engine::Engine;
use super::state::State;
use crate::mapping::Kind;
use crate::source::{Directory, Group, Person};

/// What a cycle evaluates.
pub(crate) struct Plan<'a> {
    pub(crate) people: Vec<&'a Person>,
    pub(crate) groups: Vec<&'a Group>,
    /// Objects whose disabling or deletion is held back.
    pub(crate) staged: BTreeSet<(Kind, String)>,
}

/// A hash of an object's content.
pub(crate) fn hash(object: &impl Serialize) -> String {
    let text = serde_json::to_vec(object).unwrap_or_default();
    let digest: Vec<u8> = Sha256::digest(&text).iter().take(16).copied().collect();
    HEXLOWER.encode(&digest)
}

/// Removes the access of people and groups that the source no longer contains.
pub(crate) fn complete(directory: &mut Directory, state: &State) {
    for (id, user) in state.users.iter().filter(|(_, user)| user.active) {
        let missing = || Person {
            id: id.clone(),
            attributes: [].into(),
            manager: user.manager.clone(),
            assigned: false,
            enabled: true,
            soft_deleted: false,
            purged: false,
        };
        directory.people.entry(id.clone()).or_insert_with(missing);
    }
    for id in state.groups.keys() {
        let missing =
            || Group { id: id.clone(), attributes: [].into(), members: BTreeSet::new(), gone: true };
        directory.groups.entry(id.clone()).or_insert_with(missing);
    }
}

impl Engine {
    /// The objects to evaluate.
    pub(crate) fn plan<'a>(&self, directory: &'a Directory) -> Plan<'a> {
        let groups = self.options.mapping.groups.is_some();
        self.store.with(|state| {
            let due = |kind, id: &str, hash: String| {
                let key = (kind, id.to_owned());
                state.escrows.contains_key(&key) || state.seen.get(&key) != Some(&hash)
            };
            let people = directory.people.values().filter(|it| due(Kind::User, &it.id, hash(it))).collect();
            let groups: Vec<&Group> = match groups {
                true => directory.groups.values().filter(|it| due(Kind::Group, &it.id, hash(it))).collect(),
                false => Vec::new(),
            };
            let mut plan = Plan { people, groups, staged: BTreeSet::new() };
            let ends = ends(&plan, state);
            if self.options.deletion_threshold.is_some_and(|threshold| ends.len() > threshold) {
                plan.staged = ends;
            }
            plan
        })
    }
}

/// The objects that would be disabled or deleted.
fn ends(plan: &Plan<'_>, state: &State) -> BTreeSet<(Kind, String)> {
    let people = plan.people.iter().filter(|person| {
        let link = state.users.get(&person.id);
        link.is_some_and(|link| person.is_soft_deleted() && (link.active || person.purged && person.assigned))
    });
    let people = people.map(|person| (Kind::User, person.id.clone()));
    let groups = plan.groups.iter().filter(|group| group.gone && state.groups.contains_key(&group.id));
    people.chain(groups.map(|group| (Kind::Group, group.id.clone()))).collect()
}
