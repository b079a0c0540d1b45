//! A request that the [`gate`](crate::gate) let through.

use std::sync::Arc;

use axum::extract::RawPathParams;
use directory::Table;
use directory::access::session::{Cookie, Realm, Session};
use directory::clock::seconds;
use directory::id::DirectoryId;
use directory::registry::record::DirectoryRecord;
use gateway::app::App;
use gateway::auth::administrator::AdministratorKey;
use http::Uri;

use crate::form::Form;
use crate::layout::Frame;
use crate::oidc::provider::Provider;
use crate::problem::Problem;

/// Who has signed in.
pub(crate) struct Visitor {
    pub(crate) cookie: Cookie,
    pub(crate) session: Session,
}

/// A request.
pub(crate) struct Visit {
    pub(crate) app: App,
    /// What the team signs in with.
    pub(crate) key: AdministratorKey,
    /// What is remembered of the team's identity provider.
    pub(crate) provider: Provider,
    /// The URL before the routes, as the browser reaches it.
    pub(crate) origin: Arc<str>,
    /// The address of the browser, as far as it is known.
    pub(crate) source: String,
    /// Whose session it is.
    pub(crate) visitor: Option<Visitor>,
    /// The text of the cookie of a sign-in that has begun.
    pub(crate) pending: Option<String>,
    /// The directory in the path.
    pub(crate) record: Option<DirectoryRecord>,
    pub(crate) query: Form,
    /// The fields of a POST.
    pub(crate) form: Form,
    parameters: Vec<(String, String)>,
}

impl Visit {
    /// A request of which nothing is known yet but its address.
    pub(crate) fn new(
        app: App,
        (key, provider): (AdministratorKey, Provider),
        origin: Arc<str>,
        source: String,
        parameters: &RawPathParams,
        uri: &Uri,
    ) -> Self {
        let parameters = parameters.iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
        Self {
            app,
            key,
            provider,
            origin,
            source,
            visitor: None,
            pending: None,
            record: None,
            query: Form::parse(uri.query().unwrap_or_default().as_bytes()),
            form: Form::default(),
            parameters: parameters.collect(),
        }
    }

    pub(crate) fn table(&self) -> &Table {
        &self.app.table
    }

    /// A part of the path; empty when the route has none of this name.
    pub(crate) fn parameter(&self, name: &str) -> &str {
        self.parameters.iter().find(|(found, _)| found == name).map(|(_, value)| &**value).unwrap_or_default()
    }

    /// The id in the path of what the request is about, if it is not the directory. A token is a secret.
    pub(crate) fn target(&self) -> Option<&str> {
        let mut targets =
            self.parameters.iter().filter(|(name, _)| !matches!(&**name, "directory" | "token"));
        targets.next_back().map(|(_, value)| &**value)
    }

    /// Whether the administrator key opens pages, and a link that was made with it.
    pub(crate) fn key_signs_in(&self) -> bool {
        !self.app.settings.oidc.as_ref().is_some_and(|oidc| oidc.is_only_way)
    }

    /// What the session may see.
    pub(crate) fn realm(&self) -> Option<&Realm> {
        self.visitor.as_ref().map(|visitor| visitor.cookie.realm())
    }

    /// Whether it is a session of the team.
    pub(crate) fn is_team(&self) -> bool {
        self.realm() == Some(&Realm::Team)
    }

    /// Whether the session may still create secrets.
    pub(crate) fn is_fresh(&self) -> bool {
        self.visitor
            .as_ref()
            .is_some_and(|visitor| visitor.session.is_fresh(visitor.cookie.realm(), seconds()))
    }

    /// The directory in the path, or else that of the session.
    pub(crate) fn directory(&self) -> Option<&DirectoryId> {
        let of_session = match self.realm() {
            Some(Realm::Directory(directory)) => Some(directory),
            _ => None,
        };
        self.record.as_ref().map(|record| &record.id).or(of_session)
    }

    /// Who has the session, for the audit log.
    pub(crate) fn by(&self) -> &str {
        self.visitor.as_ref().map_or("-", |visitor| &visitor.session.by)
    }

    /// The directory in the path.
    ///
    /// # Errors
    /// [`Problem::not_found`] on a route that has none.
    pub(crate) fn record(&self) -> Result<&DirectoryRecord, Problem> {
        self.record.as_ref().ok_or_else(Problem::not_found)
    }

    /// What surrounds the page.
    pub(crate) fn frame(&self) -> Frame {
        let base = self.origin.parse::<Uri>().map(|uri| uri.path().trim_end_matches('/').to_owned());
        Frame {
            base: base.unwrap_or_default(),
            realm: self.realm().cloned(),
            form_token: self.visitor.as_ref().map(|visitor| visitor.cookie.form_token()),
        }
    }
}
