//! Tables for people.

use comfy_table::presets::NOTHING;
use comfy_table::{Cell, ContentArrangement, Table};
use serde_json::Value;

/// A row for each of `items`, with these columns: the heading, and the name in JSON.
pub(crate) fn rows(items: &[Value], columns: &[(&str, &str)]) -> String {
    let mut table = empty();
    table.set_header(columns.iter().map(|(heading, _)| Cell::new(heading)));
    for item in items {
        table.add_row(columns.iter().map(|(_, name)| shown(item.get(name).unwrap_or(&Value::Null))));
    }
    table.trim_fmt()
}

/// One line with the values of these names, separated by two blanks.
pub(crate) fn row(item: &Value, names: &[&str]) -> String {
    let values = names.iter().map(|name| shown(item.get(name).unwrap_or(&Value::Null)));
    values.collect::<Vec<_>>().join("  ")
}

/// A line for each field of `value`. Tokens are on a line of their own, unbroken, at the end.
pub(crate) fn one(value: &Value) -> String {
    let Some(fields) = value.as_object() else { return shown(value) };
    let mut table = empty();
    for (name, value) in fields.iter().filter(|(name, _)| !is_secret(name)) {
        table.add_row([words(name), shown(value)]);
    }
    let mut text = table.trim_fmt();
    for (name, value) in fields.iter().filter(|(name, _)| is_secret(name)) {
        text.push_str(&format!("\n\n{}, shown this once:\n{}", words(name), shown(value)));
    }
    text
}

fn is_secret(name: &str) -> bool {
    matches!(name, "token" | "clientSecret")
}

fn empty() -> Table {
    let mut table = Table::new();
    table.load_preset(NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    table
}

/// `lastUsed` as `Last used`.
fn words(name: &str) -> String {
    let mut words = String::new();
    for (at, letter) in name.chars().enumerate() {
        if at == 0 {
            words.extend(letter.to_uppercase());
        } else if letter.is_uppercase() {
            words.push(' ');
            words.extend(letter.to_lowercase());
        } else {
            words.push(letter);
        }
    }
    words
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => clean(text),
        Value::Array(items) => items.iter().map(shown).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

/// Leaves out what a terminal might interpret as a command.
fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_secret_is_whole_and_the_last_line() {
        let long = "x".repeat(300);
        let text = one(&json!({ "token": long, "id": "a", "lastUsed": null }));
        assert!(text.ends_with(&long) && text.contains("Last used") && text.contains("this once"), "{text}");
    }

    #[test]
    fn nothing_moves_the_cursor() {
        assert!(!rows(&[json!({ "id": "\u{1b}[2J" })], &[("Id", "id")]).contains('\u{1b}'));
    }
}
