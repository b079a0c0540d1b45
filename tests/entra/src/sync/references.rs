//! References: managers of users, members of groups. They come last, when both ends exist.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use futures_util::StreamExt;
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use super::engine::Engine;
use super::failure::Failure;
use super::log::{Line, property};
use super::plan::Plan;
use super::state::{Entry, Membership, UNKNOWN};
use crate::mapping::Kind;
use crate::source::{Directory, Group, Person};
use crate::wire::patch;

/// Concurrent requests for one group.
const PER_GROUP: usize = 5;

/// One PATCH of members.
struct Batch<'a> {
    group: &'a Group,
    target: String,
    add: bool,
    /// Source and target ids.
    members: Vec<(String, String)>,
}

impl Engine {
    /// Sets managers and members of the evaluated objects, and of all objects that refer to a
    /// user who appeared in this cycle.
    pub(crate) async fn references(&self, directory: &Directory, plan: &Plan<'_>) {
        let appeared = self.tally().appeared.clone();
        let mut people: BTreeMap<&str, &Person> = plan.people.iter().map(|p| (p.id.as_str(), *p)).collect();
        if !appeared.is_empty() {
            let reports = directory.people.values();
            let reports = reports.filter(|it| it.manager.as_ref().is_some_and(|id| appeared.contains(id)));
            people.extend(reports.map(|person| (person.id.as_str(), person)));
        }
        self.progress.doing("managers");
        let people: Vec<&Person> = people.into_values().filter(|it| self.has_new_manager(it)).collect();
        self.progress.more(people.len());
        let managers = people.into_iter().map(|person| self.manager(person));
        futures_util::stream::iter(managers).buffer_unordered(self.options.concurrency).collect::<()>().await;

        if self.options.mapping.groups.as_ref().is_none_or(|rows| rows.reference("members").is_none()) {
            return;
        }
        let mut groups: BTreeMap<&str, &Group> = plan.groups.iter().map(|it| (it.id.as_str(), *it)).collect();
        if !appeared.is_empty() {
            let theirs = directory.groups.values().filter(|it| !it.members.is_disjoint(&appeared));
            groups.extend(theirs.map(|group| (group.id.as_str(), group)));
        }
        self.progress.doing("members");
        let batches: Vec<Batch<'_>> = groups.into_values().flat_map(|group| self.batches(group)).collect();
        self.progress.more(batches.len());
        let gates: BTreeMap<&str, Semaphore> =
            batches.iter().map(|batch| (batch.group.id.as_str(), Semaphore::new(PER_GROUP))).collect();
        let work = batches.iter().map(|batch| async {
            let gate = gates.get(batch.group.id.as_str());
            let _permit = match gate {
                Some(gate) => gate.acquire().await.ok(),
                None => None,
            };
            self.members(batch).await;
        });
        futures_util::stream::iter(work).buffer_unordered(self.options.concurrency).collect::<()>().await;
    }

    /// The wanted manager at the target: source and target id. `None` where it must not change.
    fn wanted_manager(&self, person: &Person) -> Option<Option<(String, String)>> {
        if person.is_soft_deleted() || self.options.mapping.users.reference("manager").is_none() {
            return None;
        }
        self.store.with(|state| {
            let link = state.users.get(&person.id)?;
            let wanted = person
                .manager
                .as_ref()
                .and_then(|id| Some((id.clone(), state.users.get(id)?.target.clone())));
            // A manager who is not at the target yet does not replace the present one.
            let unsettled = person.manager.is_some() && wanted.is_none();
            (!unsettled && link.manager != wanted.as_ref().map(|(id, _)| id.clone())).then_some(wanted)
        })
    }

    fn has_new_manager(&self, person: &Person) -> bool {
        self.wanted_manager(person).is_some()
    }

