//! The workspace's manifests: its crates and what they depend on.

use std::collections::BTreeMap;
use std::path::PathBuf;

/// The workspace's folder.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// Each member's folder, and the names of its dependencies (tests' own left out).
pub(crate) fn members() -> Vec<(String, Vec<String>)> {
    let workspace = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let list = workspace.split("members = [").nth(1).unwrap().split(']').next().unwrap();
    let folders = list.split('"').skip(1).step_by(2).map(str::to_owned);
    folders.map(|folder| (folder.clone(), dependencies(&folder))).collect()
}

/// The folder of each crate of the house, by the name that dependants use.
pub(crate) fn paths() -> BTreeMap<String, String> {
    let workspace = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let own = workspace.lines().filter_map(|line| {
        let (name, rest) = line.split_once(" = { path = \"")?;
        Some((name.trim().to_owned(), rest.split('"').next()?.to_owned()))
    });
    own.collect()
}

fn dependencies(folder: &str) -> Vec<String> {
    let manifest = std::fs::read_to_string(root().join(folder).join("Cargo.toml")).unwrap();
    let section =
        manifest.split("\n[dependencies]").nth(1).unwrap_or_default().split("\n[").next().unwrap_or_default();
    let names =
        section.lines().filter_map(|line| Some(line.split(['.', ' ', '=']).next()?.trim().to_owned()));
    names.filter(|name| !name.is_empty() && !name.starts_with('#')).collect()
}
