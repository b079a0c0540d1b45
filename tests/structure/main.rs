//! The order of the crates and of the modules inside them: imports point downwards, without
//! circles.
//!
//! A module is a file. It imports another when its code names it: in a `use`, in a `pub use` or by
//! a path. Declaring a child (`mod child;`) is no import. Tests inside a crate do not count.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod floors;
mod imports;
mod manifests;

use std::collections::{BTreeMap, BTreeSet};

use imports::{Crate, Graph};

/// Every crate that ships, and the local server with its command line.
fn crates() -> Vec<Crate> {
    manifests::members()
        .into_iter()
        .filter(|(path, _)| !path.starts_with("tests"))
        .map(|(path, _)| Crate::read(&path))
        .collect()
}

#[test]
fn no_crate_has_an_import_circle() {
    let circles: Vec<String> = crates()
        .iter()
        .flat_map(|each| {
            circles(&each.imports()).into_iter().map(|circle| format!("{}: {}", each.name, circle.join(", ")))
        })
        .collect();
    assert!(circles.is_empty(), "modules that import each other in a circle:\n{}", circles.join("\n"));
}

#[test]
fn imports_follow_the_floors() {
    let mut wrong = Vec::new();
    for (name, floors) in floors::FLOORS {
        let graph = crates()
            .iter()
            .find(|each| each.name == *name)
            .unwrap_or_else(|| panic!("no crate {name}"))
            .imports();
        for (module, imports) in &graph {
            let floor = floors::of(floors, module)
                .unwrap_or_else(|| panic!("{name}: `{module}` stands on no floor: see floors.rs"));
            let above = imports.iter().filter(|to| floors::of(floors, to).is_some_and(|to| to < floor));
            wrong.extend(above.map(|to| format!("{name}: {module} imports {to}, which stands above it")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn crates_depend_downwards() {
    let mut wrong = Vec::new();
    for (from, dependencies) in manifests::members() {
        let below =
            |to: &String| floors::of_crate(to) > floors::of_crate(&from) || floors::may_share(&from, to);
        wrong.extend(
            dependencies
                .iter()
                .filter(|to| !below(to))
                .map(|to| format!("{from} depends on {to}, which does not stand below it")),
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The groups of modules that import each other, directly or through others.
fn circles(graph: &Graph) -> Vec<Vec<String>> {
    let reached: BTreeMap<&String, BTreeSet<&String>> =
        graph.keys().map(|module| (module, reachable(graph, module))).collect();
    let mut found = BTreeSet::new();
    for (module, all) in &reached {
        let circle: Vec<String> =
            all.iter().filter(|to| reached[*to].contains(module)).map(|to| (*to).clone()).collect();
        if circle.len() > 1 {
            found.insert(circle);
        }
    }
    found.into_iter().collect()
}

fn reachable<'a>(graph: &'a Graph, from: &'a String) -> BTreeSet<&'a String> {
    let mut reached = BTreeSet::new();
    let mut next = vec![from];
    while let Some(module) = next.pop() {
        next.extend(graph[module].iter().filter(|to| reached.insert(*to)));
    }
    reached
}

#[test]
fn a_planted_circle_is_found() {
    let graph: Graph = [("a", ["b"]), ("b", ["c"]), ("c", ["a"]), ("d", ["a"])]
        .map(|(from, to)| (from.to_owned(), to.map(str::to_owned).into()))
        .into();
    assert_eq!(circles(&graph), [["a", "b", "c"]]);
}
