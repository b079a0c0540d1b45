//! The guard: disables and deletes of users that wait for a person, instead of going to the log.
//!
//! What a client writes is never held back, only the event. A disable or delete of a user becomes a *held
//! change*: an item next to the log, one for each user. Further changes of the user are combined with it, so
//! that it always leads from what the log says to what the directory has. A user who is active again has
//! nothing that waits: what else has changed goes to the log.
//!
//! A held change is *due* after some seconds. If no more users were disabled or deleted in the window than
//! the rules allow, it goes to the log then ([`mod@super::decide`]). If more were, the hold is *open*: all
//! held changes stay until a person approves or rejects them. The changes of protected users are never due.
//!
//! The state, the held changes and the marks are written in one transaction, so a record that comes again is
//! not counted again.

use std::collections::{BTreeMap, BTreeSet};

use scim::model::resource_type::ResourceType;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use table::Table;
use table::item::{Item, text};
use table::name::HELD;

use super::content::{Body, Difference, is_active};
use super::event::Name;
use super::mark::{Revisions, revision};
use super::rules::{Above, Hold, Rules};
use crate::clock;
use crate::error::Error;
use crate::id::DirectoryId;
use crate::keys;
use crate::registry::record::{self, DirectoryRecord};
use crate::resource::counter;
use crate::tenant::Tenant;
use crate::upkeep::sweep::sweeper;

/// Slots of the window. What was counted in one slot leaves the window together.
const SLOTS: i64 = 60;

/// The attributes before a change that decisions need, and how long the text of each may be, in bytes.
const REDUCED: [&str; 3] = ["id", "userName", "active"];
const SHORT: usize = 1000;

/// A change of a resource, as the log would report it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Change {
    /// The resource before; absent if it was created.
    pub(super) before: Option<Body>,
    /// The resource after; absent if it was deleted.
    pub(super) after: Option<Body>,
    /// Whether `before` lacks attributes: all of it would not fit an item, or the person was erased.
    #[serde(default, rename = "partial", skip_serializing_if = "std::ops::Not::not")]
    pub(super) is_partial: bool,
    /// When, RFC 3339.
    pub(super) time: String,
    pub(super) actor: Option<String>,
}

/// A change that is not in the log yet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Held {
    #[serde(flatten)]
    pub(super) change: Change,
    /// Since when it is held, in seconds since 1970.
    pub(super) since: i64,
    /// When it goes to the log unless the hold is open, in seconds since 1970. Absent for a protected user.
    pub(super) due: Option<i64>,
    /// Whether a person has rejected it.
    #[serde(rename = "rejected")]
    pub(super) is_rejected: bool,
}

/// What the guard of a directory counts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Counts {
    /// Held changes that no one has rejected.
    pub(super) waiting: u64,
    /// Disables and deletes in the window: when a slot began, in seconds since 1970, and how many it has.
    recent: Vec<(i64, u64)>,
    /// How many users the directory had when the window was empty.
    users: u64,
    /// Since when there are changes that wait for a person, in seconds since 1970.
    pub(super) opened: Option<i64>,
    /// Whether that is so because too many users were disabled or deleted.
    #[serde(rename = "open")]
    pub(super) is_open: bool,
}

/// What is reported of the guard itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Notice {
    /// There are changes that wait for a person; with these counts.
    Opened(Value),
    /// There are none any more.
    Closed,
}

/// What the guard writes and reports.
#[derive(Debug)]
pub(super) struct Taken {
    pub(super) state: Counts,
    /// What is held of these resources now.
    pub(super) held: Vec<(Name, Option<Held>)>,
    /// When held changes are due, in seconds since 1970.
    pub(super) due: Option<i64>,
    pub(super) notices: Vec<Notice>,
}

/// The guard of one directory.
#[derive(Debug, Default)]
pub(super) struct Guard {
    rules: Rules,
    pub(super) state: Counts,
    held: BTreeMap<Name, Held>,
    /// In seconds since 1970.
    now: i64,
    /// What is to be written, with the next step.
    touched: BTreeSet<Name>,
    /// When a change that was held now is due.
    due: Option<i64>,
    notices: Vec<Notice>,
    /// Which revisions of the log had written the state and what is held.
    pub(super) revisions: Revisions,
}

impl Held {
    pub(super) fn read(item: &Item) -> Result<Self, Error> {
        serde_json::from_str(text(item, HELD)?).map_err(|_| Error::corrupt(HELD))
    }

