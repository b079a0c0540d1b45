//! Erasing what the log says of a person.
//!
//! The events of a resource form a chain: its mark has the last one, and each has the one before. The
//! bodies of all of them are emptied. What stays is that there were events of that id, of which type,
//! when and by whom, so the numbers have no gap and consumers continue.

use std::time::{Duration, Instant};

use scim::error::{Error as ScimError, Kind};
use scim::model::resource_type::ResourceType;
use serde::Serialize;
use serde_json::Value;
use table::Table;
use table::condition::exists;
use table::item::{Key, decode, text};
use table::name::{EVENT, PK};
use table::write::{Delete, Update};

use super::mark::ResourceMark;
use crate::error::Error;
use crate::id::DirectoryId;
use crate::keys;

/// How long one step works.
const STEP: Duration = Duration::from_secs(15);

/// What a step has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Erased {
    /// The events whose bodies are empty now.
    pub erased: u64,
    /// The sequence number of the event with which the next step begins; `None` at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<u64>,
}

/// Empties the events of the user `id`, who was deleted: all of them, or those from the `next` of the
/// last step on. Repeated steps do no harm.
///
/// # Errors
/// [`Error::NotFound`] when the log does not know such a user; `Conflict` when the user is not deleted
/// or the log does not say so yet; `invalidValue` when `from` is not an event of the user; the table's
/// own.
pub async fn erase(
    table: &Table,
    directory: &DirectoryId,
    id: &str,
    from: Option<u64>,
) -> Result<Erased, Error> {
    let kind = ResourceType::user().name;
    let conflict = |detail: &str| Err(ScimError::new(Kind::Conflict, detail).into());
    if table.get(&Key::new(keys::resources(directory, &kind), id)).await?.is_some() {
        return conflict("the user exists: delete the user first, then erase the events");
    }
    let mark = table.get(&keys::mark(directory, &kind, id)).await?.ok_or(Error::NotFound)?;
    let mark: ResourceMark = decode(mark)?;
    if !mark.is_deleted {
        return conflict("the deletion of the user is not in the event log yet: try again in a few seconds");
    }
    let begun = Instant::now();
    let mut step = Erased { erased: 0, next: Some(from.unwrap_or(mark.sequence)) };
    while let Some(sequence) = step.next.filter(|_| begun.elapsed() < STEP) {
        let key = keys::event(directory, sequence);
        // Those before an event that is not kept any more are not kept either.
        let Some(item) = table.get(&key).await? else {
            step.next = None;
            break;
        };
        let mut event: Value =
            serde_json::from_str(text(&item, EVENT)?).map_err(|_| Error::corrupt(EVENT))?;
        if event.pointer("/resource/id").and_then(Value::as_str) != Some(id) {
            let detail = format!("the event {sequence} is not about this user");
            return Err(ScimError::new(Kind::InvalidValue, detail).into());
        }
        step.next = event.get("prior").and_then(Value::as_u64);
        if empty(&mut event) {
            // An event that has expired meanwhile stays away.
            table.write(Update::of(key).set(EVENT, event.to_string()).when(exists(PK))).await?;
        }
        step.erased += 1;
    }
    if step.next.is_none() {
        // The log has read from it who deleted the user.
        table.write(Delete::of(keys::tombstone(directory, &kind, id))).await?;
    }
    Ok(step)
}

/// Removes the body of `event`. Returns whether it had one.
fn empty(event: &mut Value) -> bool {
    let Some(event) = event.as_object_mut() else { return false };
    let removed = ["data", "previous"].map(|name| event.remove(name));
    let had = removed.iter().any(Option::is_some);
    if had {
        event.insert("erased".to_owned(), true.into());
    }
    had
}
