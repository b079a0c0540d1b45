//! The routes, and who may use each.

use std::pin::Pin;

use axum::routing::MethodFilter;

use crate::problem::Answer;
use crate::visit::Visit;
use crate::{directories, directory, held, link, log, setup, sign_in, subscriptions};

/// Who may use a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anyone. A form must come from a page of this service.
    Anyone,
    /// Who has signed in. Here and below, a form must come from a page of the same session.
    SignedIn,
    /// The team.
    Team,
    /// The team, and the customer's administrator of the directory in the path.
    Directory,
}

type Handler = fn(Visit) -> Pin<Box<dyn Future<Output = Answer> + Send>>;

/// One route with one method.
pub struct Route {
    /// GET or POST.
    pub method: MethodFilter,
    /// The path, as axum writes it.
    pub path: &'static str,
    /// Who may use it.
    pub access: Access,
    pub(crate) handler: Handler,
}

const GET: MethodFilter = MethodFilter::GET;
const POST: MethodFilter = MethodFilter::POST;

/// All of them. GET changes nothing but the time when a session was last used.
pub static ROUTES: [Route; 26] = [
    route(GET, "/console", Access::Anyone, |visit| Box::pin(sign_in::home(visit))),
    route(POST, "/console/sign-in", Access::Anyone, |visit| Box::pin(sign_in::sign_in(visit))),
    route(GET, "/console/sign-in/{token}", Access::Anyone, |visit| Box::pin(sign_in::link::show(visit))),
    route(POST, "/console/sign-in/{token}", Access::Anyone, |visit| Box::pin(sign_in::link::open(visit))),
    route(POST, "/console/sign-out", Access::SignedIn, |visit| Box::pin(sign_in::sign_out(visit))),
    route(GET, "/console/directories", Access::Team, |visit| Box::pin(directories::list(visit))),
    route(GET, "/console/directories/{directory}", Access::Team, |visit| {
        Box::pin(directory::overview(visit))
    }),
    route(POST, "/console/directories/{directory}/setup-links", Access::Team, |visit| {
        Box::pin(directory::create_link(visit))
    }),
    route(POST, "/console/directories/{directory}/setup-links/{link}", Access::Team, |visit| {
        Box::pin(directory::revoke_link(visit))
    }),
    route(GET, "/console/directories/{directory}/setup", Access::Directory, |visit| {
        Box::pin(setup::show(visit))
    }),
    route(GET, "/console/directories/{directory}/log", Access::Directory, |visit| Box::pin(log::show(visit))),
    route(POST, "/console/directories/{directory}/setup/enable", Access::Directory, |visit| {
        Box::pin(setup::enable::enable(visit))
    }),
    route(POST, "/console/directories/{directory}/setup/credentials", Access::Directory, |visit| {
        Box::pin(setup::credentials::create(visit))
    }),
    route(POST, "/console/directories/{directory}/setup/test", Access::Directory, |visit| {
        Box::pin(setup::test::test(visit))
    }),
    route(POST, "/console/directories/{directory}/setup/finish", Access::Directory, |visit| {
        Box::pin(setup::finish::finish(visit))
    }),
    route(GET, "/console/directories/{directory}/held", Access::Team, |visit| Box::pin(held::show(visit))),
    route(POST, "/console/directories/{directory}/held", Access::Team, |visit| Box::pin(held::decide(visit))),
    route(GET, "/console/directories/{directory}/subscriptions", Access::Team, |visit| {
        Box::pin(subscriptions::show(visit))
    }),
    route(GET, "/console/directories/{directory}/subscriptions/{subscription}", Access::Team, |visit| {
        Box::pin(subscriptions::one::show(visit))
    }),
    route(POST, "/console/directories/{directory}/subscriptions/{subscription}", Access::Team, |visit| {
        Box::pin(subscriptions::actions::change(visit))
    }),
    route(
        POST,
        "/console/directories/{directory}/subscriptions/{subscription}/test",
        Access::Team,
        |visit| Box::pin(subscriptions::actions::test(visit)),
    ),
    route(
        POST,
        "/console/directories/{directory}/subscriptions/{subscription}/resend",
        Access::Team,
        |visit| Box::pin(subscriptions::actions::resend(visit)),
    ),
    route(
        POST,
        "/console/directories/{directory}/subscriptions/{subscription}/recover",
        Access::Team,
        |visit| Box::pin(subscriptions::actions::recover(visit)),
    ),
    route(
        POST,
        "/console/directories/{directory}/subscriptions/{subscription}/rotate",
        Access::Team,
        |visit| Box::pin(subscriptions::actions::rotate(visit)),
    ),
    route(GET, "/setup/{token}", Access::Anyone, |visit| Box::pin(link::show(visit))),
    route(POST, "/setup/{token}", Access::Anyone, |visit| Box::pin(link::open(visit))),
];

const fn route(method: MethodFilter, path: &'static str, access: Access, handler: Handler) -> Route {
    Route { method, path, access, handler }
}

impl std::fmt::Debug for Route {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", if self.changes() { "POST" } else { "GET" }, self.path)
    }
}

impl Route {
    /// Whether it is a POST: it may change something.
    #[must_use]
    pub fn changes(&self) -> bool {
        self.method == POST
    }
}
