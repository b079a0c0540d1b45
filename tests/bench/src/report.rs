//! The figures as a table and as JSON.

use std::path::Path;

use serde_json::Value;

use crate::measure::Figures;

/// Prints the head of the table.
pub(crate) fn head() {
    println!(
        "{:<28} {:>10} {:>9} {:>9} {:>8} {:>8} {:>7}",
        "operation", "requests/s", "p50 ms", "p99 ms", "R units", "W units", "failed"
    );
}

/// Prints one row.
pub(crate) fn row(figures: &Figures) {
    let (read, write) = figures.units();
    println!(
        "{:<28} {:>10.0} {:>9.2} {:>9.2} {:>8.2} {:>8.2} {:>7}",
        figures.name,
        figures.per_second(),
        figures.millis(0.50),
        figures.millis(0.99),
        read,
        write,
        figures.failed(),
    );
}

/// Writes the figures to a file, when one is named.
pub(crate) fn write(path: Option<&Path>, figures: &Value) {
    let Some(path) = path else { return };
    let text = serde_json::to_string_pretty(figures).expect("JSON");
    std::fs::write(path, text + "\n").unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}
