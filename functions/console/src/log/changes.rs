//! What identity providers changed: which attributes, and not their values.

use directory::Table;
use directory::events::{self, Summary};
use directory::id::DirectoryId;
use maud::{Markup, html};

use super::filter::Filter;
use super::page::{Found, Log};
use crate::layout::table;
use crate::problem::Problem;
use crate::time::stored;

/// Events on one page.
const PAGE: usize = 50;
/// How many events are read at a time, and so at most, for one page.
pub(super) const BATCHES: [u16; 2] = [50, 250];
/// Events of one resource on one page.
const HISTORY: usize = 20;
/// Events of one resource that are looked up for one page, one after the other.
const STEPS: usize = 30;
/// Names of attributes in one row.
const NAMES: usize = 8;

/// What a row of changes shows; the last is left out where all are of one resource.
const HEADS: [&str; 5] = ["When", "What", "Changed", "By", "Resource"];

/// The newest events, those before the sequence number `before`, or the event `change` and those before it
/// of the same resource.
pub(super) async fn show(log: &Log<'_>) -> Result<Markup, Problem> {
    let record = log.visit.record()?;
    let (all, filter) = (log.visit.table(), &log.filter);
    let number = |name: &str| log.visit.query.get(name).parse::<u64>().ok();
    let change = number("change");
    let of_one = change.is_some() || filter.resource.is_some();
    let found = if filter.is_wrong {
        Found { rows: Vec::new(), next: None, is_early: false }
    } else if of_one {
        let first = match (change, &filter.resource) {
            (None, Some(id)) => last_about(all, &record.id, id).await?,
            (change, _) => change,
        };
        history(all, &record.id, first, filter).await?
    } else {
        let before = match (number("before"), filter.end()) {
            (None, Some(end)) => Some(events::until(all, &record.id, end).await? + 1),
            (before, _) => before,
        };
        search(all, &record.id, before, filter).await?
    };
    let title = if of_one { "History of one resource" } else { "Provisioning log" };
    Ok(html! {
        h1 { (title) }
        (log.tabs())
        p { "What the identity provider of " strong { (record.name) } " changed, the latest first." }
        (log.form())
        (rows(log, title, &found.rows, true))
        (log.older(filter, &found, if of_one { "change" } else { "before" }, "Older changes"))
        @if of_one { p { a href=(log.link("")) { "All changes" } } }
    })
}

/// A table of `events`; without the resource where all are of one.
pub(crate) fn rows(log: &Log<'_>, title: &str, events: &[Summary], with_resource: bool) -> Markup {
    let rows: Vec<Markup> = events.iter().map(|event| row(log, event, with_resource)).collect();
    let heads = HEADS.get(..if with_resource { 5 } else { 4 }).unwrap_or(&HEADS);
    html! {
        @if !rows.is_empty() {
            (table(title, heads, &rows))
        } @else if log.filter.is_set() {
            p .note { "No change fits the filter." }
        } @else {
            p .note { "Nothing was changed yet, or the change is a moment old: load the page again." }
        }
    }
}

fn row(log: &Log<'_>, event: &Summary, with_resource: bool) -> Markup {
    let (kind, id) = (&event.resource.kind, &event.resource.id);
    html! {
        td { (stored(&event.time)) }
        td { (spelled_out(&event.kind)) }
        td { (changed(event)) }
        td { (log.name(event.actor.as_deref().unwrap_or_default())) }
        @if with_resource {
            @let link = log.page_of(kind, id).unwrap_or_else(|| log.link(&format!("?change={}", event.sequence)));
            td { a href=(link) { (id) } }
        }
    }
}

