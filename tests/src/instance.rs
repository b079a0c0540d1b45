//! Another instance of the whole service on the table of a stack: it remembers nothing, and may have
//! other secrets.

use axum::body::{Body, to_bytes};
use directory::Table;
use directory::secret::deployment::DeploymentSecret;
use gateway::app::App;
use gateway::auth::administrator::AdministratorKey;
use gateway::serve::Edge;
use gateway::settings::Settings;
use http::Request;
use http::response::Parts;
use rollcall::functions::together;
use tower::ServiceExt;

use crate::endpoint::Endpoint;
use crate::runtime::block_on;

/// An instance, in this process.
#[derive(Debug)]
pub struct Instance(Edge);

impl Instance {
    /// An instance on the table of `scim` with these values of the deployment's secret and these
    /// administrator keys; `None` with a note where the server is not in this process.
    #[must_use]
    pub fn new(scim: &Endpoint, deployment: &str, keys: &str) -> Option<Self> {
        Self::on(scim, scim.stack()?.table(), deployment, keys)
    }

    /// As [`new`](Self::new), with another client of the table.
    #[must_use]
    pub fn on(scim: &Endpoint, table: Table, deployment: &str, keys: &str) -> Option<Self> {
        Self::of(scim, table, deployment, keys, Settings::default())
    }

    /// As [`new`](Self::new), with these settings.
    #[must_use]
    pub fn with(scim: &Endpoint, deployment: &str, keys: &str, settings: Settings) -> Option<Self> {
        Self::of(scim, scim.stack()?.table(), deployment, keys, settings)
    }

    fn of(scim: &Endpoint, table: Table, deployment: &str, keys: &str, settings: Settings) -> Option<Self> {
        let stack = scim.stack()?;
        let deployment = DeploymentSecret::parse(deployment).expect("a secret");
        let settings = Settings { report_units: true, ..settings };
        let app = App::new(table, stack.profiles(), deployment, settings);
        Some(Self(together(app, &AdministratorKey::new(keys).expect("a key"))))
    }

    /// Sends a request; the response, and its body as text.
    #[must_use]
    pub fn send(&self, request: http::request::Builder, body: String) -> (Parts, String) {
        let request: Request<Body> = request.body(body.into()).expect("a request");
        block_on(async {
            let (parts, body) = self.0.clone().oneshot(request).await.expect("an answer").into_parts();
            let body = to_bytes(body, 1 << 20).await.expect("a body");
            (parts, String::from_utf8_lossy(&body).into_owned())
        })
    }
}
