//! The handlers of discovery (RFC 7644 §4). They read the rows of the directory's
//! profile, never the table.

use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequestParts, Path};
use axum::response::Response;
use http::StatusCode;
use http::request::Parts;
use scim::discovery::service_provider_config::service_provider_config;
use scim::discovery::{resource_types, schemas};
use scim::error::Kind;
use serde_json::Value;

use gateway::app::App;
use gateway::http::error::Failure;
use gateway::http::query::Parameters;
use gateway::http::reply;
use gateway::scim::context::Context;

/// A request for a discovery document: its query parameters are ignored, except that a
/// filter is refused, so that no client assumes that it was applied.
#[derive(Debug)]
pub struct Lookup(Context);

impl FromRequestParts<App> for Lookup {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Failure> {
        if Parameters::parse(parts.uri.query())?.filter.is_some() {
            return Err(Failure::new(Kind::Forbidden, "discovery takes no `filter`: read the whole list"));
        }
        parts.extensions.remove().map(Self).ok_or_else(Failure::internal)
    }
}

/// `/ServiceProviderConfig`.
pub async fn config(Lookup(context): Lookup) -> Response {
    let access = &context.access;
    let sign_in = &access.profile.sign_in;
    let config = service_provider_config(sign_in, &context.base, access.has_security_events);
    reply::json(StatusCode::OK, &config)
}

/// `/ResourceTypes`.
pub async fn list_resource_types(Lookup(context): Lookup) -> Response {
    reply::json(StatusCode::OK, &resource_types::resource_types(context.resource_types(), &context.base))
}

/// `/ResourceTypes/{name}`.
pub async fn get_resource_type(
    Lookup(context): Lookup,
    path: Result<Path<String>, PathRejection>,
) -> Result<Response, Failure> {
    let find = |name: &str| resource_types::resource_type(context.resource_types(), name, &context.base);
    one(path, "resource type", find)
}

/// `/Schemas`.
pub async fn list_schemas(Lookup(context): Lookup) -> Response {
    reply::json(StatusCode::OK, &schemas::schemas(context.resource_types(), &context.base))
}

/// `/Schemas/{urn}`.
pub async fn get_schema(
    Lookup(context): Lookup,
    path: Result<Path<String>, PathRejection>,
) -> Result<Response, Failure> {
    one(path, "schema", |urn| schemas::schema(context.resource_types(), urn, &context.base))
}

fn one(
    path: Result<Path<String>, PathRejection>,
    noun: &str,
    find: impl FnOnce(&str) -> Option<Value>,
) -> Result<Response, Failure> {
    let id = path.map(|Path(id)| id).unwrap_or_default();
    let document = find(&id).ok_or_else(|| Failure::unknown(noun, &id))?;
    Ok(reply::json(StatusCode::OK, &document))
}
