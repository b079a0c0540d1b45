//! A browser on the console: it keeps the session's cookie and sends forms.

use http::HeaderMap;

use crate::endpoint::Endpoint;
use crate::runtime::block_on;

/// A browser that runs no scripts and follows no redirects.
#[derive(Debug, Clone)]
pub struct Browser {
    http: reqwest::Client,
    /// The address of the service, before `/console`.
    pub origin: String,
    /// The session's cookie, as the browser sends it: `name=text`.
    pub cookie: Option<String>,
}

/// What a browser gets.
#[derive(Debug)]
pub struct Page {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub text: String,
}

impl Page {
    /// A header's text; empty without it.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Fails the test unless this is the status.
    #[track_caller]
    pub fn expect(&self, status: u16) -> &Self {
        assert_eq!(self.status, status, "{self:?}");
        self
    }

    /// Fails the test unless it contains `text`.
    #[track_caller]
    pub fn shows(&self, text: &str) -> &Self {
        assert!(self.text.contains(text), "{text}: {self:?}");
        self
    }

    /// The value of the first field with this name, as it stands in the page.
    #[track_caller]
    pub fn field(&self, name: &str) -> String {
        self.after(&format!(r#"name="{name}" value=""#))
    }

    /// The value that people copy from the field with this id.
    #[track_caller]
    pub fn value(&self, id: &str) -> String {
        self.after(&format!(r#"<input id="{id}" type="text" readonly value=""#))
    }

    #[track_caller]
    fn after(&self, text: &str) -> String {
        let (_, rest) = self.text.split_once(text).unwrap_or_else(|| panic!("{text}: {self:?}"));
        rest.split_once('"').expect("its end").0.to_owned()
    }
}

impl Browser {
    /// A browser without a session, on the service of `scim`.
    #[must_use]
    pub fn new(scim: &Endpoint) -> Self {
        let origin = scim.base().trim_end_matches("/scim/v2").to_owned();
        Self { http: scim.http().clone(), origin, cookie: None }
    }

    /// The same browser with another cookie, or none.
    #[must_use]
    pub fn with_cookie(&self, cookie: Option<String>) -> Self {
        Self { cookie, ..self.clone() }
    }

    /// A request, with the session's cookie.
    pub fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let request = self.http.request(method.parse().expect("a method"), format!("{}{path}", self.origin));
        match &self.cookie {
            Some(cookie) => request.header("cookie", cookie),
            None => request,
        }
    }

    /// Sends a request, and keeps the cookie of the response.
    pub fn send(&mut self, request: reqwest::RequestBuilder) -> Page {
        let page = block_on(async {
            let response = request.send().await.expect("an answer");
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            Page { status, headers, text: response.text().await.expect("a body") }
        });
        if let Some(pair) = page.header("set-cookie").split(';').next().filter(|pair| !pair.is_empty()) {
            self.cookie = Some(pair.to_owned()).filter(|pair| !pair.ends_with('='));
        }
        page
    }

    /// Opens a page.
    pub fn get(&mut self, path: &str) -> Page {
        let request = self.request("GET", path);
        self.send(request)
    }

    /// Sends a form as a browser does that was on a page of the same service.
    pub fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let request = self.form(path, fields).header("origin", &self.origin);
        self.send(request)
    }

    /// A form that is not sent yet, without a header that says which page it is from.
    pub fn form(&self, path: &str, fields: &[(&str, &str)]) -> reqwest::RequestBuilder {
        let mut form = reqwest::Url::parse("http://form/").expect("an address");
        form.query_pairs_mut().extend_pairs(fields);
        let request = self.request("POST", path).header("content-type", "application/x-www-form-urlencoded");
        request.body(form.query().unwrap_or_default().to_owned())
    }

    /// Signs in as the team with this key.
    #[track_caller]
    pub fn sign_in(&mut self, key: &str) {
        self.post("/console/sign-in", &[("key", key)]).expect(303);
        assert!(self.cookie.is_some());
    }
}
