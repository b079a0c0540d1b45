//! The floor of each module: a module may import from its own floor and from those below.

/// Per crate: its floors from the top, each a list of modules (with all that they contain). The
/// empty name is the root, `lib.rs`.
pub(crate) const FLOORS: &[(&str, &[&[&str]])] = &[
    (
        "directory",
        &[
            &[""],
            &["directory"],
            &["subscription", "undo"],
            &["transfer", "verify", "query", "events"],
            &["upkeep"],
            &["members"],
            &["access", "resource"],
            &["registry"],
            &["tenant", "resume"],
            &["recent"],
            &["keys", "value_key", "secret"],
            &["id", "error"],
            &["clock", "encoding"],
        ],
    ),
    (
        "gateway",
        &[
            &["", "run"],
            &["serve"],
            &["scim", "events", "delivery", "administration"],
            &["app"],
            &["auth"],
            &["http"],
            &["settings", "log"],
        ],
    ),
];

/// The floor of `module` from the top; `None` when it has no floor.
pub(crate) fn of(floors: &[&[&str]], module: &str) -> Option<usize> {
    let top = module.split("::").next().unwrap_or_default();
    floors.iter().position(|floor| floor.contains(&top))
}

/// The crates from the top. Crates on one floor do not depend on each other.
const CRATES: &[&[&str]] = &[
    &["tests"],
    &["infra/local"],
    &["infra/cli"],
    // It answers paths that API Gateway has no route for, so it has the routes of the others.
    &["functions/bulk"],
    &["functions"],
    &["shared/gateway"],
    &["shared/directory"],
    &["shared/scim", "shared/table"],
];

/// The floor of the crate in `folder`, counted from the top.
pub(crate) fn of_crate(folder: &str) -> usize {
    let stands = |top: &&&str| folder == **top || folder.starts_with(&format!("{top}/"));
    let floor = CRATES.iter().position(|floor| floor.iter().any(|top| stands(&top)));
    floor.unwrap_or_else(|| panic!("`{folder}` stands on no floor: see floors.rs"))
}

/// Tests may use each other.
pub(crate) fn may_share(from: &str, to: &str) -> bool {
    from.starts_with("tests") && to.starts_with("tests")
}
