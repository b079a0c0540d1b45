//! Reads a crate's files: which module imports which.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::manifests::root;

/// Module to the modules that it imports. A module is its path inside the crate: `query::page`.
pub(crate) type Graph = BTreeMap<String, BTreeSet<String>>;

/// The sources of one crate.
pub(crate) struct Crate {
    pub(crate) name: String,
    /// Module to its code, without comments and tests.
    files: BTreeMap<String, String>,
}

impl Crate {
    /// Reads the crate in the folder `path` of the workspace.
    pub(crate) fn read(path: &str) -> Self {
        let source = root().join(path).join("src");
        let mut files = BTreeMap::new();
        for file in rust_files(&source) {
            let module = module_of(file.strip_prefix(&source).unwrap());
            if !module.split("::").any(|part| part == "tests") {
                files.insert(module, code(&std::fs::read_to_string(&file).unwrap()));
            }
        }
        Self { name: path.rsplit('/').next().unwrap().to_owned(), files }
    }

    /// Which module imports which.
    pub(crate) fn imports(&self) -> Graph {
        self.files
            .iter()
            .map(|(module, code)| {
                let named = paths(code).into_iter().filter_map(|path| self.resolve(module, &path));
                (module.clone(), named.filter(|to| to != module).collect())
            })
            .collect()
    }

    /// The module that `path`, as `module` writes it, lies in.
    fn resolve(&self, module: &str, path: &[String]) -> Option<String> {
        let mut at: Vec<&str> = module.split("::").filter(|part| !part.is_empty()).collect();
        let mut rest = path;
        match path.first()?.as_str() {
            "crate" => {
                at.clear();
                rest = &path[1..];
            }
            "self" => rest = &path[1..],
            "super" => {
                while rest.first().is_some_and(|part| part == "super") {
                    at.pop();
                    rest = &rest[1..];
                }
            }
            // A child that the module declares, named without `self`.
            first if !self.files.contains_key(&join(&at, first)) => return None,
            _ => {}
        }
        let mut found = at.join("::");
        for part in rest {
            let deeper = join(&found.split("::").filter(|p| !p.is_empty()).collect::<Vec<_>>(), part);
            if !self.files.contains_key(&deeper) {
                break;
            }
            found = deeper;
        }
        self.files.contains_key(&found).then_some(found)
    }
}

fn join(at: &[&str], part: &str) -> String {
    at.iter().copied().chain([part]).collect::<Vec<_>>().join("::")
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

/// `query/page.rs` is `query::page`; `lib.rs` and `main.rs` are the root, the empty path.
fn module_of(file: &Path) -> String {
    let parts: Vec<String> =
        file.with_extension("").iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if parts == ["lib"] || parts == ["main"] { String::new() } else { parts.join("::") }
}

/// The code of a file without comments and without what follows `#[cfg(test)]`, which comes last.
/// Names that a module inside the file takes from `super` count for the file.
fn code(text: &str) -> String {
    let lines = text.lines().take_while(|line| line.trim() != "#[cfg(test)]");
    let mut depth = 0;
    let mut code = Vec::new();
    for line in lines.map(|line| line.split("//").next().unwrap_or_default()) {
        let is_inside = depth > 0;
        if is_inside || (line.contains("mod ") && line.trim_end().ends_with('{')) {
            depth += line.matches('{').count();
            depth -= line.matches('}').count().min(depth);
        }
        code.push(if is_inside { line.replace("super::", "self::") } else { line.to_owned() });
    }
    code.join("\n")
}

/// Every path that the code names, in `use` trees and elsewhere.
fn paths(code: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    let mut rest = code.to_owned();
    while let Some(at) = find_use(&rest) {
        let end = rest[at..].find(';').map_or(rest.len(), |end| at + end);
        let tree: String = rest[at..end].chars().filter(|c| !c.is_whitespace() || *c == ' ').collect();
        expand(tree.trim_start().trim_start_matches("use ").trim(), &mut Vec::new(), &mut found);
        rest.replace_range(at..end, "");
    }
    let separators = |c: char| !(c.is_alphanumeric() || c == '_' || c == ':');
    let words = rest.split(separators).filter(|word| word.contains("::"));
    found.extend(
        words.map(|word| {
            word.split("::").filter(|part| !part.is_empty()).map(str::to_owned).collect::<Vec<_>>()
        }),
    );
    found.retain(|path: &Vec<String>| !path.is_empty());
    found
}

/// Where the next `use` begins, at the beginning of a statement.
fn find_use(code: &str) -> Option<usize> {
    code.match_indices("use ").map(|(at, _)| at).find(|at| {
        let line = code[..*at].rsplit('\n').next().unwrap_or_default().trim();
        line.is_empty() || line.starts_with("pub")
    })
}

/// Expands `a::{b, c::{d, self}}` into its paths.
fn expand(tree: &str, prefix: &mut Vec<String>, found: &mut Vec<Vec<String>>) {
    let depth = prefix.len();
    let mut rest = tree.trim();
    while let Some(at) = rest.find("::") {
        if rest.find('{').is_some_and(|brace| brace < at) {
            break;
        }
        prefix.push(rest[..at].trim().to_owned());
        rest = rest[at + 2..].trim();
    }
    if let Some(inner) = rest.strip_prefix('{') {
        for part in split(inner.trim_end().strip_suffix('}').unwrap_or(inner)) {
            expand(&part, prefix, found);
        }
    } else {
        let last = rest.split(" as ").next().unwrap_or_default().trim();
        let leaf = (last != "self" || prefix.is_empty()).then(|| last.to_owned());
        found.push(prefix.iter().cloned().chain(leaf).collect());
    }
    prefix.truncate(depth);
}

/// Splits at the commas outside inner braces.
fn split(list: &str) -> Vec<String> {
    let (mut parts, mut depth) = (vec![String::new()], 0);
    for c in list.chars() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(String::new());
                continue;
            }
            _ => {}
        }
        parts.last_mut().unwrap().push(c);
    }
    parts.into_iter().filter(|part| !part.trim().is_empty()).collect()
}

#[test]
fn use_trees_are_read_whole() {
    let code =
        "use crate::a::{d, b::{C, self}};\npub use self::e::F;\nfn x() { crate::g::h(); super::i::j() }";
    let read: Vec<String> = paths(code).iter().map(|path| path.join("::")).collect();
    assert_eq!(
        read,
        ["crate::a::d", "crate::a::b::C", "crate::a::b", "self::e::F", "crate::g::h", "super::i::j"]
    );
}
