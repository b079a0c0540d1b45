//! The state of the client: links to target ids, exported values, objects to retry.
//!
//! On disk it is a journal of JSON lines. Each acknowledged change is appended at once, so a killed
//! client continues where it stopped. At the end of a cycle the journal is written again as a
//! whole, synced and renamed to its final name. A torn last line is ignored.

mod journal;

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use self::journal::Journal;
use crate::mapping::Kind;

/// A change of the state.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub(crate) enum Entry {
    /// The journal's first line: the endpoint, mapping and source that it belongs to.
    Begin { url: String, mapping: String, source: String },
    /// An object has this id at the target.
    Link { kind: Kind, source: String, target: String },
    /// An object no longer exists there.
    Unlink { kind: Kind, source: String },
    /// A user was made active or inactive.
    Active { source: String, active: bool },
    /// A user's manager at the target; [`UNKNOWN`] while a request is under way.
    Manager { source: String, manager: Option<String> },
    /// Members of a group.
    Members { group: String, members: Vec<String>, state: Membership },
    /// An object is exported with this hash of its source; `attributes` is the hash of what was
    /// last sent while it was in scope.
    Seen { kind: Kind, source: String, hash: String, attributes: Option<String> },
    /// An object failed and has to be retried.
    Escrow { kind: Kind, source: String, code: String },
    /// The retry succeeded.
    Cleared { kind: Kind, source: String },
    /// A cycle is complete.
    Completed { cycle: u32 },
}

/// A manager whose change was sent but not confirmed.
pub(crate) const UNKNOWN: &str = "?";

/// The known state of a membership at the target.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Membership {
    /// A request to add it is running, or its response was lost.
    Maybe,
    /// Acknowledged.
    There,
    /// Removed.
    Gone,
}

/// A linked user.
#[derive(Clone, Debug)]
pub(crate) struct User {
    pub(crate) target: String,
    pub(crate) active: bool,
    pub(crate) manager: Option<String>,
    pub(crate) attributes: Option<String>,
}

/// A linked group.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    pub(crate) target: String,
    /// Members by source id; whether they are acknowledged.
    pub(crate) members: BTreeMap<String, bool>,
}

/// A failed object.
#[derive(Clone, Debug)]
pub(crate) struct Escrow {
    pub(crate) attempts: u32,
    pub(crate) code: String,
}

/// The whole state.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) users: HashMap<String, User>,
    pub(crate) groups: HashMap<String, Group>,
    pub(crate) seen: HashMap<(Kind, String), String>,
    pub(crate) escrows: BTreeMap<(Kind, String), Escrow>,
    /// The last complete cycle; 0 is the initial one.
    pub(crate) completed: Option<u32>,
}

impl State {
    /// The id at the target.
    pub(crate) fn target(&self, kind: Kind, source: &str) -> Option<&str> {
        match kind {
            Kind::User => self.users.get(source).map(|user| user.target.as_str()),
            Kind::Group => self.groups.get(source).map(|group| group.target.as_str()),
        }
    }

    fn apply(&mut self, entry: Entry) {
        match entry {
            Entry::Begin { .. } => {}
            Entry::Link { kind: Kind::User, source, target } => {
                self.users.insert(source, User { target, active: true, manager: None, attributes: None });
            }
            Entry::Link { kind: Kind::Group, source, target } => {
                self.groups.insert(source, Group { target, members: BTreeMap::new() });
            }
            Entry::Unlink { kind, source } => {
                match kind {
                    Kind::User => self.users.remove(&source).is_some(),
                    Kind::Group => self.groups.remove(&source).is_some(),
                };
            }
            Entry::Active { source, active } => {
                if let Some(user) = self.users.get_mut(&source) {
                    user.active = active;
                }
            }
            Entry::Manager { source, manager } => {
                if let Some(user) = self.users.get_mut(&source) {
                    user.manager = manager;
                }
            }
            Entry::Members { group, members, state } => {
                if let Some(group) = self.groups.get_mut(&group) {
                    for member in members {
                        match state {
                            Membership::Maybe => group.members.insert(member, false),
                            Membership::There => group.members.insert(member, true),
                            Membership::Gone => group.members.remove(&member),
                        };
                    }
                }
            }
            Entry::Seen { kind, source, hash, attributes } => {
                if let (Some(user), Some(attributes)) = (self.users.get_mut(&source), attributes) {
                    user.attributes = Some(attributes);
                }
                self.seen.insert((kind, source), hash);
            }
            Entry::Escrow { kind, source, code } => {
                let escrow =
                    self.escrows.entry((kind, source)).or_insert(Escrow { attempts: 0, code: String::new() });
                escrow.attempts += 1;
                escrow.code = code;
            }
            Entry::Cleared { kind, source } => {
                self.escrows.remove(&(kind, source));
            }
            Entry::Completed { cycle } => self.completed = Some(cycle),
        }
    }

