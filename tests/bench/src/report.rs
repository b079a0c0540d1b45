//! The figures as a table and as JSON.

use std::path::Path;

use serde_json::Value;

use crate::measure::Figures;
use crate::price;

/// Prints the head of the table.
pub(crate) fn head() {
    println!(
        "{:<28} {:>5} {:>10} {:>9} {:>9} {:>8} {:>8} {:>8} {:>9} {:>7}",
        "operation",
        "conn.",
        "requests/s",
        "p50 ms",
        "p99 ms",
        "CPU ms",
        "R units",
        "W units",
        "$/million",
        "failed"
    );
}

/// Prints one row.
pub(crate) fn row(connections: usize, figures: &Figures) {
    let units = figures.units();
    let or_dash = |number: Option<f64>| number.map_or("-".to_owned(), |number| format!("{number:.2}"));
    println!(
        "{:<28} {:>5} {:>10.0} {:>9.2} {:>9} {:>8} {:>8} {:>8} {:>9} {:>7}",
        figures.name,
        connections,
        figures.per_second(),
        figures.median(),
        or_dash(figures.p99()),
        or_dash(figures.processor_millis()),
        or_dash(units.map(|(read, _)| read)),
        or_dash(units.map(|(_, write)| write)),
        or_dash(units.map(price::million)),
        figures.failed(),
    );
}

/// Writes the figures to a file, if one is given.
pub(crate) fn write(path: Option<&Path>, figures: &Value) {
    let Some(path) = path else { return };
    let text = serde_json::to_string_pretty(figures).expect("JSON");
    std::fs::write(path, text + "\n").unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}

/// The machine, as far as figures depend on it.
pub(crate) fn machine() -> Value {
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let load = std::fs::read_to_string("/proc/loadavg").ok();
    let load = load.as_deref().and_then(|text| text.split(' ').next()?.parse::<f64>().ok());
    serde_json::json!({ "cores": cores, "loadBefore": load, "optimized": !cfg!(debug_assertions) })
}
