//! Every route of every router has its event in the template and its event files, and no
//! event leads to a function that has no route for it.

use std::collections::{BTreeMap, BTreeSet};

use axum::Router;
use gateway::app::App;
use serde_json::Value;
use tests::call::Call;
use tests::corpus::{files, read};
use tests::endpoint::Endpoint;
use tests::template::Template;

/// Answer 404 to everything that has no route, as SCIM.
const CATCH_ALL: [&str; 2] = ["/scim/v2", "/scim/v2/{proxy+}"];
const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/// The router of each function that the API leads to.
pub(crate) fn routers() -> BTreeMap<&'static str, Router<App>> {
    BTreeMap::from([
        ("users", users::routes()),
        ("groups", groups::routes()),
        ("discovery", discovery::routes()),
    ])
}

/// The paths of a router, which only its debug output tells.
fn paths(router: &Router<App>) -> BTreeSet<String> {
    let text = format!("{router:?}");
    let quoted = text.split('"').filter(|text| text.starts_with("/scim/v2"));
    let paths: BTreeSet<_> = quoted.map(str::to_owned).collect();
    assert!(!paths.is_empty(), "axum says it differently now: {text}");
    paths
}

/// A path as a client may send it.
fn sample(path: &str) -> String {
    let fill = |part: &str| {
        if part.starts_with('{') { "0190c0de-0000-7000-8000-000000000000" } else { part }.to_owned()
    };
    path.split('/').map(fill).collect::<Vec<_>>().join("/")
}

/// The methods that a path has, as its own 405 says.
fn methods(path: &str) -> Vec<&'static str> {
    let scim = Endpoint::shared();
    let answer = Call::new(scim, "OPTIONS", sample(path).trim_start_matches("/scim/v2")).send();
    answer.expect(405);
    let allowed: BTreeSet<_> = answer.header("allow").unwrap().split(',').map(str::to_owned).collect();
    METHODS.into_iter().filter(|method| allowed.contains(*method)).collect()
}

#[test]
fn every_route_has_its_event_and_every_event_its_route() {
    let template = Template::main();
    let routes = template.routes();
    let mut used = BTreeSet::new();
    for (function, router) in routers() {
        for path in paths(&router) {
            for sent in [sample(&path), format!("{}/", sample(&path))] {
                let route = routes.find(&sent).unwrap_or_else(|| panic!("no event takes {sent}"));
                assert_eq!(route.function, function, "{} takes {sent}", route.path);
                used.insert(route.path.clone());
            }
        }
    }
    for route in routes.iter().filter(|route| !CATCH_ALL.contains(&&*route.path)) {
        assert!(
            used.contains(&route.path),
            "{} leads to {}, which has no such route",
            route.path,
            route.function
        );
    }
    for path in CATCH_ALL {
        let found = routes.find(&path.replace("{proxy+}", "Nothing/at/all"));
        assert_eq!(found.map(|route| (&*route.path, &*route.function)), Some((path, "discovery")));
    }
}

#[test]
fn every_function_of_the_template_is_one_of_the_repository() {
    let template = Template::main();
    let known: BTreeSet<_> = routers().into_keys().map(str::to_owned).chain(["changes".to_owned()]).collect();
    let made: BTreeSet<_> = template.functions().into_iter().map(|(name, _)| name).collect();
    assert_eq!(made, known);
}

/// The files of `events/v2` and `events/v1` are events and nothing else: `sam local invoke`
/// reads them as they are.
#[test]
fn every_route_has_an_event_file_of_both_dialects() {
    let routes = Template::main().routes();
    let mut wanted = BTreeSet::new();
    for path in routers().values().flat_map(paths) {
        for method in methods(&path) {
            for dialect in ["v1", "v2"] {
                wanted.insert(format!("{dialect} {method} {path}"));
            }
        }
    }
    let mut found = BTreeSet::new();
    for dialect in ["v1", "v2"] {
        for (file, path) in files(&format!("events/{dialect}")) {
            let event: Value = read(&path);
            let (method, path) = match dialect {
                "v1" => (&event["httpMethod"], &event["path"]),
                _ => (&event["requestContext"]["http"]["method"], &event["rawPath"]),
            };
            let (method, path) = (method.as_str().unwrap(), path.as_str().unwrap());
            let taken = routes.find(path).unwrap();
            let route = routers()
                .get(&*taken.function)
                .and_then(|router| paths(router).into_iter().find(|route| matches(route, path)));
            let route = route.unwrap_or_else(|| panic!("{dialect}/{file}: {path} is no route"));
            if dialect == "v2" {
                assert_eq!(event["routeKey"], taken.key(), "{dialect}/{file}");
            } else {
                assert_eq!(event["resource"], taken.path, "{dialect}/{file}");
            }
            found.insert(format!("{dialect} {method} {route}"));
        }
    }
    assert_eq!(found, wanted);
}

/// Whether `path` is one of those that `route` stands for.
fn matches(route: &str, path: &str) -> bool {
    let (route, path): (Vec<_>, Vec<_>) = (route.split('/').collect(), path.split('/').collect());
    route.len() == path.len() && route.iter().zip(&path).all(|(r, p)| r.starts_with('{') || r == p)
}
