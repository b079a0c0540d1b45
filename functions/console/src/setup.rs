//! The set-up page of a directory: from the conditions to the first request of the identity provider.

pub(crate) mod credentials;
pub(crate) mod enable;
pub(crate) mod finish;
pub(crate) mod test;

use axum::response::Response;
use directory::access::credential::{self, Credential};
use directory::access::oauth::client::{self, Client};
use directory::access::permissions::Scopes;
use directory::clock::seconds;
use directory::registry::record::DirectoryRecord;
use directory::registry::setup::{self, Setup};
use directory::registry::state::State;
use gateway::http::path::SCIM;
use http::{HeaderValue, StatusCode};
use maud::{Markup, html};

use crate::credentials::once;
use crate::directory::credentials_table;
use crate::fresh;
use crate::guide::Provider;
use crate::layout::{Frame, value};
use crate::limits::is_of_provider;
use crate::problem::{Answer, Problem};
use crate::systems::conditions;
use crate::time::{minute, stored};
use crate::visit::Visit;

/// Access tokens that are looked at.
const SHOWN: u16 = 100;
/// How often a page that waits for the first request is loaded again, in seconds.
const REFRESH: &str = "5";

/// What the page shows.
struct Page<'a> {
    frame: Frame,
    record: &'a DirectoryRecord,
    tenant_url: String,
    setup: Setup,
    credentials: Vec<Credential>,
    clients: Vec<Client>,
    provider: Provider,
    /// Whether the session may create secrets.
    is_fresh: bool,
    /// Whether the directory has groups.
    groups: bool,
    /// Whether the page loads itself again until the first request.
    waits: bool,
    /// What was wrong with the last form.
    wrong: Option<&'a str>,
}

/// The page.
pub(crate) async fn show(visit: Visit) -> Answer {
    page(&visit, StatusCode::OK, None).await
}

/// The page, with what was wrong with the last form.
async fn page(visit: &Visit, status: StatusCode, wrong: Option<&str>) -> Answer {
    let record = visit.record()?;
    let (mut credentials, _) = credential::list(visit.table(), &record.id, None, SHOWN).await?;
    credentials.retain(|one| is_of_provider(one.scopes));
    let (mut clients, _) = client::list(visit.table(), &record.id, None, SHOWN).await?;
    clients.retain(|one| one.revoked.is_none() && one.scopes.parse::<Scopes>().is_ok_and(is_of_provider));
    let profile = visit.app.profiles.get(&record.profile);
    let page = Page {
        frame: visit.frame(),
        record,
        tenant_url: format!("{}{SCIM}", visit.origin),
        setup: setup::read(visit.table(), &record.id).await?,
        credentials,
        clients,
        provider: Provider::of(visit.query.get("provider")),
        is_fresh: visit.is_fresh(),
        groups: profile.is_ok_and(|profile| profile.resource_type("Group").is_some()),
        waits: visit.query.get("wait") == "yes",
        wrong,
    };
    page.answer(status)
}

