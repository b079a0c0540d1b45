//! The workspace's manifests: its crates and what they depend on.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// The workspace's folder.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// The folder of each member, with the folders of the workspace crates that it depends on, without
/// dev-dependencies.
pub(crate) fn members() -> BTreeMap<String, BTreeSet<String>> {
    let workspace = read("Cargo.toml");
    let named = paths(&workspace, "");
    let list = workspace.split("members = [").nth(1).unwrap().split(']').next().unwrap();
    let folders = list.split('"').skip(1).step_by(2).flat_map(expanded);
    folders.map(|folder| (folder.clone(), dependencies(&folder, &named))).collect()
}

/// `functions/*` is each folder there that has a manifest.
fn expanded(member: &str) -> Vec<String> {
    let Some(parent) = member.strip_suffix("/*") else { return vec![member.to_owned()] };
    let entries = std::fs::read_dir(root().join(parent)).unwrap().map(|entry| entry.unwrap());
    let crates = entries.filter(|entry| entry.path().join("Cargo.toml").exists());
    crates.map(|entry| format!("{parent}/{}", entry.file_name().to_string_lossy())).collect()
}

fn dependencies(folder: &str, named: &BTreeMap<String, String>) -> BTreeSet<String> {
    let manifest = read(&format!("{folder}/Cargo.toml"));
    let section =
        manifest.split("\n[dependencies]").nth(1).unwrap_or_default().split("\n[").next().unwrap_or_default();
    let of_workspace =
        section.lines().filter_map(|line| named.get(line.split(['.', ' ', '=']).next()?)).cloned();
    of_workspace.chain(paths(section, folder).into_values()).collect()
}

/// The crates that a manifest in `folder` names by their paths.
fn paths(manifest: &str, folder: &str) -> BTreeMap<String, String> {
    let own = manifest.lines().filter_map(|line| {
        let (name, rest) = line.split_once(" = { path = \"")?;
        Some((name.trim().to_owned(), joined(folder, rest.split('"').next()?)))
    });
    own.collect()
}

/// `../../functions/users`, as `infra/local` names it, is `functions/users`.
fn joined(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        if part == ".." {
            parts.pop();
        } else {
            parts.push(part);
        }
    }
    parts.join("/")
}

fn read(file: &str) -> String {
    std::fs::read_to_string(root().join(file)).unwrap()
}
