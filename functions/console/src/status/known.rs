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
            lifetime: last.map_or(0, |holder| holder.lifetime),
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

    /// Why Entra is refused as a whole, if it was within the last hour and nothing shows that it was let in
    /// afterwards.
    fn rejected(&self) -> Option<Rejected> {
        let whole = self.activity.refused.iter().filter_map(|one| Some((one.at, Rejected::of(&one.last)?)));
        let (at, why) = whole.max_by_key(|(at, _)| *at)?;
        let is_used = self.last().is_some_and(|last| {
            // When a token of an OAuth client ends, the client may have the next one already.
            let valid = if why == Rejected::Token { last.lifetime } else { 0 };
            last.used.is_some_and(|used| used + valid > at)
        });
        // In the hours after it: what came first in its own is not known.
        let later = usize::try_from(self.now / HOUR - at / HOUR).unwrap_or_default();
        let is_followed = self.log.hours.at(self.now).iter().take(later).any(|changes| *changes > 0);
        (at > self.now - HOUR && !is_used && !is_followed).then_some(why)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use directory::access::refusal::Refusal;
    use scim::error::Kind;
    use scim::profile::{Profiles, STANDARD};
    use serde_json::json;

    use super::*;

    /// In the middle of an hour.
    const NOW: i64 = 500_000 * HOUR + HOUR / 2;

    /// A directory with one request that was refused because of `kind` at `at`. Its holder was used at `used`, and
    /// its tokens are valid for `lifetime`. `changes` are the numbers of this hour and the one before.
    fn known((used, lifetime): (i64, i64), (kind, at): (Kind, i64), changes: [u64; 2]) -> Known {
        let profile = Profiles::built_in().get(STANDARD).unwrap();
        let last = Refusal {
            kind,
            method: "GET".to_owned(),
            resource: None,
            target: None,
            user_name: None,
            attribute: None,
            credential: "c-1".parse().unwrap(),
        };
        let refused = Refused { name: String::new(), last, at, count: 1, hour: at / HOUR };
        let holder = Holder { label: String::new(), used: Some(used), lifetime, ends: None };
        let mut counts = [0; HOURS];
        counts[..2].copy_from_slice(&changes);
        let hours = serde_json::from_value(json!({ "last": NOW / HOUR, "counts": counts })).unwrap();
        Known {
            record: DirectoryRecord::new("acme".parse().unwrap(), "", &profile),
            activity: Activity { holders: vec![holder], refused: vec![refused] },
            log: Brief { hours, held: 0 },
            now: NOW,
        }
    }

    #[test]
    fn a_refusal_after_which_it_was_let_in_is_no_forecast() {
        let (token, address) = (Some(Rejected::Token), Some(Rejected::Address));
        let (lately, before) = (NOW - 600, NOW - HOUR / 2 - 600);
        for (used, refused, changes, expected) in [
            ((NOW - 900, 0), (Kind::Unauthorized, lately), [9, 9], token),
            ((NOW - 300, 0), (Kind::Unauthorized, lately), [0, 0], None),
            ((NOW - 900, 0), (Kind::Unauthorized, NOW - HOUR), [0, 0], None),
            ((NOW - 900, 0), (Kind::MissingValue, lately), [0, 0], None),
            // A client, whose last token is valid, and one whose last token has ended.
            ((NOW - 900, HOUR), (Kind::Unauthorized, lately), [0, 0], None),
            ((NOW - 2 * HOUR, HOUR), (Kind::Unauthorized, lately), [0, 0], token),
            ((NOW - 900, HOUR), (Kind::NoEndpoint, lately), [0, 0], address),
            // Changes in the hour after the refusal, and in the hour before.
            ((NOW - 3000, 0), (Kind::NoEndpoint, before), [1, 0], None),
            ((NOW - 3000, 0), (Kind::NoEndpoint, before), [0, 9], address),
        ] {
            let found = known(used, refused, changes).rejected();
            assert_eq!(found, expected, "{used:?} {refused:?} {changes:?}");
        }
    }
}
