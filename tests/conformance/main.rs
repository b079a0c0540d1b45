//! `docs/conformance.md` names only existing tests and files, and lists every statement.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what is wrong by failing"
)]

mod name;
mod table;

use std::collections::BTreeMap;

use table::{Row, rows};

/// The number of RFC 2119 keywords, by specification and section.
fn keywords() -> BTreeMap<String, BTreeMap<String, usize>> {
    serde_json::from_str(include_str!("keywords.json")).expect("a number for each section")
}

#[test]
fn every_test_and_every_file_that_is_named_is_there() {
    let rows = rows();
    let names: Vec<(&Row, &String)> =
        rows.iter().flat_map(|row| row.names.iter().map(move |name| (row, name))).collect();
    assert!(names.len() > 400, "the table is not read: {} names", names.len());
    let missing: Vec<String> = names
        .into_iter()
        .filter_map(|(row, name)| {
            name::find(name).err().map(|why| format!("{} §{}: `{name}`: {why}", row.rfc, row.section))
        })
        .collect();
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn every_row_is_shown_by_a_test_or_says_why_not() {
    for row in rows() {
        assert!(!row.what.is_empty(), "{row:?}");
        assert!(!row.names.is_empty() || row.gives_a_reason(), "{row:?}");
    }
}

#[test]
fn every_section_accounts_for_each_of_its_words() {
    let mut counted: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
    for row in rows().into_iter().filter(|row| row.keywords > 0) {
        *counted.entry(row.rfc).or_default().entry(row.section).or_default() += row.keywords;
    }
    let expected = keywords();
    for (rfc, sections) in &expected {
        for (section, words) in sections {
            let found =
                counted.get(rfc).and_then(|sections| sections.get(section)).copied().unwrap_or_default();
            assert_eq!(found, *words, "{rfc} §{section}");
        }
    }
    assert_eq!(counted, expected, "sections without keywords");
}
