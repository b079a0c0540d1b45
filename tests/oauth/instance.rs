//! Requests to another instance of the service, which remembers nothing and may have another secret of
//! the deployment.

use http::Request;
use tests::functions::KEY;
use tests::instance;

use crate::app::{App, Client, Reply};

/// An instance.
pub(crate) struct Instance(instance::Instance);

impl Instance {
    /// An instance with these values of the deployment's secret, on the table of `app`.
    pub(crate) fn new(app: &App, deployment: &str) -> Self {
        Self(instance::Instance::new(&app.endpoint, deployment, KEY).expect("a stack"))
    }

    fn send(&self, request: http::request::Builder, body: String) -> Reply {
        let (parts, text) = self.0.send(request, body);
        Reply { status: parts.status.as_u16(), headers: parts.headers, text }
    }

    /// A SCIM request with this token.
    pub(crate) fn get(&self, token: &str, path: &str) -> Reply {
        let request = Request::get(format!("/scim/v2{path}"));
        self.send(request.header("authorization", format!("Bearer {token}")), String::new())
    }

    /// The status of a SCIM request with this token.
    pub(crate) fn status(&self, token: &str) -> u16 {
        self.get(token, "/Users?count=0").status
    }

    /// Posts a form.
    pub(crate) fn post(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let mut form = reqwest::Url::parse("http://form/").expect("an address");
        form.query_pairs_mut().extend_pairs(fields);
        let request = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
        self.send(request, form.query().unwrap_or_default().to_owned())
    }

    /// Requests a token with the client's secret and these fields.
    pub(crate) fn token(&self, client: &Client, fields: &[(&str, &str)]) -> Reply {
        let own = [("client_id", &*client.client_id), ("client_secret", &*client.secret)];
        self.post("/oauth/token", &[&own[..], fields].concat())
    }

    /// Refreshes an authorization of the client.
    pub(crate) fn refresh(&self, client: &Client, token: &str) -> Reply {
        self.token(client, &[("grant_type", "refresh_token"), ("refresh_token", token)])
    }

    /// Rotates the secret of the directory.
    pub(crate) fn rotate(&self, directory: &str, body: &serde_json::Value) -> Reply {
        let request = Request::post(format!("/admin/directories/{directory}/rotate-secret"))
            .header("authorization", format!("Bearer {KEY}"))
            .header("content-type", "application/json");
        self.send(request, body.to_string())
    }
}
