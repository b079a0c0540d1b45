//! Undo: brings resources back to what they were before changes that the event log or the guard knows.
//!
//! The changes are read from the newest to the oldest, some at a time, and each part is undone by ordinary
//! writes, which have events of their own. What a resource has now is compared with what the changes left:
//! an attribute that was changed since is a conflict, and its resource stays as it is. Because values are
//! compared and not versions, a part may be undone again, and after the parts that follow it.

mod apply;
mod outcome;
mod plan;

use scim::error::{Error as ScimError, Kind};
use scim::profile::Profiles;
use serde::Serialize;
use serde_json::{Value, json};
use table::Table;

use crate::error::Error;
use crate::events;
use crate::id::{CredentialId, DirectoryId};

use self::apply::Undo;
pub use self::outcome::{Options, Outcome, Undone};
use self::plan::Plan;

/// Events, or held changes, that one call undoes.
const PART: u16 = 200;

/// The changes that are to be undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Changes {
    /// The events from one sequence number to another, both included.
    Events {
        /// The first.
        from: u64,
        /// The last.
        to: u64,
    },
    /// The held changes after this one, `next` of the part before.
    Held {
        /// The position.
        after: Option<String>,
    },
}

/// What was done with one part of the changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Part {
    /// One for each resource.
    pub items: Vec<Undone>,
    /// The rest; absent when all is done.
    #[serde(skip)]
    pub rest: Option<Changes>,
}

/// Undoes a part of `changes` in `directory`, on behalf of `by`.
///
/// # Errors
/// [`Error::NotFound`] when there is no such directory; `Gone` when events are not kept any more;
/// [`Error::Profile`] when its profile is not among `profiles`; the table's own: some resources may be restored then, and the part may be undone again.
pub async fn undo(
    table: &Table,
    directory: &DirectoryId,
    by: &CredentialId,
    profiles: &Profiles,
    changes: Changes,
    options: Options,
) -> Result<Part, Error> {
    let undo = Undo::open(table, directory, by, profiles, options).await?;
    let mut plan = Plan::default();
    let rest = match changes {
        Changes::Events { from, to } => {
            // Each call shortens the range from its end: none is spent on events that do not exist.
            let to = to.min(events::head(table, directory).await?);
            let first = from.max(to.saturating_sub(u64::from(PART) - 1)).max(1);
            if events::oldest(table, directory, first - 1).await? > first {
                let detail = format!("the event {first} is not kept any more: undo later events");
                return Err(ScimError::new(Kind::Gone, detail).into());
            }
            let mut events = Vec::new();
            let mut after = first - 1;
            while after < to {
                let page = events::after(table, directory, after, PART, |_| true).await?;
                after = page.next;
                events.extend(page.events);
                if !page.has_more {
                    break;
                }
            }
            // Not those of the directory itself, of credentials and of the guard.
            let is_meant = |event: &&Value| {
                let kind = event.pointer("/resource/type").and_then(Value::as_str);
                let sequence = event.get("sequence").and_then(Value::as_u64);
                sequence <= Some(to) && kind.is_some_and(|kind| undo.has(kind))
            };
            events.iter().rev().filter(is_meant).for_each(|event| plan.add(event));
            (first > from.max(1)).then(|| Changes::Events { from, to: first - 1 })
        }
        Changes::Held { after } => {
            let held = events::held(table, directory, after.as_deref(), PART).await?;
            for item in held.items {
                let resource = json!({ "type": item.resource_type, "id": item.id });
                let (data, previous) = (item.data, item.previous);
                plan.add(
                    &json!({ "type": item.kind, "resource": resource, "data": data, "previous": previous }),
                );
            }
            held.next.map(|next| Changes::Held { after: Some(next) })
        }
    };
    Ok(Part { items: undo.all(plan.inverses).await?, rest })
}
