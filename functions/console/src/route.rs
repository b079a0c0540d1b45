//! The routes, and who may use each.

use std::pin::Pin;

use axum::routing::MethodFilter;

use crate::people::{group, person};
use crate::problem::Answer;
use crate::visit::Visit;
use crate::{
    audit, clients, credentials, directories, directory, held, link, log, oidc, people, settings, setup,
    sign_in, subscriptions,
};

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
    /// The session must have begun a short time ago, because the form creates a secret. The page that it is
    /// on, below that of the directory.
    pub fresh: Option<&'static str>,
    pub(crate) handler: Handler,
}

const GET: MethodFilter = MethodFilter::GET;
const POST: MethodFilter = MethodFilter::POST;

/// All of them. GET changes nothing but the time when a session was last used; only an answer of the identity
/// provider, which comes by GET, begins a session (`oidc`).
pub static ROUTES: &[Route] = &[
    route(GET, "/console", Access::Anyone, |visit| Box::pin(sign_in::home(visit))),
    route(POST, "/console/sign-in", Access::Anyone, |visit| Box::pin(sign_in::sign_in(visit))),
    route(GET, "/console/sign-in/{token}", Access::Anyone, |visit| Box::pin(sign_in::link::show(visit))),
    route(POST, "/console/sign-in/{token}", Access::Anyone, |visit| Box::pin(sign_in::link::open(visit))),
    route(GET, "/console/oidc", Access::Anyone, |visit| Box::pin(oidc::begin(visit))),
    route(GET, "/console/oidc/callback", Access::Anyone, |visit| Box::pin(oidc::finish(visit))),
    route(POST, "/console/sign-out", Access::SignedIn, |visit| Box::pin(sign_in::sign_out(visit))),
    route(GET, "/console/directories", Access::Team, |visit| Box::pin(directories::list(visit))),
    route(GET, "/console/directories/{directory}", Access::Team, |visit| {
        Box::pin(directory::overview(visit))
    }),
    route(POST, "/console/directories/{directory}/setup-links", Access::Team, |visit| {
        Box::pin(directory::create_link(visit))
    })
    .fresh(""),
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
    })
    .fresh("/setup"),
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
    )
    .fresh("/subscriptions"),
    route(GET, "/console/audit", Access::Team, |visit| Box::pin(audit::show(visit))),
    route(GET, "/console/directories/{directory}/audit", Access::Team, |visit| Box::pin(audit::show(visit))),
    route(GET, "/console/directories/{directory}/credentials", Access::Directory, |visit| {
        Box::pin(credentials::list(visit))
    }),
    route(POST, "/console/directories/{directory}/credentials", Access::Directory, |visit| {
        Box::pin(credentials::create::create(visit))
    })
    .fresh("/credentials"),
    route(GET, "/console/directories/{directory}/credentials/{credential}", Access::Directory, |visit| {
        Box::pin(credentials::one::show(visit))
    }),
    route(
        POST,
        "/console/directories/{directory}/credentials/{credential}/rotate",
        Access::Directory,
        |visit| Box::pin(credentials::one::rotate(visit)),
    )
    .fresh("/credentials"),
    route(
        GET,
        "/console/directories/{directory}/credentials/{credential}/revoke",
        Access::Directory,
        |visit| Box::pin(credentials::revoke::ask(visit)),
    ),
    route(
        POST,
        "/console/directories/{directory}/credentials/{credential}/revoke",
        Access::Directory,
        |visit| Box::pin(credentials::revoke::revoke(visit)),
    ),
    route(GET, "/console/directories/{directory}/clients", Access::Directory, |visit| {
        Box::pin(clients::list(visit))
    }),
    route(POST, "/console/directories/{directory}/clients", Access::Directory, |visit| {
        Box::pin(clients::create::create(visit))
    })
    .fresh("/clients"),
    route(GET, "/console/directories/{directory}/clients/new", Access::Directory, |visit| {
        Box::pin(clients::new::show(visit))
    }),
    route(GET, "/console/directories/{directory}/clients/{client}", Access::Directory, |visit| {
        Box::pin(clients::one::show(visit))
    }),
    route(POST, "/console/directories/{directory}/clients/{client}/secrets", Access::Directory, |visit| {
        Box::pin(clients::secrets::add(visit))
    })
    .fresh("/clients"),
    route(
        GET,
        "/console/directories/{directory}/clients/{client}/secrets/{secret}",
        Access::Directory,
        |visit| Box::pin(clients::secrets::ask(visit)),
    ),
    route(
        POST,
        "/console/directories/{directory}/clients/{client}/secrets/{secret}",
        Access::Directory,
        |visit| Box::pin(clients::secrets::remove(visit)),
    ),
    route(GET, "/console/directories/{directory}/clients/{client}/revoke", Access::Directory, |visit| {
        Box::pin(clients::revoke::ask(visit))
    }),
    route(POST, "/console/directories/{directory}/clients/{client}/revoke", Access::Directory, |visit| {
        Box::pin(clients::revoke::revoke(visit))
    }),
    route(GET, "/console/directories/{directory}/settings", Access::Team, |visit| {
        Box::pin(settings::show(visit))
    }),
    route(POST, "/console/directories/{directory}/settings", Access::Team, |visit| {
        Box::pin(settings::save::save(visit))
    }),
    route(GET, "/console/directories/{directory}/settings/state", Access::Team, |visit| {
        Box::pin(settings::state::ask(visit))
    }),
    route(POST, "/console/directories/{directory}/settings/state", Access::Team, |visit| {
        Box::pin(settings::state::change(visit))
    }),
    route(GET, "/console/directories/{directory}/people", Access::Team, |visit| {
        Box::pin(people::show(visit))
    }),
    route(POST, "/console/directories/{directory}/people", Access::Team, |visit| {
        Box::pin(people::look_up(visit))
    }),
    route(GET, "/console/directories/{directory}/people/{user}", Access::Team, |visit| {
        Box::pin(person::show(visit))
    }),
    route(POST, "/console/directories/{directory}/people/{user}", Access::Team, |visit| {
        Box::pin(person::show_names(visit))
    }),
    route(GET, "/console/directories/{directory}/groups/{group}", Access::Team, |visit| {
        Box::pin(group::show(visit))
    }),
    route(POST, "/console/directories/{directory}/groups/{group}", Access::Team, |visit| {
        Box::pin(group::show_names(visit))
    }),
    route(GET, "/setup/{token}", Access::Anyone, |visit| Box::pin(link::show(visit))),
    route(POST, "/setup/{token}", Access::Anyone, |visit| Box::pin(link::open(visit))),
];

const fn route(method: MethodFilter, path: &'static str, access: Access, handler: Handler) -> Route {
    Route { method, path, access, fresh: None, handler }
}

impl std::fmt::Debug for Route {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", if self.changes() { "POST" } else { "GET" }, self.path)
    }
}

impl Route {
    const fn fresh(self, page: &'static str) -> Self {
        Self { fresh: Some(page), ..self }
    }

    /// Whether it is a POST: it may change something.
    #[must_use]
    pub fn changes(&self) -> bool {
        self.method == POST
    }
}
