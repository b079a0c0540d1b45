//! One user in one cycle.

use std::time::Instant;

use serde_json::{Value, json};

use super::engine::Engine;
use super::failure::Failure;
use super::log::{Line, properties, property};
use super::object::{Found, Object, same};
use super::state::Entry;
use crate::mapping::{Kind, Objects};
use crate::source::Person;
use crate::wire::patch::Change;

/// The action, for log and table.
pub(crate) struct Done {
    pub(crate) step: &'static str,
    pub(crate) action: &'static str,
    pub(crate) counted: &'static str,
    pub(crate) changed: Vec<Value>,
    pub(crate) skipped: Option<&'static str>,
}

impl Done {
    pub(crate) fn of(
        step: &'static str,
        action: &'static str,
        counted: &'static str,
        changed: Vec<Value>,
    ) -> Self {
        Self { step, action, counted, changed, skipped: None }
    }

    pub(crate) fn skipped(reason: &'static str) -> Self {
        Self {
            step: "scope",
            action: "Other",
            counted: "skipped",
            changed: Vec::new(),
            skipped: Some(reason),
        }
    }
}

impl Engine {
    /// Evaluates one user.
    pub(crate) async fn user(&self, person: &Person, staged: bool) {
        let started = Instant::now();
        let result = if staged { Ok(staged_delete()) } else { self.evaluate_user(person).await };
        self.note(Kind::User, &person.id, person.name(), started, result);
    }

    async fn evaluate_user(&self, person: &Person) -> Result<Done, Failure> {
        let rows = &self.options.mapping.users;
        let lookup = |name: &str| person.attribute(name);
        let object = Object { kind: Kind::User, source: &person.id, rows, lookup: &lookup };
        let link = self.store.with(|state| state.users.get(&person.id).cloned());
        let Some(link) = link else {
            if person.is_soft_deleted() {
                return Ok(Done::skipped("not in scope, and never was"));
            }
            return self.appear(&object).await;
        };
        if person.purged {
            return match person.assigned {
                true => {
                    self.delete(Kind::User, &person.id, &link.target).await?;
                    Ok(Done::of("delete", "Delete", "deleted", Vec::new()))
                }
                // Users who were unassigned first are already disabled; no other
                // attribute is sent for them.
                false => Ok(Done::skipped("purged after they were unassigned")),
            };
        }
        if person.is_soft_deleted() {
            return self.disable(&object, &link.target).await;
        }
        let resource = self.get(Kind::User, &link.target).await?;
        let changes = object.changes(&resource);
        self.update(Kind::User, &link.target, &changes).await?;
        self.active(&person.id, true);
        Ok(updated(&changes, !link.active))
    }

    /// A user who may or may not exist at the target.
    async fn appear(&self, object: &Object<'_>) -> Result<Done, Failure> {
        let found = self.provision(object).await?;
        self.tally().appeared.insert(object.source.to_owned());
        match found {
            Found::Created { active } => {
                self.active(object.source, active);
                let values = object.rows.values().filter_map(|row| {
                    Some(property(row.target.text(), None, Some(row.value(object.lookup)?)))
                });
                Ok(Done::of("create", "Create", "created", values.collect()))
            }
            Found::Matched(resource) => {
                let changes = object.changes(&resource);
                let target =
                    self.store.with(|state| state.target(Kind::User, object.source).map(str::to_owned));
                self.update(Kind::User, &target.unwrap_or_default(), &changes).await?;
                self.count("matched", 1);
                Ok(updated(&changes, false))
            }
        }
    }

    /// Disables the user; deletes the user where the target has no `active`.
    async fn disable(&self, object: &Object<'_>, target: &str) -> Result<Done, Failure> {
        let Some(change) = inactive(object.rows) else {
            self.delete(Kind::User, object.source, target).await?;
            return Ok(Done::of("delete", "Delete", "deleted", Vec::new()));
        };
        let resource = self.get(Kind::User, target).await?;
        let old = change.path.read(&resource).cloned();
        let changes = if same(&change.new, old.as_ref()) { vec![] } else { vec![Change { old, ..change }] };
        self.update(Kind::User, target, &changes).await?;
        self.active(object.source, false);
        let counted = if changes.is_empty() { "unchanged" } else { "disabled" };
        Ok(Done::of("disable", "Disable", counted, properties(&changes)))
    }

    fn active(&self, source: &str, active: bool) {
        self.store.record(Entry::Active { source: source.to_owned(), active });
    }

    /// Logs and counts the outcome for an object.
    pub(crate) fn note(
        &self,
        kind: Kind,
        source: &str,
        name: &str,
        started: Instant,
        result: Result<Done, Failure>,
    ) {
        let target = self.store.with(|state| state.target(kind, source).map(str::to_owned));
        let cycle = self.tally().cycle;
        let (done, failure) = match result {
            Ok(done) => (done, None),
            Err(failure) => (Done::of("export", "Other", "failed", Vec::new()), Some(failure)),
        };
        self.log.write(&Line {
            cycle,
            step: done.step,
            action: done.action,
            kind,
            source,
            name,
            target: target.as_deref(),
            changed: done.changed,
            millis: started.elapsed().as_millis(),
            failure: failure.as_ref(),
            skipped: done.skipped,
        });
        self.count(done.counted, 1);
        if let Some(failure) = failure {
            self.fail(kind, source, failure);
        }
        self.evaluated();
        self.progress.step();
    }
}

/// The outcome for a change that is held back as a possible accidental deletion.
pub(crate) fn staged_delete() -> Done {
    Done {
        step: "delete",
        action: "StagedDelete",
        counted: "staged",
        changed: Vec::new(),
        skipped: Some("held back: more deletes and disables than the threshold"),
    }
}

/// The value of the mapping for a user who is not active.
fn inactive(rows: &Objects) -> Option<Change> {
    let row = rows.target("active")?;
    Some(Change { path: row.target.clone(), old: None, new: json!(false) })
}

pub(crate) fn updated(changes: &[Change], restored: bool) -> Done {
    let changed = properties(changes);
    match (changes.is_empty(), restored) {
        (true, _) => Done::of("read", "Other", "unchanged", changed),
        (false, true) => Done::of("restore", "Update", "restored", changed),
        (false, false) => Done::of("update", "Update", "updated", changed),
    }
}
