//! What every handler of resources needs to know of its request.

use std::sync::Arc;

use axum::extract::{FromRequestParts, RawPathParams};
use axum::response::Response;
use directory::access::permissions::Right;
use directory::error::Error as StoreError;
use directory::query::Allowance;
use directory::resource::existing::Policy;
use directory::resource::precondition::Preconditions;
use directory::resource::stored::Resource;
use directory::resource::update::ChangeOptions;
use directory::secret::seals::Seals;
use directory::{Directory, Wants};
use http::request::Parts;
use http::{HeaderMap, StatusCode};
use scim::model::doc::Doc;
use scim::model::profile::Behavior;
use scim::model::resource_type::ResourceType;
use scim::project::Projection;
use scim::render::{Facts, location, render};

use crate::app::App;
use crate::auth::access;
use crate::http::error::Failure;
use crate::http::path;
use crate::http::precondition;
use crate::http::query::Parameters;
use crate::http::reply;
use crate::scim::context::Context;

/// A request about resources of one type.
#[derive(Debug)]
pub struct Call {
    /// The resource type.
    pub kind: Arc<ResourceType>,
    /// The directory, on behalf of the credential.
    pub scope: Directory,
    /// What the directory's profile does where systems differ.
    pub behavior: Behavior,
    /// By what a POST finds a user who was imported.
    pub adopt: Policy,
    /// The query parameters.
    pub parameters: Parameters,
    /// What is to be answered.
    pub projection: Projection,
    /// The URL up to and with `/scim/v2`, as the client reaches it.
    pub base: Arc<str>,
    /// The directory's seals.
    pub seals: Seals,
    /// Whether a query may evaluate many resources now.
    pub allowance: Allowance,
    headers: HeaderMap,
    /// Whether the token may read resources of this type.
    reads: bool,
    /// What follows the endpoint in the path, decoded.
    id: Option<String>,
}

impl FromRequestParts<App> for Call {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        // The way here always inserts it; without it no handler may run.
        let context: Context = parts.extensions.remove().ok_or_else(Failure::internal)?;
        let kind =
            context.at(path::endpoint(parts.uri.path())).cloned().ok_or_else(|| context.no_endpoint())?;
        // A path segment that is not UTF-8 cannot be an id.
        let params = RawPathParams::from_request_parts(parts, app).await.ok();
        let id = params
            .and_then(|params| params.iter().find(|(name, _)| *name == "id").map(|(_, id)| id.to_owned()));
        Self::new(app, parts, context, kind, id)
    }
}

impl Call {
    /// A call about the resource `id` of `kind`, or about all of them.
    ///
    /// # Errors
    /// 403 without the right to it; parameters that are wrong.
    pub fn new(
        app: &App,
        parts: &Parts,
        context: Context,
        kind: Arc<ResourceType>,
        id: Option<String>,
    ) -> Result<Self, Failure> {
        context.access.permit(access::right(parts), &kind)?;
        let parameters = Parameters::parse(parts.uri.query())?;
        let projection = Projection::parse(
            &kind,
            parameters.attributes.as_deref(),
            parameters.excluded_attributes.as_deref(),
        )?;
        let reads = context.access.permit(Right::Read, &kind).is_ok();
        let allowance = app.rates.allowance(&context.access);
        Ok(Self {
            scope: context.scope(&app.table).remembering(&app.lists),
            behavior: context.access.profile.behavior,
            adopt: context.access.adopt,
            headers: parts.headers.clone(),
            reads,
            kind,
            parameters,
            projection,
            base: context.base,
            seals: context.access.seals,
            allowance,
            id,
        })
    }

    /// The costly attributes that are in the response. `all_members`: all, however many.
    #[must_use]
    pub fn wants(&self, all_members: bool) -> Wants {
        if self.reads { wants(&self.projection, all_members) } else { Wants::default() }
    }

    /// What the request is conditional on.
    #[must_use]
    pub fn conditions(&self) -> Preconditions {
        precondition::conditions(&self.headers)
    }

    /// The options of a change whose response has `wants`.
    #[must_use]
    pub fn options(&self, wants: Wants) -> ChangeOptions {
        ChangeOptions { preconditions: self.conditions(), wants, prefetched: None }
    }

    /// What a failed call on the store means to the client; `id` is the one in the path.
    #[must_use]
    pub fn failure(&self, id: Option<&str>, error: StoreError) -> Failure {
        Failure::about(&self.kind, id, error)
    }

    /// `resource` as the client wants to see it.
    #[must_use]
    pub fn shown(&self, resource: Resource) -> Doc {
        shown(&self.kind, &self.projection, resource, &self.base)
    }

    /// `status` with `resource` in the body, its URL and its version in the headers. A token that
    /// may not read gets no body, and 204 instead of 200.
    #[must_use]
    pub fn answer(&self, status: StatusCode, resource: Resource) -> Response {
        if !self.reads {
            let status = if status == StatusCode::OK { StatusCode::NO_CONTENT } else { status };
            return self.bodiless(status, &resource);
        }
        let (location, etag) = (location(&self.kind, &resource.id, &self.base), resource.etag());
        let mut response = reply::json(status, &self.shown(resource));
        reply::locate(&mut response, &location, &etag);
        response
    }

    /// `status` without a body, with the URL and the version of `resource`.
    #[must_use]
    pub fn bodiless(&self, status: StatusCode, resource: &Resource) -> Response {
        let mut response = reply::empty(status);
        reply::locate(&mut response, &location(&self.kind, &resource.id, &self.base), &resource.etag());
        response
    }

    /// The id in the path.
    ///
    /// # Errors
    /// 404 if it is not UTF-8: no resource has such an id.
    pub fn id(&self) -> Result<String, Failure> {
        self.id.clone().ok_or_else(|| self.failure(None, StoreError::NotFound))
    }
}

/// The costly attributes that `projection` includes.
#[must_use]
pub fn wants(projection: &Projection, all_members: bool) -> Wants {
    Wants { members: projection.wants("members"), all_members, groups: projection.wants("groups") }
}

/// A resource of `kind` as `projection` wants to see it.
#[must_use]
pub fn shown(kind: &ResourceType, projection: &Projection, resource: Resource, base: &str) -> Doc {
    let etag = resource.etag();
    let facts = Facts {
        id: &resource.id,
        created: &resource.created,
        last_modified: &resource.last_modified,
        version: &etag,
    };
    projection.apply(kind, render(kind, &facts, resource.doc, base))
}