    /// The same with little of what was before, so that it fits an item.
    pub(super) fn reduced(&self) -> Self {
        let mut reduced = self.clone();
        reduced.change.is_partial = true;
        if let Some(before) = &mut reduced.change.before {
            before.retain(|name, value| REDUCED.contains(&&**name) && value.to_string().len() <= SHORT);
        }
        reduced
    }

    /// The same without what it says of the person.
    pub(super) fn erased(&self) -> Self {
        let mut erased = self.clone();
        erased.change.is_partial = true;
        for body in [&mut erased.change.before, &mut erased.change.after].into_iter().flatten() {
            body.retain(|name, _| name == "id");
        }
        erased
    }
}

impl Change {
    /// What its event says.
    pub(super) fn difference(&self, name: &Name) -> Difference {
        let difference = Difference::of(name, self.before.as_ref(), self.after.as_ref());
        if self.is_partial { Difference { previous: None, ..difference } } else { difference }
    }

    /// Whether it disables or deletes a user.
    fn ends(&self, name: &Name) -> bool {
        name.0 == ResourceType::user().name
            && match (&self.before, &self.after) {
                (None, _) => false,
                (Some(_), None) => true,
                (Some(before), Some(after)) => is_active(before) && !is_active(after),
            }
    }
}

impl Guard {
    /// The guard of `directory`, if it may have to hold disables or deletes of users. Otherwise one that holds
    /// nothing.
    ///
    /// # Errors
    /// The table's own.
    pub(super) async fn read_if_set(table: &Table, directory: &DirectoryId) -> Result<Self, Error> {
        let record = record::read(table, directory).await?;
        let is_set = record.is_some_and(|record| Rules::of(&record.settings) != Rules::default());
        if is_set { Self::read(table, directory, &BTreeSet::new()).await } else { Ok(Self::default()) }
    }

    /// The guard of `directory`, with what it holds of `names`.
    ///
    /// # Errors
    /// The table's own.
    pub(super) async fn read(
        table: &Table,
        directory: &DirectoryId,
        names: &BTreeSet<Name>,
    ) -> Result<Self, Error> {
        let (record, state) = (keys::directory(directory), keys::guard(directory));
        let mut wanted = vec![record.clone(), state.clone()];
        wanted.extend(names.iter().map(|(kind, id)| keys::held(directory, kind, id)));
        let mut found = table.get_many(wanted).await?;
        let record = found.remove(&record).as_ref().map(DirectoryRecord::from_item).transpose()?;
        let rules = record.map(|record| Rules::of(&record.settings)).unwrap_or_default();
        let mut guard = Self { rules, now: clock::seconds(), ..Self::default() };
        if let Some(item) = found.remove(&state) {
            guard.revisions.insert(state, revision(&item));
            guard.state = Counts::read(&item)?;
        }
        for name in names {
            if let Some((key, item)) = found.remove_entry(&keys::held(directory, &name.0, &name.1)) {
                guard.revisions.insert(key, revision(&item));
                guard.held.insert(name.clone(), Held::read(&item)?);
            }
        }
        if let Some(Hold { above, within, .. }) = guard.rules.hold {
            guard.state.recent.retain(|(began, _)| *began > guard.now - within);
            let is_known = !guard.state.recent.is_empty() && guard.state.users > 0;
            if matches!(above, Above::Percent(_)) && !is_known {
                let tenant = Tenant::new(table.clone(), directory.clone(), sweeper()?);
                guard.state.users = counter::total(&tenant, &ResourceType::user()).await?;
            }
        }
        Ok(guard)
    }

    /// What is held of `name`.
    pub(super) fn held(&self, name: &Name) -> Option<&Held> {
        self.held.get(name)
    }

    /// The number of disables and deletes in the window above which the hold opens; `None` without rules.
    pub(super) fn limit(&self) -> Option<u64> {
        self.rules.hold.as_ref().map(|hold| match hold.above {
            Above::Users(users) => users,
            Above::Percent(percent) => self.state.users.saturating_mul(percent) / 100,
        })
    }

