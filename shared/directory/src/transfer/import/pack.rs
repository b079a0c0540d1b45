//! As many resources as fit one transaction.

use std::collections::{BTreeMap, BTreeSet};

use scim::error::{Error as ScimError, Kind};

use super::record::Record;
use crate::error::Error;
use crate::keys::Key;
use crate::resource::index::{Entry, check_count, entries};
use crate::resource::update::checked_text;
use crate::tenant::Tenant;

/// Items of a transaction, but for the counters: one for each of a few types.
const ITEMS: usize = 94;
/// DynamoDB's limit is 4 MB.
const BYTES: usize = 3 * 1024 * 1024;

/// What a record comes to in the table.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) text: String,
    pub(super) entries: BTreeSet<Entry>,
}

/// Some records, each with the number of its line.
#[derive(Debug, Default)]
pub(super) struct Pack {
    pub(super) parts: BTreeMap<usize, (Record, Part)>,
    kinds: BTreeSet<String>,
    items: usize,
    bytes: usize,
}

impl Pack {
    pub(super) fn has_room(&self, part: &Part) -> bool {
        self.items + part.entries.len() < ITEMS
            && self.bytes + part.text.len() < BYTES
            && self.kinds.len() < 100 - ITEMS - 1
    }

    pub(super) fn add(&mut self, number: usize, record: Record, part: Part) {
        self.items += part.entries.len() + 1;
        self.bytes += part.text.len();
        self.kinds.insert(record.kind.name.clone());
        self.parts.insert(number, (record, part));
    }
}

impl Tenant {
    /// What `record` comes to. `seen` are the resources and unique values of the lines before:
    /// one transaction cannot write an item twice.
    ///
    /// # Errors
    /// When it does not fit, or another line has its id or a unique value.
    pub(super) fn part(&self, record: &Record, seen: &mut BTreeSet<Key>) -> Result<Part, Error> {
        if record.list != super::record::List::Begins {
            return Ok(Part { text: String::new(), entries: BTreeSet::new() });
        }
        let text = checked_text(&record.doc)?;
        let entries = entries(&record.kind, &record.doc);
        check_count(0, &entries)?;
        let refused = |what: &str| {
            ScimError::new(Kind::Uniqueness, format!("a line before it has this `{what}`")).into()
        };
        let unique: Vec<(Key, &str)> = std::iter::once((self.key(&record.kind, &record.id), "id"))
            .chain(
                entries
                    .iter()
                    .filter(|entry| entry.unique)
                    .map(|entry| (self.entry_key(&record.kind, entry, &record.id), &*entry.attribute)),
            )
            .collect();
        if let Some((_, what)) = unique.iter().find(|(key, _)| seen.contains(key)) {
            return Err(refused(what));
        }
        seen.extend(unique.into_iter().map(|(key, _)| key));
        Ok(Part { text, entries })
    }
}
