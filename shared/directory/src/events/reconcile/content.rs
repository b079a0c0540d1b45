//! What the log says of a resource: the content of its last event that has one.

use serde_json::{Map, Value};
use table::Table;
use table::item::text;
use table::name::EVENT;

use crate::error::Error;
use crate::id::DirectoryId;
use crate::keys;

/// Events that are read to find it. A group may have many events of members since.
const MOST: usize = 100;

/// The content of the resource whose last event is `sequence`; `None` if it is not kept, was erased, or
/// is too far back.
///
/// # Errors
/// The table's own.
pub(super) async fn content(
    table: &Table,
    directory: &DirectoryId,
    sequence: u64,
) -> Result<Option<Map<String, Value>>, Error> {
    let mut next = Some(sequence);
    for _ in 0..MOST {
        let Some(sequence) = next else { break };
        let Some(item) = table.get(&keys::event(directory, sequence)).await? else { break };
        let mut event: Value =
            serde_json::from_str(text(&item, EVENT)?).map_err(|_| Error::corrupt(EVENT))?;
        // Events of members have no version.
        if event.pointer("/resource/version").is_some_and(Value::is_u64) {
            return Ok(event.get_mut("data").and_then(Value::as_object_mut).map(std::mem::take));
        }
        next = event.get("prior").and_then(Value::as_u64);
    }
    Ok(None)
}
