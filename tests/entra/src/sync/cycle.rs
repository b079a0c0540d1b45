//! One cycle.

use std::time::Instant;

use futures_util::StreamExt;

use super::engine::{Engine, Tally};
use super::plan::{Plan, hash};
use super::report::Cycle;
use super::state::Entry;
use crate::mapping::Kind;
use crate::source::Directory;

impl Engine {
    /// Evaluates what is due: users, then groups, then references.
    ///
    /// # Errors
    /// The state could not be written.
    pub(crate) async fn cycle(&self, number: u32, directory: &Directory) -> Result<Cycle, String> {
        let (started, sent) = (Instant::now(), self.sent());
        *self.tally() = Tally { cycle: number, ..Tally::default() };
        let plan = self.plan(directory);
        self.progress.begin(number, plan.people.len() + plan.groups.len());

        self.progress.doing("users");
        let users = plan.people.iter().map(|person| async {
            if !self.quarantined() {
                self.user(person, plan.staged.contains(&(Kind::User, person.id.clone()))).await;
            }
        });
        futures_util::stream::iter(users).buffer_unordered(self.options.concurrency).collect::<()>().await;

        self.progress.doing("groups");
        let groups = plan.groups.iter().map(|group| async {
            if !self.quarantined() {
                self.group(group, plan.staged.contains(&(Kind::Group, group.id.clone()))).await;
            }
        });
        futures_util::stream::iter(groups).buffer_unordered(self.options.concurrency).collect::<()>().await;

        if !self.quarantined() {
            self.references(directory, &plan).await;
        }
        if !plan.staged.is_empty() {
            let staged = plan.staged.len();
            self.tally().quarantine.get_or_insert_with(|| {
                format!(
                    "accidental deletion prevention: {staged} deletes and disables are more than the threshold; \
                     allow them with a higher `--accidental-deletion-threshold`"
                )
            });
        }
        self.finish(number, &plan);
        self.progress.end();
        self.store.save()?;
        let tally = self.tally().clone();
        let escrows = self.store.with(|state| state.escrows.len());
        Ok(Cycle::new(
            tally,
            plan.people.len() + plan.groups.len(),
            escrows,
            self.sent() - sent,
            started.elapsed(),
        ))
    }

    /// Records what was exported, and what has to be retried.
    fn finish(&self, number: u32, plan: &Plan<'_>) {
        let tally = self.tally().clone();
        let people = plan.people.iter().map(|it| {
            let attributes = (!it.is_soft_deleted()).then(|| hash(&it.attributes));
            (Kind::User, it.id.clone(), hash(it), attributes)
        });
        let groups = plan.groups.iter().map(|it| (Kind::Group, it.id.clone(), hash(it), None));
        for (kind, source, hash, attributes) in people.chain(groups) {
            let key = (kind, source.clone());
            if plan.staged.contains(&key) || tally.quarantine.is_some() && plan.staged.is_empty() {
                continue;
            }
            if !tally.failed.contains_key(&key) && !tally.references.contains_key(&key) {
                self.store.record(Entry::Cleared { kind, source: source.clone() });
                self.store.record(Entry::Seen { kind, source, hash, attributes });
            }
        }
        for ((kind, source), failure) in tally.failed.iter().chain(&tally.references) {
            let code = failure.code.to_owned();
            self.store.record(Entry::Escrow { kind: *kind, source: source.clone(), code });
        }
        if tally.quarantine.is_none() {
            self.store.record(Entry::Completed { cycle: number });
        }
    }
}
