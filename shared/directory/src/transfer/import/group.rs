//! Groups with members: a list may be longer than a transaction, and than a line.

use std::collections::BTreeSet;

use scim::patch::apply::Patched;
use scim::patch::members::MemberChange;

use super::outcome::{Done, Options, Outcome};
use super::record::{List, Record};
use crate::error::Error;
use crate::id::{WriteId, resource_id};
use crate::resource::stored::Stored;
use crate::resource::update::Terms;
use crate::store::Written;
use crate::tenant::Tenant;

impl Tenant {
    /// The lines of one group, one after the other.
    pub(super) async fn write_lists(
        &self,
        records: Vec<(usize, Record)>,
        options: Options,
    ) -> Result<Vec<(usize, Outcome)>, Error> {
        let mut outcomes = Vec::new();
        for (number, record) in records {
            let outcome = match record.list {
                List::Begins => self.begin_list(&record, options).await?,
                List::Continues | List::Again if options.dry_run => {
                    Outcome::new(Done::MembersAdded, &record.kind.name, &record.id)
                }
                List::Continues => {
                    self.add_members(&record, MemberChange::Add(record.members.clone())).await?
                }
                List::Again => {
                    self.add_members(&record, MemberChange::Replace(record.members.clone())).await?
                }
            };
            outcomes.push((number, outcome));
        }
        Ok(outcomes)
    }

    async fn begin_list(&self, record: &Record, options: Options) -> Result<Outcome, Error> {
        // It was checked before that it fits; its own entries are no other line's.
        let part = self.part(record, &mut BTreeSet::new())?;
        let found = self.store.read(&self.key(&record.kind, &record.id)).await?;
        if let Some(item) = found {
            let same = Stored::read(&item).is_ok_and(|stored| stored.resource.doc == record.doc);
            if !same || options.dry_run {
                return self.refusal(record, None, Some(item)).await;
            }
            return self.add_members(record, MemberChange::Add(record.members.clone())).await;
        }
        if let Err(Error::Taken { attribute }) =
            self.check_free(&record.kind, part.entries.iter(), &record.id).await
        {
            return self.taken(record, &part, &attribute, options).await;
        }
        if options.dry_run {
            return Ok(Outcome::new(Done::Created, &record.kind.name, &record.id));
        }
        let (epoch, write) = (resource_id(), WriteId::new());
        self.intend(&record.id, &epoch).await?;
        self.put_members(&record.id, &epoch, &record.members).await?;
        let mut changes =
            vec![self.new_resource(record, &part, &write, Some((&epoch, record.members.len())))];
        changes.extend(part.entries.iter().map(|entry| self.add_entry(&record.kind, entry, &record.id)));
        changes.push(self.count_many(&record.kind, 1));
        match self.store.write(&changes, &write.token()).await? {
            Written::Done(_) => Ok(Outcome::new(Done::Created, &record.kind.name, &record.id)),
            Written::Refused(refused) => {
                self.abandon_members(&record.id, &epoch, &record.members).await;
                let (at, found) = refused.into_iter().next().unwrap_or((0, None));
                let entry = at.checked_sub(1).and_then(|at| part.entries.iter().nth(at));
                let outcome = self.refusal(record, entry.map(|entry| &*entry.attribute), found).await?;
                self.beside(record, outcome).await
            }
        }
    }

    /// The group's name is another's: the same group, imported before without an id, gets the
    /// members.
    async fn taken(
        &self,
        record: &Record,
        part: &super::pack::Part,
        attribute: &str,
        options: Options,
    ) -> Result<Outcome, Error> {
        let entry = part.entries.iter().find(|entry| entry.attribute == attribute && entry.unique);
        let found = match entry {
            Some(entry) => self.store.read(&self.entry_key(&record.kind, entry, &record.id)).await?,
            None => None,
        };
        let outcome = self.refusal(record, Some(attribute), found).await?;
        if options.dry_run { Ok(outcome) } else { self.beside(record, outcome).await }
    }

    /// A group that is there just so gets the line's members beside those that it has.
    async fn beside(&self, record: &Record, outcome: Outcome) -> Result<Outcome, Error> {
        match (&outcome.outcome, &outcome.id) {
            (Done::Unchanged, Some(id)) => {
                let known = Record { id: id.clone(), ..record.clone() };
                self.add_members(&known, MemberChange::Add(record.members.clone())).await
            }
            _ => Ok(outcome),
        }
    }

    async fn add_members(&self, record: &Record, change: MemberChange) -> Result<Outcome, Error> {
        let apply = |doc: &scim::model::doc::Doc| {
            Ok(Patched { doc: doc.clone(), changed: false, members: vec![change.clone()] })
        };
        match self.change(&record.kind, &record.id, Terms::default(), &apply).await {
            Ok(_) => Ok(Outcome::new(Done::MembersAdded, &record.kind.name, &record.id)),
            Err(Error::NotFound) => {
                Ok(Outcome::refused(Some(record), "its group is not there: import its first line before"))
            }
            Err(error) => Err(error),
        }
    }
}
