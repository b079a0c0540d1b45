//! Erasing what the log says of a person.
//!
//! The events of a resource form a chain: its mark has the last one, and each has the one before. The
//! bodies of all of them are emptied, and so is what the guard holds. What stays is that there were events
//! of that id, of which type, when and by whom, so the numbers have no gap and consumers continue.

use std::time::{Duration, Instant};

use scim::error::{Error as ScimError, Kind};
use scim::model::resource_type::ResourceType;
use serde::Serialize;
use serde_json::Value;
use table::Table;
use table::condition::exists;
use table::item::{Key, decode, text};
use table::name::{EVENT, PK};
use table::retry::Attempts;
use table::write::{Delete, Update};

use super::guard::Held;
use super::log::{Appended, Head, Mark, Marked, Step, append_all};
use super::mark::{ResourceMark, revision};
use crate::error::Error;
use crate::id::DirectoryId;
use crate::keys;

/// How long one step works.
const TIME: Duration = Duration::from_secs(15);

/// What a step has done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Erased {
    /// The events whose bodies are empty now.
    pub erased: u64,
    /// Their sequence numbers.
    #[serde(skip)]
    pub sequences: Vec<u64>,
    /// The sequence number of the event with which the next step begins; `None` at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<u64>,
}

/// Empties the events of the user `id`, who was deleted: all of them, or those from the `next` of the
/// last step on; and what the guard holds of the user. Repeated steps do no harm.
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
    if !mark(table, directory, &kind, id).await?.is_deleted {
        return conflict("the deletion of the user is not in the event log yet: try again in a few seconds");
    }
    erase_held(table, directory, keys::held(directory, &kind, id)).await?;
    // What was held until then, and was released before it was empty, is among the events now.
    let last = mark(table, directory, &kind, id).await?.sequence;
    let begun = Instant::now();
    let mut step = Erased { erased: 0, sequences: Vec::new(), next: Some(from.unwrap_or(last)) };
    while let Some(sequence) = step.next.filter(|_| begun.elapsed() < TIME) {
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
        step.sequences.push(sequence);
    }
    if step.next.is_none() {
        // The log has read from it who deleted the user.
        table.write(Delete::of(keys::tombstone(directory, &kind, id))).await?;
    }
    Ok(step)
}

async fn mark(table: &Table, directory: &DirectoryId, kind: &str, id: &str) -> Result<ResourceMark, Error> {
    let mark = table.get(&keys::mark(directory, kind, id)).await?.ok_or(Error::NotFound)?;
    Ok(decode(mark)?)
}

/// Empties the held change at `key`, if there is one. A writer of the log that has read it before begins
/// again.
async fn erase_held(table: &Table, directory: &DirectoryId, key: Key) -> Result<(), Error> {
    let mut attempts = Attempts::default();
    loop {
        let head = Head::read(table, directory).await?;
        let Some(item) = table.get(&key).await? else { return Ok(()) };
        let (held, read) = (Held::read(&item)?, revision(&item));
        let erased = held.erased();
        if erased == held {
            return Ok(());
        }
        let marked = Marked { key: key.clone(), mark: Mark::Held(Box::new(erased)), read };
        let step = Step { marks: vec![marked], ..Step::default() };
        match append_all(table, directory, head, vec![step]).await? {
            Appended::Done(_) => return Ok(()),
            Appended::Closed => return Err(Error::NotFound),
            Appended::Moved => attempts.again().await?,
        }
    }
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
