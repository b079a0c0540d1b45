//! Every route of every router has its event in the template and its event files, and every event
//! leads to a function that has a route for it.

use std::collections::BTreeSet;
use std::path::Path;

use rollcall::functions::{FUNCTIONS, Function, Serves};
use serde_json::Value;
use tests::call::Call;
use tests::corpus::{files, read};
use tests::endpoint::Endpoint;
use tests::functions::{is_scim, paths, paths_of};
use tests::runtime::block_on;
use tests::template::{DEFAULT, Template};

/// The route for paths that API Gateway has no route for: its function has all routes, and answers
/// a SCIM 404.
const CATCH_ALL: &str = "/scim/v2/{proxy+}";
const SCIM: &str = "/scim/v2";
const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/// A path as a client may send it.
fn sample(path: &str) -> String {
    let fill = |part: &str| match part {
        "{endpoint}" => "Devices".to_owned(),
        part if part.starts_with('{') => "0190c0de-0000-7000-8000-000000000000".to_owned(),
        part => part.to_owned(),
    };
    path.split('/').map(fill).collect::<Vec<_>>().join("/")
}

/// The methods of a path: all others are a 405.
fn methods(scim: &Endpoint, path: &str) -> Vec<&'static str> {
    let sent = sample(path);
    let origin = scim.base().trim_end_matches(SCIM);
    let url = format!("{origin}{sent}");
    // Paths outside SCIM have their own form of answers.
    let administration = paths_of(|serves| matches!(serves, Serves::Administration(..)));
    let key = scim.stack().map(|stack| format!("Bearer {}", stack.administrator_key()));
    let has = |method: &&str| {
        let mut call = Call::new(scim, method, &url);
        if administration.contains(path) {
            call = call.authorization(key.as_deref());
        }
        block_on(call.exchange()).status != 405
    };
    METHODS.into_iter().filter(has).collect()
}

#[test]
fn every_route_has_its_event_and_every_event_its_route() {
    let template = Template::main();
    let routes = template.routes();
    let any = FUNCTIONS.iter().find(|function| matches!(function.serves, Serves::AnyScim(_))).unwrap();
    let serves = |name: &str, path: &str| {
        name == any.name || FUNCTIONS.iter().any(|one| one.name == name && own(one).contains(path))
    };
    let mut used = BTreeSet::from([CATCH_ALL.to_owned(), DEFAULT.to_owned()]);
    for function in &FUNCTIONS {
        for path in own(function) {
            let sent = sample(&path);
            let route = routes.find(&sent).unwrap_or_else(|| panic!("no event takes {sent}"));
            // API Gateway does not know the resource types of a profile.
            let function = if path.contains("{endpoint}") { any.name } else { function.name };
            assert_eq!(route.function, function, "{} takes {sent}", route.path);
            used.insert(route.path.clone());
            if !path.starts_with(SCIM) {
                continue;
            }
            // Slashes as a Tenant URL with a slash at its end makes them, and as some
            // clients send them.
            for sent in [format!("{sent}/"), sent.replacen("/scim/v2", "/scim/v2/", 1)] {
                let route = routes.find(&sent).unwrap_or_else(|| panic!("no event takes {sent}"));
                assert!(serves(&route.function, &path), "{} takes {sent}", route.path);
                used.insert(route.path.clone());
            }
        }
    }
    for route in routes.iter() {
        assert!(
            used.contains(&route.path),
            "{} leads to {}, which has no such route",
            route.path,
            route.function
        );
    }
    let nowhere = routes.find("/scim/v2/Nothing/at/all").unwrap();
    assert_eq!((&*nowhere.path, &*nowhere.function), (CATCH_ALL, any.name));
    for outside in ["/", "/Users", "/scim", "/scim/v1/Users", "/admin"] {
        let outside = routes.find(outside).unwrap();
        assert_eq!((&*outside.path, &*outside.function), (DEFAULT, any.name));
    }
    assert_eq!(paths(&bulk::served()), paths_of(is_scim), "in AWS, {} has the routes of all", any.name);
}

/// API Gateway refuses a throttle of a route that does not exist.
#[test]
fn oauth_administration_and_console_have_throttles_of_their_own() {
    let template = Template::main();
    let keys: BTreeSet<_> =
        template.routes().iter().map(|route| (route.key(), route.function.clone())).collect();
    let throttled = template.resource("Api")["Properties"]["RouteSettings"].as_object().unwrap();
    let functions = throttled.keys().map(|key| {
        let found = keys.iter().find(|(route, _)| route == key);
        &*found.unwrap_or_else(|| panic!("{key} is not a route")).1
    });
    assert_eq!(functions.collect::<BTreeSet<_>>(), BTreeSet::from(["admin", "console", "token"]));
}

/// A function's own paths.
fn own(function: &Function) -> BTreeSet<String> {
    let paths = paths(&function.routes());
    assert_eq!(paths.is_empty(), matches!(function.serves, Serves::Events), "{}: {paths:?}", function.name);
    paths
}

#[test]
fn folders_registry_and_template_have_the_same_functions() {
    let registry: BTreeSet<_> =
        FUNCTIONS.iter().map(|one| (one.name.to_owned(), one.resource.to_owned())).collect();
    assert_eq!(Template::main().resources(), registry);
    let folders = Path::new(env!("CARGO_MANIFEST_DIR")).join("../functions").read_dir().unwrap();
    let folders: BTreeSet<_> = folders.map(|one| one.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(folders, registry.into_iter().map(|(name, _)| name).collect());
}

/// The files of `events/v2` contain only events: `sam local invoke` reads them as they are.
/// `tests::lambda::rest` makes the events of a REST API from them.
#[test]
fn every_route_has_an_event_file() {
    // A profile with a resource type of its own.
    let Some(scim) = Endpoint::of_profile("devices") else { return };
    let routes = Template::main().routes();
    let all = paths_of(|_| true);
    let mut wanted = BTreeSet::new();
    for path in &all {
        wanted.extend(methods(&scim, path).into_iter().map(|method| format!("{method} {path}")));
    }
    let mut found = BTreeSet::new();
    for (file, path) in files("events/v2") {
        let event: Value = read(&path);
        let (method, path) = (&event["requestContext"]["http"]["method"], event["rawPath"].as_str().unwrap());
        let taken = event["routeKey"].as_str().unwrap().trim_start_matches("ANY ");
        assert_eq!(routes.find(path).unwrap().path, taken, "{file}");
        let fitting = all.iter().filter(|route| matches(route, path));
        // Of two matching routes, the more specific one.
        let route = fitting.min_by_key(|route| route.matches('{').count());
        let route = route.unwrap_or_else(|| panic!("{file}: {path} is not a route"));
        found.insert(format!("{} {route}", method.as_str().unwrap()));
    }
    assert_eq!(found, wanted);
}

/// Whether `path` matches `route`.
fn matches(route: &str, path: &str) -> bool {
    let (route, path): (Vec<_>, Vec<_>) = (route.split('/').collect(), path.split('/').collect());
    route.len() == path.len() && route.iter().zip(&path).all(|(r, p)| r.starts_with('{') || r == p)
}
