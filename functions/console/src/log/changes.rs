//! What identity providers changed: which attributes, and not their values.

use directory::Table;
use directory::events;
use directory::id::DirectoryId;
use maud::{Markup, html};

use super::page::Log;
use crate::layout::table;
use crate::problem::Problem;
use crate::time::stored;

/// Events on one page.
const PAGE: u64 = 50;
/// Events of one resource that are looked up, one after the other.
const HISTORY: usize = 20;

/// One event, as the page needs it.
struct Entry {
    sequence: u64,
    time: String,
    /// Such as `user.created`.
    kind: String,
    resource: String,
    actor: String,
    /// What changed: names of attributes, or numbers of members.
    changed: String,
    prior: Option<u64>,
}

/// The newest events, those before the sequence number `before`, or the event `change` and those before it
/// of the same resource.
pub(super) async fn show(log: &Log<'_>) -> Result<Markup, Problem> {
    let (table_of, record) = (log.visit.table(), log.visit.record()?);
    let number = |name: &str| log.visit.query.get(name).parse::<u64>().ok();
    let (entries, of_one) = match number("change") {
        Some(change) => (history(table_of, &record.id, change).await?, true),
        None => (page(table_of, &record.id, number("before")).await?, false),
    };
    let rows: Vec<Markup> = entries.iter().map(|entry| row(log, entry)).collect();
    let older = entries.last().map(|last| last.sequence).filter(|last| !of_one && *last > 1);
    let title = if of_one { "History of one resource" } else { "Provisioning log" };
    Ok(html! {
        h1 { (title) }
        (log.tabs(false))
        p { "What the identity provider of " strong { (record.name) } " changed, the latest first." }
        @if rows.is_empty() {
            p .note { "Nothing was changed yet, or the change is a moment old: load the page again." }
        } @else {
            (table(title, &["When", "What", "Changed", "By", "Resource"], &rows))
        }
        @if let Some(older) = older { p { a href=(log.link(&format!("?before={older}"))) { "Older changes" } } }
        @if of_one { p { a href=(log.link("")) { "All changes" } } }
    })
}

fn row(log: &Log<'_>, entry: &Entry) -> Markup {
    html! {
        td { (stored(&entry.time)) }
        td { (spelled_out(&entry.kind)) }
        td { (entry.changed) }
        td { (log.name(&entry.actor)) }
        td { a href=(log.link(&format!("?change={}", entry.sequence))) { (entry.resource) } }
    }
}

/// `user.members_changed` as people read it: `User members changed`.
pub(crate) fn spelled_out(kind: &str) -> String {
    let words = kind.replace(['.', '_'], " ");
    let mut letters = words.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().collect::<String>() + letters.as_str())
        .unwrap_or_default()
}

/// The newest events with sequence numbers below `before`, the newest first.
async fn page(table: &Table, directory: &DirectoryId, before: Option<u64>) -> Result<Vec<Entry>, Problem> {
    let next = events::head(table, directory).await? + 1;
    let before = before.map_or(next, |before| before.min(next));
    let after = before.saturating_sub(PAGE + 1);
    let limit = u16::try_from(before.saturating_sub(after + 1)).unwrap_or_default();
    if limit == 0 {
        return Ok(Vec::new());
    }
    let page = events::after(table, directory, after, limit, |_| true).await?;
    // Events that have expired leave room for later ones.
    let entries = page.events.iter().rev().filter_map(Entry::read);
    Ok(entries.filter(|entry| entry.sequence < before).collect())
}

/// The event `change` and those before it of the same resource, the newest first.
async fn history(table: &Table, directory: &DirectoryId, change: u64) -> Result<Vec<Entry>, Problem> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut next = Some(change);
    while let Some(sequence) = next.filter(|sequence| *sequence > 0 && entries.len() < HISTORY) {
        let page = events::after(table, directory, sequence - 1, 1, |_| true).await?;
        let found = page.events.first().and_then(Entry::read).filter(|entry| entry.sequence == sequence);
        // It may have expired.
        let Some(entry) = found else { break };
        next = entry.prior.filter(|prior| *prior < sequence);
        entries.push(entry);
    }
    Ok(entries)
}

impl Entry {
    /// Reads an event of the log; `None` for one without a number.
    fn read(event: &serde_json::Value) -> Option<Self> {
        let text = |pointer: &str| {
            event.pointer(pointer).and_then(|value| value.as_str()).unwrap_or_default().to_owned()
        };
        let count = |pointer: &str| event.pointer(pointer).and_then(|value| value.as_array()).map(Vec::len);
        let attributes = event.get("previous").and_then(|previous| previous.as_object());
        let kind = text("/type");
        let changed = match (count("/data/added"), count("/data/removed")) {
            (Some(added), Some(removed)) => format!("{added} added, {removed} removed"),
            _ if kind.ends_with(".deleted") => String::new(),
            _ => attributes
                .map(|names| names.keys().map(String::as_str).collect::<Vec<_>>().join(", "))
                .unwrap_or_default(),
        };
        Some(Self {
            sequence: event.get("sequence")?.as_u64()?,
            time: text("/time"),
            kind,
            resource: text("/resource/id"),
            actor: text("/actor"),
            changed,
            prior: event.get("prior").and_then(|prior| prior.as_u64()),
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_entry_has_names_of_attributes_and_no_values() {
        let event = json!({ "sequence": 7, "type": "user.updated", "time": "2027-01-31T09:30:00.000Z", "actor": "c1",
            "resource": { "type": "User", "id": "u1" }, "previous": { "title": "Cook", "nickName": null }, "prior": 3 });
        let entry = Entry::read(&event).unwrap();
        assert_eq!((entry.sequence, &*entry.changed, entry.prior), (7, "title, nickName", Some(3)));
        let members = json!({ "sequence": 8, "type": "group.members_changed", "data": { "added": ["a", "b"], "removed": [] } });
        assert_eq!(Entry::read(&members).unwrap().changed, "2 added, 0 removed");
        let deleted = json!({ "sequence": 9, "type": "user.deleted", "previous": { "userName": "ann" } });
        assert_eq!(Entry::read(&deleted).unwrap().changed, "");
        assert!(Entry::read(&json!({})).is_none());
        assert_eq!(spelled_out("group.members_changed"), "Group members changed");
    }
}
