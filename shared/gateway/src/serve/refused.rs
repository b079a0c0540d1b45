//! Which refused requests are noted for the console, and what is noted of one.

use axum::extract::Request;
use directory::access::refusal::Refusal;
use http::{HeaderMap, Method};
use scim::error::Kind;
use scim::model::profile::Profile;
use scim::model::resource_type::ResourceType;

use super::holder::Seen;
use crate::app::App;
use crate::auth::test_mark;
use crate::http::error::Refused;
use crate::http::path::{self, Located};

/// A request of SCIM, before it is answered.
pub(super) struct Asked {
    method: Method,
    /// In normal form.
    path: String,
    /// The headers, if they have a mark.
    marked: Option<HeaderMap>,
}

impl Asked {
    pub(super) fn of(request: &Request) -> Self {
        let located = Located::find(request.uri().path(), path::SCIM);
        let path = located.map(|located| located.path).unwrap_or_default();
        let headers = request.headers();
        let marked = headers.contains_key(test_mark::HEADER).then(|| headers.clone());
        Self { method: request.method().clone(), path, marked }
    }

    /// Notes that the request was refused, if it was and it is known whose request it was. Requests with which
    /// the console tests a token are not noted: they are not the identity provider's.
    pub(super) async fn note(&self, app: &App, seen: &Seen, refused: Option<Refused>) {
        let Some(Refused { error, by, user_name }) = refused else { return };
        let access = seen.access.as_ref();
        let known = access.map(|access| (access.directory.clone(), access.credential.clone()));
        let Some((directory, credential)) = known.or(by) else { return };
        // The function `discovery` may not write.
        if path::is_discovery(&self.path) {
            return;
        }
        if let Some(headers) = &self.marked
            && app.authenticator.is_test(headers).await
        {
            return;
        }
        let endpoint = path::endpoint(&self.path);
        let kind = access.and_then(|access| access.profile.at(endpoint));
        let id = self.path.rsplit('/').next().unwrap_or_default();
        let mut refusal = Refusal {
            kind: error.kind,
            method: self.method.as_str().to_owned(),
            resource: kind.map(|kind| kind.name.clone()).or_else(|| standard(endpoint)),
            target: None,
            user_name,
            attribute: access.and_then(|access| attribute(&error.detail, &access.profile)),
            credential,
        }
        .of_target(id);
        // What is not an id of ours is an address that was made from a wrong Tenant URL.
        if refusal.kind == Kind::NotFound && refusal.target.is_none() {
            refusal.kind = Kind::NoEndpoint;
        }
        app.refusals.note(&directory, &refusal).await;
    }
}

/// The resource type of an endpoint whose directory may not have it. Other endpoints may be any text.
fn standard(endpoint: &str) -> Option<String> {
    [ResourceType::user(), ResourceType::group()]
        .into_iter()
        .find(|kind| kind.endpoint == endpoint)
        .map(|kind| kind.name)
}

/// The attribute of `profile` that `detail` names first: a client's text is not repeated.
fn attribute(detail: &str, profile: &Profile) -> Option<String> {
    let quoted = detail.split('`').skip(1).step_by(2);
    quoted.filter_map(|text| known(text, profile)).next()
}

fn known(text: &str, profile: &Profile) -> Option<String> {
    let path = text.split(['.', '[', ' ']).next()?;
    // The version in the URN of a schema has a dot.
    let path = if text.starts_with("urn:") { text.split('[').next()?.rsplit(':').next()? } else { path };
    let name = path.split('.').next()?;
    let attributes = profile.resource_types.iter().flat_map(|kind| {
        let extensions = kind.extensions.iter().flat_map(|extension| &extension.schema.attributes);
        kind.common.iter().chain(&kind.schema.attributes).chain(extensions)
    });
    attributes.map(|row| &row.name).find(|own| own.eq_ignore_ascii_case(name)).cloned()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use scim::profile::{Profiles, STANDARD};

    use super::*;

    #[test]
    fn an_attribute_is_named_and_no_value() {
        let profile = Profiles::built_in().get(STANDARD).unwrap();
        for (detail, name) in [
            ("`userName` is required: send a value that is not empty", Some("userName")),
            ("operation 2, replace `EMAILS[type eq \"ana@ex.io\"].value`: no", Some("emails")),
            ("`emails.type` cannot be `ana@ex.io`: send one of `work`", Some("emails")),
            (
                "`urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department` is one",
                Some("department"),
            ),
            ("the filter is wrong at `ana@ex.io`", None),
            ("no member of `ana` was found", None),
        ] {
            assert_eq!(attribute(detail, &profile).as_deref(), name, "{detail}");
        }
    }
}