/// What changed: names of attributes, or numbers of members.
fn changed(event: &Summary) -> String {
    match event.members() {
        Some((added, removed)) => format!("{added} added, {removed} removed"),
        None if event.kind.ends_with(".deleted") => String::new(),
        None => {
            let names: Vec<&str> = event.attributes().collect();
            match names.split_at_checked(NAMES) {
                Some((first, rest)) if !rest.is_empty() => {
                    format!("{} and {} more", first.join(", "), rest.len())
                }
                _ => names.join(", "),
            }
        }
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

/// The newest events with sequence numbers below `before` that `filter` accepts.
async fn search(
    table: &Table,
    directory: &DirectoryId,
    before: Option<u64>,
    filter: &Filter,
) -> Result<Found<Summary>, Problem> {
    let (mut rows, mut next) = (Vec::<Summary>::new(), before);
    // Of a type that is not wanted it would not be seen where a time range ends.
    let wants = |kind: &str| filter.from.is_some() || filter.wants(kind);
    'batches: for size in BATCHES {
        let older = events::older(table, directory, next, size, wants).await?;
        next = older.next;
        for event in older.events {
            if filter.ends_at(&event) {
                next = None;
                break 'batches;
            }
            if rows.len() == PAGE {
                next = rows.last().map(|last| last.sequence);
                break 'batches;
            }
            if filter.accepts(&event) {
                rows.push(event);
            }
        }
        if next.is_none() || rows.len() == PAGE {
            break;
        }
    }
    let is_early = rows.len() < PAGE;
    Ok(Found { rows, next: next.map(|next| next.to_string()), is_early })
}

/// The sequence number of the last event about the person or group `id`.
///
/// # Errors
/// Those of the table.
pub(crate) async fn last_about(
    table: &Table,
    directory: &DirectoryId,
    id: &str,
) -> Result<Option<u64>, Problem> {
    let (person, group) = tokio::try_join!(
        events::last_about(table, directory, "User", id),
        events::last_about(table, directory, "Group", id),
    )?;
    Ok(person.or(group))
}

/// The event `first` and those before it of the same resource, as far as `filter` accepts them.
pub(crate) async fn history(
    table: &Table,
    directory: &DirectoryId,
    first: Option<u64>,
    filter: &Filter,
) -> Result<Found<Summary>, Problem> {
    let (mut rows, mut next) = (Vec::new(), first);
    let mut about = filter.resource.clone();
    for _ in 0..STEPS {
        let Some(sequence) = next.filter(|_| rows.len() < HISTORY) else { break };
        let event = events::one(table, directory, sequence).await?;
        let event = event.filter(|event| {
            *about.get_or_insert_with(|| event.resource.id.clone()) == event.resource.id
                && !filter.ends_at(event)
        });
        // It may have expired, and those before it as well.
        next = event.as_ref().and_then(|event| event.prior).filter(|prior| *prior < sequence);
        rows.extend(event.filter(|event| filter.accepts(event)));
    }
    let is_early = rows.len() < HISTORY;
    Ok(Found { rows, next: next.map(|next| next.to_string()), is_early })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn a_row_has_names_of_attributes_and_no_values() {
        let changed = |more: Value| {
            let mut event = json!({ "id": "evt_0", "sequence": 7, "type": "user.updated", "time": "",
                "resource": { "type": "User", "id": "u1" } });
            event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            changed(&serde_json::from_value(event).unwrap())
        };
        assert_eq!(changed(json!({ "previous": { "title": "Cook", "nickName": null } })), "nickName, title");
        let members =
            json!({ "type": "group.members_changed", "data": { "added": ["a", "b"], "removed": [] } });
        assert_eq!(changed(members), "2 added, 0 removed");
        assert_eq!(changed(json!({ "type": "user.deleted", "previous": { "userName": "ann" } })), "");
        let many: serde_json::Map<_, _> = (0..20).map(|at| (format!("a{at:02}"), Value::Null)).collect();
        assert_eq!(
            changed(json!({ "previous": many })),
            "a00, a01, a02, a03, a04, a05, a06, a07 and 12 more"
        );
        assert_eq!(spelled_out("group.members_changed"), "Group members changed");
    }
}
