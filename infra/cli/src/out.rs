//! What a command prints.

use std::io::Write;

use serde_json::Value;

use crate::table::{one, row, rows};

/// Where a command's result goes: a table for people or JSON for scripts, on stdout.
pub(crate) struct Out {
    /// JSON instead of tables.
    pub(crate) json: bool,
}

impl Out {
    /// Shows all fields of one thing.
    pub(crate) fn one(&self, value: &Value) {
        if self.json { self.line(value) } else { self.text(&one(value)) }
    }

    /// Shows many things, with these columns: the heading and the name in JSON.
    pub(crate) fn many(&self, items: &[Value], columns: &[(&str, &str)]) {
        if self.json {
            items.iter().for_each(|item| self.line(item))
        } else {
            self.text(&rows(items, columns))
        }
    }

    /// Writes one line of JSON.
    pub(crate) fn line(&self, value: &Value) {
        self.text(&value.to_string());
    }

    /// Shows one of many things as a line, with the values of these names in JSON.
    pub(crate) fn row(&self, item: &Value, names: &[&str]) {
        if self.json { self.line(item) } else { self.text(&row(item, names)) }
    }

    /// Writes `text` to stdout. It is not an error when the reader has gone.
    fn text(&self, text: &str) {
        let mut stdout = std::io::stdout();
        let _ = writeln!(stdout, "{text}").and_then(|()| stdout.flush());
    }

    /// Writes a line for people to stderr.
    pub(crate) fn note(&self, text: &str) {
        let mut stderr = std::io::stderr();
        let _ = writeln!(stderr, "{text}");
    }
}
