//! The location of the corpus, and the search for its files.

use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

/// `tests/corpus`.
#[must_use]
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")
}

/// Every `.json` file below `folder` of the corpus, with its path inside that folder without the
/// extension, sorted.
#[must_use]
pub fn files(folder: &str) -> Vec<(String, PathBuf)> {
    let start = root().join(folder);
    let mut found = Vec::new();
    let mut open = vec![start.clone()];
    while let Some(path) = open.pop() {
        let entries = std::fs::read_dir(&path).into_iter().flatten().flatten();
        for path in entries.map(|entry| entry.path()) {
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|ending| ending == "json") {
                let name = path.strip_prefix(&start).unwrap_or(&path).with_extension("");
                found.push((name.display().to_string(), path));
            }
        }
    }
    found.sort();
    found
}

/// Reads one file; panics with its path when it is not valid.
#[must_use]
pub fn read<T: DeserializeOwned>(path: &Path) -> T {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