    /// Takes in a change of `name`. Returns what goes to the log: nothing if the change is held, or if it
    /// undoes what was held.
    pub(super) fn judge(&mut self, name: &Name, change: Change) -> Option<Change> {
        let Some(was) = self.held.remove(name) else {
            if !change.ends(name) {
                return Some(change);
            }
            return match self.hold(name, &change) {
                None => Some(change),
                Some(held) => {
                    self.store(name, held);
                    None
                }
            };
        };
        if !was.is_rejected {
            self.state.waiting = self.state.waiting.saturating_sub(1);
        }
        let change =
            Change { before: was.change.before.clone(), is_partial: was.change.is_partial, ..change };
        let next = Held { change: change.clone(), ..was.clone() };
        let difference = change.difference(name);
        let held = match change.ends(name) {
            false => None,
            // What was rejected is a disable; a delete after it is another matter.
            true if was.is_rejected && was.change.difference(name).what != difference.what => {
                self.hold(name, &change)
            }
            true => Some(next),
        };
        match held {
            Some(held) => {
                self.store(name, held);
                None
            }
            None => {
                self.touched.insert(name.clone());
                self.close();
                (!difference.is_empty()).then_some(change)
            }
        }
    }

    /// Releases what is held of `name`: it goes to the log.
    pub(super) fn release(&mut self, name: &Name) -> Option<Change> {
        let held = self.held.remove(name)?;
        if !held.is_rejected {
            self.state.waiting = self.state.waiting.saturating_sub(1);
        }
        self.touched.insert(name.clone());
        self.close();
        Some(held.change)
    }

    /// Rejects what is held of `name`: it stays out of the log.
    pub(super) fn reject(&mut self, name: &Name) {
        if let Some(held) = self.held.get_mut(name).filter(|held| !held.is_rejected) {
            held.is_rejected = true;
            self.state.waiting = self.state.waiting.saturating_sub(1);
            self.touched.insert(name.clone());
            self.close();
        }
    }

    /// Closes the hold when nothing waits any more. The count begins again.
    pub(super) fn close(&mut self) {
        if self.state.waiting == 0 && self.state.opened.is_some() {
            self.state = Counts { users: self.state.users, ..Counts::default() };
            self.notices.push(Notice::Closed);
        }
    }

    /// What is to be written and reported since the last call; `None` if nothing is.
    pub(super) fn take(&mut self) -> Option<Taken> {
        let touched = std::mem::take(&mut self.touched);
        let notices = std::mem::take(&mut self.notices);
        if touched.is_empty() && notices.is_empty() {
            return None;
        }
        let held = touched.into_iter().map(|name| {
            let held = self.held.get(&name).cloned();
            (name, held)
        });
        Some(Taken { held: held.collect(), state: self.state.clone(), due: self.due.take(), notices })
    }

    fn store(&mut self, name: &Name, held: Held) {
        self.state.waiting += u64::from(!held.is_rejected);
        self.touched.insert(name.clone());
        self.held.insert(name.clone(), held);
    }

    /// `change`, which disables or deletes a user, as it is held; `None` if it is not.
    fn hold(&mut self, name: &Name, change: &Change) -> Option<Held> {
        let user_name = change.before.as_ref().and_then(|before| before.get("userName")?.as_str());
        let is_protected = self.rules.protects(&name.1, user_name);
        if self.rules.hold.is_none() && !is_protected {
            return None;
        }
        if let Some(hold) = &self.rules.hold {
            self.state.count(self.now, hold.within);
        }
        let is_above = self.limit().is_some_and(|limit| self.state.recent() > limit);
        let opens = is_above && !self.state.is_open;
        self.state.is_open |= is_above;
        if opens || (is_protected && self.state.opened.is_none()) {
            self.state.opened.get_or_insert(self.now);
            let reason = if opens { "threshold" } else { "protected" };
            let data = json!({ "reason": reason, "changes": self.state.recent(), "above": self.limit() });
            self.notices.push(Notice::Opened(data));
        }
        let settle = self.rules.hold.as_ref().filter(|_| !is_protected).map(|hold| hold.settle);
        let due = settle.map(|settle| self.now + settle);
        self.due = self.due.max(due);
        Some(Held { change: change.clone(), since: self.now, due, is_rejected: false })
    }
}

impl Counts {
    pub(super) fn read(item: &Item) -> Result<Self, Error> {
        serde_json::from_str(text(item, HELD)?).map_err(|_| Error::corrupt(HELD))
    }

    /// How many disables and deletes the window has.
    pub(super) fn recent(&self) -> u64 {
        self.recent.iter().map(|(_, count)| count).sum()
    }

    fn count(&mut self, now: i64, within: i64) {
        let width = (within / SLOTS).max(1);
        match self.recent.last_mut() {
            Some((began, count)) if now < *began + width => *count += 1,
            _ => self.recent.push((now, 1)),
        }
    }
}