    /// The entries that create this state.
    fn entries(&self) -> impl Iterator<Item = Entry> + '_ {
        let users = self.users.iter().flat_map(|(source, user)| {
            let source = source.clone();
            [
                Entry::Link { kind: Kind::User, source: source.clone(), target: user.target.clone() },
                Entry::Active { source: source.clone(), active: user.active },
                Entry::Manager { source, manager: user.manager.clone() },
            ]
        });
        let groups = self.groups.iter().flat_map(|(source, group)| {
            let of = |there: bool| -> Vec<String> {
                group.members.iter().filter(|(_, it)| **it == there).map(|(id, _)| id.clone()).collect()
            };
            let name = source.clone();
            [
                Entry::Link { kind: Kind::Group, source: source.clone(), target: group.target.clone() },
                Entry::Members { group: name.clone(), members: of(true), state: Membership::There },
                Entry::Members { group: name, members: of(false), state: Membership::Maybe },
            ]
        });
        let seen = self.seen.iter().map(|((kind, source), hash)| Entry::Seen {
            kind: *kind,
            source: source.clone(),
            hash: hash.clone(),
            attributes: self.users.get(source).and_then(|user| user.attributes.clone()),
        });
        let escrows = self.escrows.iter().flat_map(|((kind, source), escrow)| {
            let entry = Entry::Escrow { kind: *kind, source: source.clone(), code: escrow.code.clone() };
            std::iter::repeat_n(entry, escrow.attempts as usize)
        });
        let completed = self.completed.map(|cycle| Entry::Completed { cycle });
        users.chain(groups).chain(seen).chain(escrows).chain(completed)
    }
}

/// The state, and its journal.
#[derive(Debug)]
pub(crate) struct Store {
    inner: Mutex<(State, Option<Journal>)>,
}

impl Store {
    /// Opens the journal, or keeps the state in memory only.
    ///
    /// # Errors
    /// The file cannot be read or belongs to another endpoint or mapping; returns the reason as
    /// text.
    pub(crate) fn open(path: Option<&Path>, begin: Entry) -> Result<Self, String> {
        let mut state = State::default();
        let journal = match path {
            Some(path) => Some(Journal::open(path, begin, |entry| state.apply(entry))?),
            None => None,
        };
        Ok(Self { inner: Mutex::new((state, journal)) })
    }

    /// Records a change, also on disk.
    pub(crate) fn record(&self, entry: Entry) {
        let (state, journal) = &mut *self.lock();
        if let Some(journal) = journal {
            journal.append(&entry);
        }
        state.apply(entry);
    }

    /// Reads from the state.
    pub(crate) fn with<T>(&self, read: impl FnOnce(&State) -> T) -> T {
        read(&self.lock().0)
    }

    /// Changes the state without a journal entry; [`Self::save`] must follow.
    pub(crate) fn forget(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.lock().0);
    }

    /// Writes the whole journal again, durably.
    ///
    /// # Errors
    /// It could not be written, now or since the last time.
    pub(crate) fn save(&self) -> Result<(), String> {
        let (state, journal) = &mut *self.lock();
        journal.as_mut().map_or(Ok(()), |journal| journal.rewrite(state.entries()))
    }

    fn lock(&self) -> MutexGuard<'_, (State, Option<Journal>)> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
