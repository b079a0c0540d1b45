//! What is known of directories: read for several at once.

use directory::Table;
use directory::access::activity::{self, Activity, Holder};
use directory::access::refusal::{HOUR, Refused};
use directory::events::{self, Brief, HOURS};
use directory::id::DirectoryId;
use directory::registry::record::DirectoryRecord;

use super::forecast::{Counts, Rejected, forecast};
use super::health::{ENDING, Health, Numbers, health};
use crate::guide::Provider;
use crate::problem::Problem;

/// What a refusal of these attributes is about: a reference to another resource.
const REFERENCES: [&str; 2] = ["manager", "members"];

/// What is known of one directory.
pub(crate) struct Known {
    record: DirectoryRecord,
    activity: Activity,
    log: Brief,
    /// When it was read, in seconds since 1970.
    now: i64,
}

/// What is known of `records` at `now`, in seconds since 1970, in the same order.
pub(crate) async fn look(
    table: &Table,
    records: Vec<DirectoryRecord>,
    now: i64,
) -> Result<Vec<Known>, Problem> {
    let ids: Vec<DirectoryId> = records.iter().map(|record| record.id.clone()).collect();
    let oldest = now / HOUR - i64::try_from(HOURS).unwrap_or_default() + 1;
    let (activities, logs) =
        tokio::try_join!(activity::of_all(table, &ids, oldest), events::briefs(table, &ids))?;
    let parts = records.into_iter().zip(activities).zip(logs);
    Ok(parts.map(|((record, activity), log)| Known { record, activity, log, now }).collect())
}

impl Known {
    pub(crate) fn record(&self) -> &DirectoryRecord {
        &self.record
    }

    /// When an access token was last used, in seconds since 1970.
    pub(crate) fn used(&self) -> Option<i64> {
        self.last().and_then(|holder| holder.used)
    }

    /// How many requests were refused in the last 24 hours.
    pub(crate) fn failed(&self) -> u64 {
        self.activity.refused.iter().map(|one| one.count).sum()
    }

    /// How many access tokens end within 30 days.
    pub(crate) fn ending(&self) -> usize {
        let soon = self.now..self.now + ENDING;
        self.activity.holders.iter().filter_map(|holder| holder.ends).filter(|end| soon.contains(end)).count()
    }

    /// How many changes wait for a person.
    pub(crate) fn held(&self) -> u64 {
        self.log.held
    }

    /// The refused requests of the last hours.
    pub(super) fn refused(&self) -> &[Refused] {
        &self.activity.refused
    }

    pub(crate) fn health(&self) -> Health {
        let hours = self.hours();
        let recent = Counts::newest(&hours);
        let last = self.last();
        let label = last.map_or("", |holder| &*holder.label);
        let provider = Provider::ALL.into_iter().find(|provider| label.starts_with(provider.name()));
        // Access tokens that were not made on the set-up page do not say whose they are.
        let may_be_entra = provider.is_none_or(|provider| provider == Provider::Entra);
        health(&Numbers {
            state: self.record.state,
            now: self.now,
            used: self.used(),
            ends: last.and_then(|holder| holder.ends),
            is_entra: provider == Some(Provider::Entra),
            changes: self.log.hours.total(),
            recent,
            forecast: may_be_entra.then(|| forecast(&hours, self.rejected())).flatten(),
            held: self.log.held,
        })
    }

    /// What the last hours brought, the newest first.
    pub(super) fn hours(&self) -> [Counts; HOURS] {
        let done = self.log.hours.at(self.now);
        let mut hours = done.map(|done| Counts { done, ..Counts::default() });
        for one in &self.activity.refused {
            let back = usize::try_from(self.now / HOUR - one.hour).ok();
            if let Some(counts) = back.and_then(|back| hours.get_mut(back)) {
                let is_reference =
                    one.last.attribute.as_deref().is_some_and(|name| REFERENCES.contains(&name));
                *(if is_reference { &mut counts.references } else { &mut counts.failed }) += one.count;
            }
        }
        hours
    }

    /// The access token or client that was used last.
    fn last(&self) -> Option<&Holder> {
        self.activity.holders.iter().filter(|holder| holder.used.is_some()).max_by_key(|holder| holder.used)
    }

    /// Why Entra is refused as a whole, if it was within the last hour and no token was used afterwards.
    fn rejected(&self) -> Option<Rejected> {
        let whole = self.activity.refused.iter().filter_map(|one| Some((one.at, Rejected::of(&one.last)?)));
        let (at, why) = whole.max_by_key(|(at, _)| *at)?;
        (at > self.now - HOUR && self.used().is_none_or(|used| used <= at)).then_some(why)
    }
}
