//! A log with many events, written straight into the table.

use std::collections::BTreeMap;

use directory::{Table, events};
use serde_json::json;
use table::item::Key;
use table::write::Put;
use tests::endpoint::Endpoint;
use tests::runtime::{at_once, block_on, within};
use time::OffsetDateTime;

/// People that the events are about, in turn.
const PEOPLE: u64 = 1000;
/// One of so many events is about a group.
const GROUPS_EVERY: u64 = 50;
const GROUPS: u64 = 20;
/// How long ago the first event was, in milliseconds: 30 days.
const PERIOD: u64 = 30 * 86_400_000;
/// Items that one task writes.
const AT_ONCE: u64 = 1000;

/// The log of a directory.
pub(crate) struct Large {
    directory: String,
    events: u64,
    /// The time of the last event, in milliseconds since 1970.
    end: u64,
}

impl Large {
    /// Gives the directory of `scim`, which must be new, a log of `count` events of the last 30 days.
    pub(crate) fn write(scim: &Endpoint, count: u64) -> Self {
        let end = u64::try_from(OffsetDateTime::now_utc().unix_timestamp()).unwrap() * 1000;
        let large = Self { directory: scim.directory().to_string(), events: count, end };
        let table = scim.stack().unwrap().table();
        // The directory and its access token have events of their own.
        assert!(within(20, || block_on(events::head(&table, &scim.directory())).unwrap() >= 2));
        let part = |first: u64| {
            let puts: Vec<Put> = (first..=count.min(first + AT_ONCE - 1)).map(|at| large.event(at)).collect();
            write(table.clone(), puts)
        };
        at_once(4, (1..=count).step_by(usize::try_from(AT_ONCE).unwrap()).map(part));
        let head = Put::of(Key::new(format!("E#{}", large.directory), "head"))
            .set("sequence", count)
            .set("revision", count);
        block_on(write(table, large.marks().into_iter().chain([head]).collect()));
        large
    }

    /// The id of a person.
    pub(crate) fn person(number: u64) -> String {
        format!("0190c0de-0000-7000-8000-{number:012x}")
    }

    /// When the event `sequence` was, as a form sends it.
    pub(crate) fn minute(&self, sequence: u64) -> String {
        self.stamp(sequence).chars().take(16).collect()
    }

    /// When the event `sequence` was: `2027-01-31T09:30:00`.
    fn stamp(&self, sequence: u64) -> String {
        let seconds = i64::try_from(self.time(sequence) / 1000).unwrap();
        let at = OffsetDateTime::from_unix_timestamp(seconds).unwrap();
        format!("{}T{:02}:{:02}:{:02}", at.date(), at.hour(), at.minute(), at.second())
    }

    /// In milliseconds since 1970.
    fn time(&self, sequence: u64) -> u64 {
        self.end - (self.events - sequence) * PERIOD / self.events
    }

    /// The type and the id of what the event `sequence` is about, and the event before it about that.
    fn subject(sequence: u64) -> (&'static str, String, Option<u64>) {
        if sequence.is_multiple_of(GROUPS_EVERY) {
            let number = sequence / GROUPS_EVERY % GROUPS;
            let prior = sequence.checked_sub(GROUPS_EVERY * GROUPS).filter(|prior| *prior > 0);
            return ("Group", format!("0190c0df-0000-7000-8000-{number:012x}"), prior);
        }
        ("User", Self::person(sequence % PEOPLE), sequence.checked_sub(PEOPLE).filter(|prior| *prior > 0))
    }

    fn event(&self, sequence: u64) -> Put {
        let (kind, id, prior) = Self::subject(sequence);
        let time = format!("{}.000Z", self.stamp(sequence));
        let event_type = match (kind, prior) {
            ("Group", _) => "group.members_changed",
            (_, None) => "user.created",
            _ => "user.updated",
        };
        let (data, previous) = if kind == "Group" {
            (json!({ "added": [Self::person(sequence % PEOPLE)], "removed": [] }), None)
        } else {
            let data = json!({ "id": id, "meta": { "resourceType": "User", "created": time, "lastModified": time },
                "userName": format!("canary{sequence}@ex.io"), "displayName": format!("Canary {sequence}"), "title": "Cook",
                "name": { "givenName": "Canary", "familyName": sequence.to_string() }, "active": true,
                "emails": [{ "value": format!("canary{sequence}@ex.io"), "type": "work", "primary": true }] });
            (data, Some(json!({ "title": "Baker", "displayName": "Canary before" })))
        };
        // The first event is the only one of its access token.
        let actor = if sequence == 1 { "rare".to_owned() } else { format!("often{}", sequence % 3) };
        let event = json!({ "id": format!("evt_{:012x}7000{:016x}", self.time(sequence), (1_u64 << 63) | sequence),
            "sequence": sequence, "type": event_type, "time": time, "directory": self.directory, "actor": actor,
            "resource": { "type": kind, "id": id, "version": sequence }, "data": data, "previous": previous, "prior": prior });
        let key = Key::new(format!("E#{}", self.directory), format!("{sequence:016}"));
        let expires = self.end / 1000 + 365 * 86_400;
        Put::of(key).set("event", event.to_string()).set("eventType", event_type).set("expires", expires)
    }

    /// What the log says of people and groups: their last events.
    fn marks(&self) -> Vec<Put> {
        let first = self.events.saturating_sub(PEOPLE.max(GROUPS * GROUPS_EVERY));
        let last: BTreeMap<_, _> = (first + 1..=self.events)
            .map(|sequence| {
                let (kind, id, _) = Self::subject(sequence);
                (format!("{kind}#{id}"), sequence)
            })
            .collect();
        let put = |(name, sequence): (String, u64)| {
            let put = Put::of(Key::new(format!("M#{}", self.directory), name));
            put.set("sequence", sequence).set("version", sequence).set("revision", sequence)
        };
        last.into_iter().map(put).collect()
    }
}

async fn write(table: Table, puts: Vec<Put>) {
    table.put_many(puts).await.unwrap();
}
