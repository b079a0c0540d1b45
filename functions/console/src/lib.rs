//! `/console` and `/setup`: pages for the team of the service, which sees all directories, and for a
//! customer's administrator, who sees one (docs/console.md).
//!
//! [`route::ROUTES`] lists the routes and who may use each. `gate` enforces that, and checks every
//! form, before a handler sees the request: it gets a `visit::Visit`.

pub mod route;

mod audit;
mod causes;
mod clients;
mod credentials;
mod directories;
mod directory;
mod field;
mod form;
mod fresh;
mod gate;
mod guide;
mod held;
mod layout;
mod limits;
mod link;
mod log;
mod oidc;
mod people;
mod problem;
mod settings;
mod setup;
mod sign_in;
mod status;
mod subscriptions;
mod systems;
mod time;
mod trail;
mod visit;

use axum::Router;
use axum::extract::{Extension, RawPathParams, Request, State};
use axum::routing::on;
use gateway::app::App;
use gateway::auth::administrator::AdministratorKey;
use gateway::serve::Edge;
use gateway::serve::mount::{Origin, open};

use crate::oidc::provider::Provider;
use crate::route::{ROUTES, Route};

/// What the routes of the console begin with.
pub const BASE: &str = "/console";
/// What set-up links begin with.
pub const LINKS: &str = "/setup";

/// All routes.
pub fn routes() -> Router<App> {
    ROUTES.iter().fold(Router::new(), add)
}

/// `edge` with the console, which the holder of `key` may sign in to, and the people of the identity provider
/// that the settings name.
#[must_use]
pub fn mount(edge: Edge, key: AdministratorKey) -> Edge {
    let provider = Provider::default();
    let below = |base: &str| {
        let routes = ROUTES.iter().filter(|route| route.path.starts_with(base));
        routes.fold(Router::new(), add).layer(Extension(key.clone())).layer(Extension(provider.clone()))
    };
    let (console, links) = (below(BASE), below(LINKS));
    edge.mount(BASE, console, open()).mount(LINKS, links, open())
}

fn add(router: Router<App>, route: &'static Route) -> Router<App> {
    let handler = move |State(app): State<App>,
                        Extension(key): Extension<AdministratorKey>,
                        Extension(provider): Extension<Provider>,
                        Origin(origin): Origin,
                        parameters: RawPathParams,
                        request: Request| {
        gate::serve(route, app, (key, provider), origin, parameters, request)
    };
    router.route(route.path, on(route.method, handler))
}
