//! References to resources that the same request creates: `bulkId:qwerty` (RFC 7644 §3.7.2).
//!
//! A reference may be used like an id: as a whole text in the data (a member's or manager's
//! `value`), at the end of a URL, in the `path` of the operation, and in quotes in a path of a
//! PATCH: `members[value eq "bulkId:qwerty"]`.

use serde_json::{Map, Value};

use super::request::{Method, Task};

const PREFIX: &str = "bulkId:";

/// The text that replaces a reference to a `bulkId`; `None` keeps the reference.
pub type Replace<'r> = dyn FnMut(&str) -> Option<String> + 'r;

/// Calls `replace` for each reference in `task`.
pub fn resolve(task: &mut Task, replace: &mut Replace<'_>) {
    if let Some(id) = &mut task.id
        && let Some(known) = whole(id).and_then(&mut *replace)
    {
        *id = known;
    }
    if task.method == Method::Patch {
        in_operations(&mut task.data, replace);
    }
    in_value(&mut task.data, replace);
}

/// The `bulkId`, if `text` as a whole is a reference.
fn whole(text: &str) -> Option<&str> {
    let (prefix, id) = text.split_at_checked(PREFIX.len())?;
    (prefix.eq_ignore_ascii_case(PREFIX) && !id.is_empty()).then_some(id)
}

fn in_value(value: &mut Value, replace: &mut Replace<'_>) {
    match value {
        Value::String(text) => in_text(text, replace),
        Value::Array(items) => items.iter_mut().for_each(|item| in_value(item, replace)),
        Value::Object(fields) => fields.values_mut().for_each(|field| in_value(field, replace)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn in_text(text: &mut String, replace: &mut Replace<'_>) {
    if let Some(id) = whole(text) {
        if let Some(known) = replace(id) {
            *text = known;
        }
        return;
    }
    // A URL that ends in a reference: `https://example.com/scim/v2/Users/bulkId:qwerty`.
    if let Some((before, last)) = text.rsplit_once('/')
        && let Some(known) = whole(last).and_then(&mut *replace)
    {
        *text = format!("{before}/{known}");
    }
}

/// The paths of a PATCH: those of its operations, and the names in a value without a path.
fn in_operations(data: &mut Value, replace: &mut Replace<'_>) {
    let Some(body) = data.as_object_mut() else { return };
    let Some(operations) = field(body, "operations").and_then(Value::as_array_mut) else { return };
    for operation in operations.iter_mut().filter_map(Value::as_object_mut) {
        if let Some(Value::String(path)) = field(operation, "path")
            && let Some(resolved) = in_path(path, replace)
        {
            *path = resolved;
        }
        let Some(Value::Object(fields)) = field(operation, "value") else { continue };
        if fields.keys().any(|name| name.contains('"')) {
            let named = std::mem::take(fields).into_iter();
            *fields = named.map(|(name, field)| (in_path(&name, replace).unwrap_or(name), field)).collect();
        }
    }
}

fn field<'f>(object: &'f mut Map<String, Value>, name: &str) -> Option<&'f mut Value> {
    object.iter_mut().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, field)| field)
}

/// `path` with the references in its quoted texts replaced; `None` if there are none.
fn in_path(path: &str, replace: &mut Replace<'_>) -> Option<String> {
    let (mut resolved, mut changed, mut rest) = (String::new(), false, path);
    while let Some((before, quoted)) = rest.split_once('"') {
        let Some(end) = closing(quoted) else { break };
        let (text, after) = (quoted.get(..end)?, quoted.get(end + 1..)?);
        // A text may be escaped, as in JSON.
        let plain: Option<String> = serde_json::from_str(&format!("\"{text}\"")).ok();
        let known = plain.as_deref().and_then(whole).and_then(&mut *replace);
        changed |= known.is_some();
        resolved.extend([before, "\"", known.as_deref().unwrap_or(text), "\""]);
        rest = after;
    }
    resolved.push_str(rest);
    changed.then_some(resolved)
}

/// The position of the quote that ends `text`.
fn closing(text: &str) -> Option<usize> {
    let mut escaped = false;
    text.char_indices().find_map(|(at, c)| {
        let ends = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        ends.then_some(at)
    })
}
