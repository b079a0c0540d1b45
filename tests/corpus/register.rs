//! The register in `clients/README.md`: every file that it names exists, and it names every
//! conversation.

use std::collections::BTreeSet;

use libtest_mimic::Failed;
use tests::corpus::{files, root};

/// The ids that the register must have a line for: requests about users and groups, flavours
/// of PATCH, failures seen in production, and the checklist.
const IDS: [(&str, usize); 5] = [("U", 8), ("P", 16), ("G", 10), ("F", 25), ("A", 22)];

/// Reads the register's tables and compares them with the folder.
pub(crate) fn run() -> Result<(), Failed> {
    let text = std::fs::read_to_string(root().join("clients/README.md"))?;
    let rows: Vec<&str> = text.lines().filter(|line| line.starts_with("| ")).collect();
    let mut wrong = Vec::new();
    for (letter, count) in IDS {
        for id in (1..=count).map(|n| format!("{letter}{n}")) {
            let start = format!("| {id} |");
            match rows.iter().find(|row| row.starts_with(&start)) {
                Some(row) if row.contains('`') || row.contains("| see ") => {}
                _ => wrong.push(format!("{id} has no line that says where it is shown")),
            }
        }
    }
    let there: BTreeSet<String> = files("clients").into_iter().map(|(name, _)| name).collect();
    // After the texts of a row come the names, in backticks.
    let last = |row: &&str| row.trim_end_matches([' ', '|']).rsplit('|').next().map(str::to_owned);
    let named: BTreeSet<String> = rows
        .iter()
        .filter_map(last)
        .flat_map(|cell| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>())
        .collect();
    let shown = |name: &str, file: &str| match name.strip_suffix('*') {
        Some(start) => file.starts_with(start),
        None => file == name,
    };
    for name in &named {
        // A path names a test elsewhere in the repository, for what no conversation can
        // show.
        let elsewhere = root().join("../..").join(name);
        if !there.iter().any(|file| shown(name, file)) && !elsewhere.exists() {
            wrong.push(format!("`{name}` is named and not there"));
        }
    }
    for file in there.iter().filter(|file| !named.iter().any(|name| shown(name, file))) {
        wrong.push(format!("`{file}` is there and not named"));
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n").into()) }
}
