//! The functions of a deployment, one entry each.
//!
//! The local server and the tests read them here. A test compares them with the folders of
//! `functions/`, which the build reads, and with `template.yaml`.

use axum::Router;
use gateway::app::App;
use gateway::auth::administrator::AdministratorKey;
use gateway::serve::{Edge, service};
use token::consent::sign_in::Administrator;

/// All of them.
pub static FUNCTIONS: [Function; 10] = [
    Function { name: "users", resource: "UsersFunction", serves: Serves::Scim(users::routes) },
    Function { name: "groups", resource: "GroupsFunction", serves: Serves::Scim(groups::routes) },
    Function { name: "discovery", resource: "DiscoveryFunction", serves: Serves::Scim(discovery::routes) },
    Function { name: "bulk", resource: "BulkFunction", serves: Serves::AnyScim(bulk::routes) },
    Function {
        name: "token",
        resource: "TokenFunction",
        serves: Serves::Public(
            || token::routes().merge(token::metadata_routes()),
            |edge, key| token::mount(edge, Administrator::Known(key)),
        ),
    },
    Function {
        name: "admin",
        resource: "AdminFunction",
        serves: Serves::Administration(admin::routes, admin::mount),
    },
    Function {
        name: "events",
        resource: "EventsFunction",
        serves: Serves::Public(
            || events::routes().merge(events::key_routes()),
            |edge, _| events::mount(edge),
        ),
    },
    Function {
        name: "console",
        resource: "ConsoleFunction",
        serves: Serves::Public(console::routes, console::mount),
    },
    Function { name: "changes", resource: "ChangesFunction", serves: Serves::Events },
    Function { name: "deliver", resource: "DeliverFunction", serves: Serves::Events },
];

/// A function's own routes.
pub type Routes = fn() -> Router<App>;
/// Adds a function's routes to a service, for callers who have the administrator key.
pub type Mount = fn(Edge, AdministratorKey) -> Edge;

/// One Lambda function.
#[derive(Debug)]
pub struct Function {
    /// Its package, its folder in `functions/`, and the end of its name in AWS.
    pub name: &'static str,
    /// Its logical id in `template.yaml`.
    pub resource: &'static str,
    /// What it serves, and to whom.
    pub serves: Serves,
}

/// What a function serves, and to whom.
#[derive(Debug)]
pub enum Serves {
    /// SCIM, to clients that have a credential of a directory.
    Scim(Routes),
    /// The same. API Gateway also sends it each SCIM path that it can assign to no other
    /// function, so in AWS it has the routes of all of them.
    AnyScim(Routes),
    /// Requests other than SCIM. The handlers check the caller.
    Public(Routes, Mount),
    /// Requests other than SCIM, for callers that have the administrator key.
    Administration(Routes, Mount),
    /// No requests: records of the table's stream or messages of a queue, and a schedule.
    Events,
}

impl Function {
    /// Its own routes; none for [`Serves::Events`].
    pub fn routes(&self) -> Router<App> {
        match self.serves {
            Serves::Scim(routes) | Serves::AnyScim(routes) => routes(),
            Serves::Public(routes, _) | Serves::Administration(routes, _) => routes(),
            Serves::Events => Router::new(),
        }
    }

    /// The service that it is in AWS.
    #[must_use]
    pub fn alone(&self, app: App, key: AdministratorKey) -> Edge {
        match self.serves {
            Serves::Scim(routes) => service(routes(), app),
            Serves::AnyScim(_) => service(bulk::served(), app),
            Serves::Public(_, mount) | Serves::Administration(_, mount) => {
                mount(service(Router::new(), app), key)
            }
            Serves::Events => service(Router::new(), app),
        }
    }
}

/// The function of this name.
#[must_use]
pub fn named(name: &str) -> Option<&'static Function> {
    FUNCTIONS.iter().find(|function| function.name == name)
}

/// All functions as one service: what the API serves in AWS.
#[must_use]
pub fn together(app: App, key: &AdministratorKey) -> Edge {
    FUNCTIONS.iter().fold(service(bulk::served(), app), |edge, function| match function.serves {
        Serves::Public(_, mount) | Serves::Administration(_, mount) => mount(edge, key.clone()),
        Serves::Scim(_) | Serves::AnyScim(_) | Serves::Events => edge,
    })
}
