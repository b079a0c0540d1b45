//! The functions' routes, read from their routers.

use std::collections::BTreeSet;

use axum::Router;
use gateway::app::App;
use gateway::auth::administrator::AdministratorKey;
use rollcall::functions::{FUNCTIONS, Function, Serves};

/// The administrator key of functions that a test runs itself.
pub const KEY: &str = "an-administration-key-of-32-characters-and-more";

/// [`KEY`], in the form that functions take.
#[must_use]
pub fn key() -> AdministratorKey {
    AdministratorKey::new(KEY).expect("a key")
}

/// The paths of a router, which only its debug output shows.
#[must_use]
pub fn paths(router: &Router<App>) -> BTreeSet<String> {
    let text = format!("{router:?}");
    // axum also lists its fallback.
    let quoted = text.split('"').filter(|text| text.starts_with('/') && !text.contains("__private__"));
    quoted.filter(|text| text.len() > 1).map(str::to_owned).collect()
}

/// The paths of the selected functions.
#[must_use]
pub fn paths_of(wanted: impl Fn(&Serves) -> bool) -> BTreeSet<String> {
    let functions = FUNCTIONS.iter().filter(|function| wanted(&function.serves));
    functions.map(Function::routes).flat_map(|router| paths(&router)).collect()
}

/// Whether a function serves SCIM.
#[must_use]
pub fn is_scim(serves: &Serves) -> bool {
    matches!(serves, Serves::Scim(_) | Serves::AnyScim(_))
}