impl Page<'_> {
    fn answer(&self, status: StatusCode) -> Result<Response, Problem> {
        let title = format!("Set up user provisioning for {}", self.record.name);
        let content = html! {
            h1 { (title) }
            @match self.record.state {
                State::Enabled => p .good role="status" { "User provisioning is enabled." },
                State::Disabled if !self.setup.enables => {
                    p .note { "User provisioning is disabled. Only the team of this service can enable it again." }
                }
                State::Disabled => p .note { "User provisioning is not enabled yet." },
                _ => p .note { "User provisioning is paused. The team of this service can resume it." },
            }
            @if self.record.state == State::Enabled { (self.connection()) }
            @if self.record.state == State::Disabled && self.setup.enables { (self.conditions()) }
            @if self.record.state == State::Enabled {
                (self.choice())
                (self.tokens()?)
                h2 { "3. Enter the values in " (self.provider.name()) }
                (self.provider.steps(&self.tenant_url, self.groups))
                (self.test())
                (self.finish())
            }
        };
        let mut response = self.frame.page(status, &title, &content);
        if self.waits && self.connected().is_none() {
            response.headers_mut().insert("refresh", HeaderValue::from_static(REFRESH));
        }
        Ok(response)
    }

    fn path(&self, rest: &str) -> String {
        format!("/console/directories/{}/setup{rest}", self.record.id)
    }

    fn link(&self, rest: &str) -> String {
        self.frame.to(&self.path(rest))
    }

    /// When an access token was last used, or issued to an OAuth client, as people read it.
    fn connected(&self) -> Option<String> {
        let now = seconds();
        let used = self.credentials.iter().filter(|one| one.is_valid(now)).filter_map(|one| one.used).max();
        let issued = || self.clients.iter().filter_map(|client| client.used.as_deref()).max();
        used.map(minute).or_else(|| issued().map(stored))
    }

    /// Whether an OAuth client waits for a consent: the identity provider has a button for it.
    fn authorizes(&self) -> bool {
        self.clients.iter().any(|client| !client.redirects.is_empty())
    }

    /// The browser sends the form when all are ticked; the server checks it, too.
    fn conditions(&self) -> Markup {
        let fields = html! {
            @for condition in conditions(self.record) {
                label .check {
                    input type="checkbox" name="condition" value=(condition) required;
                    span { (condition) }
                }
            }
            button .yes.gated type="submit" { "Enable user provisioning" }
        };
        html! {
            h2 { "Conditions" }
            p { "Tick each condition. Then the button enables user provisioning." }
            @if let Some(wrong) = self.wrong { p .wrong role="alert" { (wrong) } }
            (self.frame.form(&self.path("/enable"), &fields))
        }
    }

    fn choice(&self) -> Markup {
        html! {
            h2 { "1. Choose your identity provider" }
            ul .choice {
                @for one in Provider::ALL {
                    li {
                        a href=(self.link(&format!("?provider={}", one.id()))) aria-current=[(one == self.provider).then_some("true")] {
                            (one.name())
                        }
                    }
                }
            }
        }
    }

    fn tokens(&self) -> Result<Markup, Problem> {
        let fields = html! {
            (once()?)
            input type="hidden" name="provider" value=(self.provider.id());
            button .yes type="submit" { "Create credentials" }
        };
        Ok(html! {
            h2 { "2. Create credentials" }
            p { "You need two values: the Tenant URL, and a secret token, which is shown once." }
            @if self.authorizes() {
                p .note {
                    "If your identity provider shows the button " strong { "Authorize" } ", you need no secret token: keep this \
                     page open, press " strong { "Authorize" } ", and on the page that opens leave the key empty and press "
                    strong { "Allow" } "."
                }
            }
            (value("url", "Tenant URL", &self.tenant_url))
            @if self.is_fresh {
                (self.frame.form(&self.path("/credentials"), &fields))
            } @else {
                (fresh::note(&self.frame, &self.path("")))
            }
            (self.alternatives())
            @if !self.credentials.is_empty() {
                h3 { "Access tokens that you have" }
                (credentials_table(&self.credentials, seconds()))
                p { a href=(self.of_directory("/credentials?")) { "Replace or revoke access tokens" } }
            }
        })
    }

    /// The address of another page of the directory, which leads back here. `rest` has a query.
    fn of_directory(&self, rest: &str) -> String {
        let id = self.provider.id();
        self.frame.to(&format!("/console/directories/{}{rest}provider={id}", self.record.id))
    }

    /// What some identity providers ask for in place of a secret token.
    fn alternatives(&self) -> Markup {
        let link = |kind: &str, text: &str| {
            html! { li { a href=(self.of_directory(&format!("/clients/new?kind={kind}&"))) { (text) } } }
        };
        html! {
            details {
                summary { "Does your identity provider ask for something else?" }
                ul {
                    (link("secret", "A token endpoint, a client identifier and a client secret"))
                    @if self.provider == Provider::Entra { (link("federation", "A workload identity, without a secret")) }
                    (link("authorization", "A button Authorize"))
                }
            }
        }
    }

    /// At the top of the page, because a page that loads itself again begins there.
    fn connection(&self) -> Markup {
        html! {
            @match (self.connected(), self.waits) {
                (Some(at), _) => p .good role="status" {
                    "Connected. An access token was last used at " (at) ", to a quarter of an hour. The "
                    a href=(self.frame.to(&format!("/console/directories/{}/log", self.record.id))) { "provisioning log" }
                    " shows what it changed."
                },
                (None, true) => p .note role="status" {
                    "Waiting for the first request. This page looks every five seconds. "
                    a href=(self.link(&format!("?provider={}", self.provider.id()))) { "Stop waiting" }
                },
                (None, false) => {},
            }
        }
    }

    fn test(&self) -> Markup {
        // Without a fragment: browsers may take the refresh of such a page for a jump inside it.
        let wait = format!("?provider={}&wait=yes", self.provider.id());
        let fields = html! {
            input type="hidden" name="provider" value=(self.provider.id());
            label for="test" { "Secret token" }
            input #test type="password" name="token" required autocomplete="off" spellcheck="false";
            label .check {
                input type="checkbox" name="probe" value="yes";
                span {
                    "Also create a test user, find, disable and delete it. Systems that receive the events of this \
                     directory see that."
                }
            }
            button .yes type="submit" { "Test it now" }
        };
        html! {
            h2 { "4. Test it now" }
            p { "Paste the secret token as you entered it in your identity provider. The test sends requests to the Tenant URL." }
            (self.frame.form(&self.path("/test"), &fields))
            p { "Then press " strong { (self.provider.test()) } " in your identity provider and "
                a href=(self.link(&wait)) { "wait for the first request" } "." }
        }
    }

    fn finish(&self) -> Markup {
        let button = html! { button .yes type="submit" { "Finish" } };
        html! {
            h2 { "5. Finish" }
            @match &self.setup.finished {
                Some(_) => p .good { "The set-up is finished. Your identity provider goes on by itself." },
                None => p { "Finish ends your session here. Provisioning goes on." },
            }
            (self.frame.form(&self.path("/finish"), &button))
        }
    }
}
