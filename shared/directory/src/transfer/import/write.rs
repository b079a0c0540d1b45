//! Writing packs, and what a refusal means for each line of one.

use std::collections::{BTreeMap, HashMap};

use super::outcome::{Done, Options, Outcome};
use super::pack::{Pack, Part};
use super::record::Record;
use crate::error::Error;
use crate::id::WriteId;
use crate::keys::{Item, Key, n, optional_text, s};
use crate::resource::index::user_name_key;
use crate::resource::stored::Stored;
use crate::store::{Change, Written};
use crate::tenant::Tenant;
use table::name;

/// Whose change a change of a transaction is.
enum Whose {
    Resource(usize),
    Entry(usize, String),
    Counter,
}

impl Tenant {
    /// Writes the resources of a pack together, without those that are refused.
    pub(super) async fn write_pack(
        &self,
        mut pack: Pack,
        options: Options,
    ) -> Result<Vec<(usize, Outcome)>, Error> {
        let mut outcomes = Vec::new();
        if options.dry_run {
            self.foresee(&mut pack, &mut outcomes).await?;
        }
        while !pack.parts.is_empty() {
            let write = WriteId::new();
            let (changes, whose) = self.changes(&pack.parts, &write);
            let refused = if options.dry_run {
                Vec::new()
            } else {
                match self.store.write(&changes, &write.token()).await? {
                    Written::Done(_) => Vec::new(),
                    Written::Refused(refused) => refused,
                }
            };
            if refused.is_empty() {
                let created = pack.parts.iter().map(|(number, (record, _))| {
                    (*number, Outcome::new(Done::Created, &record.kind.name, &record.id))
                });
                outcomes.extend(created);
                break;
            }
            for (at, found) in refused {
                let (number, attribute) = match whose.get(at) {
                    Some(Whose::Resource(number)) => (*number, None),
                    Some(Whose::Entry(number, attribute)) => (*number, Some(&**attribute)),
                    Some(Whose::Counter) | None => continue,
                };
                // One may be refused for several reasons: the first counts.
                if let Some((record, _)) = pack.parts.remove(&number) {
                    outcomes.push((number, self.refusal(&record, attribute, found).await?));
                }
            }
        }
        Ok(outcomes)
    }

    /// Takes out of `pack` what would be refused.
    async fn foresee(&self, pack: &mut Pack, outcomes: &mut Vec<(usize, Outcome)>) -> Result<(), Error> {
        let mut keys: HashMap<Key, (usize, Option<String>)> = HashMap::new();
        for (number, (record, part)) in &pack.parts {
            keys.insert(self.key(&record.kind, &record.id), (*number, None));
            for entry in part.entries.iter().filter(|entry| entry.unique) {
                let key = self.entry_key(&record.kind, entry, &record.id);
                keys.insert(key, (*number, Some(entry.attribute.clone())));
            }
        }
        let found = self.store.read_all(keys.keys().cloned().collect()).await?;
        for (key, item) in found {
            let Some((number, attribute)) = keys.get(&key) else { continue };
            if let Some((record, part)) = pack.parts.remove(number) {
                let own = attribute.is_some() && optional_text(&item, name::ID) == Some(&record.id);
                if own {
                    pack.parts.insert(*number, (record, part));
                } else {
                    outcomes.push((*number, self.refusal(&record, attribute.as_deref(), Some(item)).await?));
                }
            }
        }
        Ok(())
    }

    fn changes(&self, parts: &BTreeMap<usize, (Record, Part)>, write: &WriteId) -> (Vec<Change>, Vec<Whose>) {
        let (mut changes, mut whose) = (Vec::new(), Vec::new());
        let mut counts: BTreeMap<&str, (&Record, i64)> = BTreeMap::new();
        for (number, (record, part)) in parts {
            changes.push(self.new_resource(record, part, write, None));
            whose.push(Whose::Resource(*number));
            for entry in &part.entries {
                changes.push(self.add_entry(&record.kind, entry, &record.id));
                whose.push(Whose::Entry(*number, entry.attribute.clone()));
            }
            counts.entry(&record.kind.name).or_insert((record, 0)).1 += 1;
        }
        for (record, count) in counts.into_values() {
            changes.push(self.count_many(&record.kind, count));
            whose.push(Whose::Counter);
        }
        (changes, whose)
    }

    /// The item of a new resource; `list` is the epoch and number of its members.
    pub(super) fn new_resource(
        &self,
        record: &Record,
        part: &Part,
        write: &WriteId,
        list: Option<(&str, usize)>,
    ) -> Change {
        let mut item = HashMap::from([
            (name::DOC.to_owned(), s(&*part.text)),
            (name::VERSION.to_owned(), n(1)),
            (name::CREATED.to_owned(), s(&*record.created)),
            (name::LAST_MODIFIED.to_owned(), s(&*record.last_modified)),
            (name::BY.to_owned(), s(self.by.to_string())),
            (name::WRITE.to_owned(), s(write.token())),
        ]);
        if let Some(key) = user_name_key(&part.entries) {
            item.insert(name::USER_NAME_KEY.to_owned(), s(key));
        }
        for (attribute, value) in [
            (name::IMPORTED, &record.imported),
            (name::LINKED, &record.linked),
            (name::UNVERIFIED, &record.unverified),
        ] {
            if let Some(value) = value {
                item.insert(attribute.to_owned(), s(&**value));
            }
        }
        if record.kind.has_members() {
            let fresh = crate::id::resource_id();
            let (epoch, size) = list.unwrap_or((&fresh, 0));
            item.insert(name::MEMBERS_VERSION.to_owned(), n(1));
            item.insert(name::EPOCH.to_owned(), s(epoch));
            item.insert(name::SIZE.to_owned(), n(size));
        }
        Change::put(self.key(&record.kind, &record.id), item)
            .only_if("attribute_not_exists(#pk)")
            .name("#pk", name::PK)
    }

    /// What it means that the resource, or the entry of `attribute`, was not written; `found`
    /// is what is there.
    pub(super) async fn refusal(
        &self,
        record: &Record,
        attribute: Option<&str>,
        found: Option<Item>,
    ) -> Result<Outcome, Error> {
        let Some(attribute) = attribute else {
            let same = found.as_ref().is_some_and(|item| is_same(item, record));
            return Ok(if same {
                Outcome::new(Done::Unchanged, &record.kind.name, &record.id)
            } else {
                Outcome::refused(Some(record), "another resource has this `id`, or this one has changed")
            });
        };
        // Whoever sends no id has been imported before when all else is the same.
        let owner = found.as_ref().and_then(|entry| optional_text(entry, name::ID));
        if let (Some(owner), false) = (owner, record.sent_id)
            && let Some(item) = self.store.read(&self.key(&record.kind, owner)).await?
            && is_same(&item, record)
        {
            return Ok(Outcome::new(Done::Unchanged, &record.kind.name, owner));
        }
        Ok(Outcome::refused(Some(record), format!("another resource has this `{attribute}`")))
    }
}

fn is_same(item: &Item, record: &Record) -> bool {
    Stored::read(item).is_ok_and(|stored| stored.resource.doc == record.doc)
}
