//! The API's routes, and which of them API Gateway selects for a path.

use serde_json::Value;

use super::Template;

/// The route that API Gateway uses when no other matches.
pub const DEFAULT: &str = "$default";

/// One event of the API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// The path, such as `/scim/v2/Users/{proxy+}`.
    pub path: String,
    /// The package of the function that it leads to.
    pub function: String,
}

impl Route {
    /// API Gateway's name of it.
    #[must_use]
    pub fn key(&self) -> String {
        if self.path == DEFAULT { DEFAULT.to_owned() } else { format!("ANY {}", self.path) }
    }
}

/// All of them.
#[derive(Debug)]
pub struct Routes(Vec<Route>);

impl Routes {
    pub(super) fn of(template: &Template) -> Self {
        let mut routes = Vec::new();
        for (function, properties) in template.functions() {
            for event in properties["Events"].as_object().into_iter().flat_map(|events| events.values()) {
                if event["Type"] == "HttpApi" {
                    routes.push(Route { path: path(&event["Properties"]), function: function.clone() });
                }
            }
        }
        Self(routes)
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &Route> {
        self.0.iter()
    }

    /// The route that API Gateway selects: the one with the most literal segments; `None` when
    /// it answers by itself, with an error that is not SCIM.
    #[must_use]
    pub fn find(&self, path: &str) -> Option<&Route> {
        let fitting = self.0.iter().filter_map(|route| Some((fit(&route.path, path)?, route)));
        fitting.max_by_key(|(fit, _)| *fit).map(|(_, route)| route)
    }
}

fn path(properties: &Value) -> String {
    assert_eq!(properties["ApiId"]["Ref"], "Api", "every route is one of the API");
    if properties["Method"].is_null() && properties["Path"].is_null() {
        return DEFAULT.to_owned();
    }
    assert_eq!(properties["Method"], "ANY", "a path has one function: 405 is a SCIM error, too");
    properties["Path"].as_str().expect("a path").to_owned()
}

/// The number of literal and of variable segments of `route`, if `path` matches it.
fn fit(route: &str, path: &str) -> Option<(usize, usize)> {
    let (mut named, mut counted) = (0, 0);
    if route == DEFAULT {
        return Some((named, counted));
    }
    let mut segments = path.split('/');
    for part in route.split('/') {
        if part.ends_with("+}") {
            // At least one segment, which may be empty.
            segments.next()?;
            return Some((named, counted));
        }
        let segment = segments.next()?;
        if part.starts_with('{') && !segment.is_empty() {
            counted += 1;
        } else if part == segment {
            named += 1;
        } else {
            return None;
        }
    }
    segments.next().is_none().then_some((named, counted))
}

#[cfg(test)]
mod tests {
    use super::{DEFAULT, Route, Routes};

    #[test]
    fn the_route_that_names_most_is_taken() {
        let paths = ["/a", "/a/{proxy+}", "/a/{id}", "/a/b", "/{proxy+}"];
        let route = |path: &&str| Route { path: (*path).to_owned(), function: String::new() };
        let routes = Routes(paths.iter().map(route).collect());
        for (path, taken) in [
            ("/a", "/a"),
            ("/a/", "/a/{proxy+}"),
            ("/a/b", "/a/b"),
            ("/a/c", "/a/{id}"),
            ("/a/b/c", "/a/{proxy+}"),
            ("/c", "/{proxy+}"),
        ] {
            assert_eq!(routes.find(path).map(|route| &*route.path), Some(taken), "{path}");
        }
        assert_eq!(routes.find(""), None);
        let mut routes = routes;
        routes.0.push(route(&DEFAULT));
        for (path, taken) in [("", DEFAULT), ("/c", "/{proxy+}")] {
            assert_eq!(routes.find(path).map(|route| &*route.path), Some(taken), "{path}");
        }
    }
}