    async fn manager(&self, person: &Person) {
        let started = Instant::now();
        let row = self.options.mapping.users.reference("manager");
        if let (false, Some(row), Some(wanted)) = (self.quarantined(), row, self.wanted_manager(person)) {
            let link = self.store.with(|state| state.users.get(&person.id).cloned());
            let Some(link) = link else { return };
            let source = person.id.clone();
            self.store.record(Entry::Manager { source: source.clone(), manager: Some(UNKNOWN.to_owned()) });
            let target = wanted.as_ref().map(|(_, target)| target.as_str());
            let operations = patch::manager(self.dialect, &row.target, link.manager.is_some(), target);
            let result = self.patch(Kind::User, &link.target, operations).await;
            if result.is_ok() {
                self.store
                    .record(Entry::Manager { source, manager: wanted.as_ref().map(|(id, _)| id.clone()) });
                self.count("managers", 1);
            }
            let changed = property(row.target.text(), link.manager.map(Value::from), target.map(Value::from));
            self.log_reference(
                "manager",
                Kind::User,
                (&person.id, person.name()),
                started,
                vec![changed],
                result,
            );
        }
        self.progress.step();
    }

    /// The members to add and to remove. Users who are no longer at the target have already
    /// left its groups.
    fn batches<'a>(&self, group: &'a Group) -> Vec<Batch<'a>> {
        let mut gone = Vec::new();
        let batches = self.store.with(|state| {
            let Some(link) = state.groups.get(&group.id).filter(|_| !group.gone) else { return Vec::new() };
            let of = |id: &String| Some((id.clone(), state.users.get(id)?.target.clone()));
            let wanted: BTreeSet<(String, String)> = group.members.iter().filter_map(of).collect();
            let (mut add, mut remove) = (Vec::new(), Vec::new());
            for pair in &wanted {
                if link.members.get(&pair.0) != Some(&true) {
                    add.push(pair.clone());
                }
            }
            for id in link.members.keys().filter(|id| !wanted.iter().any(|(wanted, _)| wanted == *id)) {
                match of(id) {
                    Some(pair) => remove.push(pair),
                    None => gone.push(id.clone()),
                }
            }
            let size = self.options.members.max(1);
            let batch = |add: bool, members: &[(String, String)]| Batch {
                group,
                target: link.target.clone(),
                add,
                members: members.to_vec(),
            };
            let removed = remove.chunks(size).map(|members| batch(false, members));
            removed.chain(add.chunks(size).map(|members| batch(true, members))).collect()
        });
        if !gone.is_empty() {
            self.membership(group, gone, Membership::Gone);
        }
        batches
    }

    async fn members(&self, batch: &Batch<'_>) {
        if self.quarantined() {
            return self.progress.step();
        }
        let started = Instant::now();
        let sources: Vec<String> = batch.members.iter().map(|(source, _)| source.clone()).collect();
        let targets: Vec<String> = batch.members.iter().map(|(_, target)| target.clone()).collect();
        let operations = match batch.add {
            true => {
                // Recorded before it is sent, because it may arrive although its
                // response is lost.
                self.membership(batch.group, sources.clone(), Membership::Maybe);
                patch::add_members(self.dialect, &targets)
            }
            false => patch::remove_members(self.dialect, &targets),
        };
        let result = self.patch(Kind::Group, &batch.target, operations).await;
        if result.is_ok() {
            let (state, counted) = match batch.add {
                true => (Membership::There, "members added"),
                false => (Membership::Gone, "members removed"),
            };
            self.membership(batch.group, sources, state);
            self.count(counted, targets.len());
        }
        let ids = Some(json!(targets));
        let changed = if batch.add { property("members", None, ids) } else { property("members", ids, None) };
        let names = (batch.group.id.as_str(), batch.group.name());
        self.log_reference("members", Kind::Group, names, started, vec![changed], result);
        self.progress.step();
    }

    fn membership(&self, group: &Group, members: Vec<String>, state: Membership) {
        self.store.record(Entry::Members { group: group.id.clone(), members, state });
    }

    fn log_reference(
        &self,
        step: &'static str,
        kind: Kind,
        (source, name): (&str, &str),
        started: Instant,
        changed: Vec<Value>,
        result: Result<(), Failure>,
    ) {
        let target = self.store.with(|state| state.target(kind, source).map(str::to_owned));
        let cycle = self.tally().cycle;
        self.log.write(&Line {
            cycle,
            step,
            action: "Update",
            kind,
            source,
            name,
            target: target.as_deref(),
            changed,
            millis: started.elapsed().as_millis(),
            failure: result.as_ref().err(),
            skipped: None,
        });
        if let Err(failure) = result {
            self.count("failed", 1);
            self.fail_reference(kind, source, failure);
        }
    }
}
