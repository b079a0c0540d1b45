//! `/Me`: the user that the credential belongs to (RFC 7644 §3.11).
//!
//! Most credentials belong to a system and not to a user. For them `/Me` is not offered,
//! and 501 is the answer that the RFC has for that.

use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use axum::routing::{self, MethodRouter};
use http::request::Parts;
use http::{HeaderValue, header};
use scim::error::Kind;
use scim::render::location;

use gateway::app::App;
use gateway::http::body::Json;
use gateway::http::error::Failure;
use gateway::scim::call::Call;
use gateway::scim::context::Context;
use gateway::scim::{delete, get, patch, replace};

/// The resource type that `/Me` returns.
const USER: &str = "User";

/// The methods of the authenticated user.
pub fn methods() -> MethodRouter<App> {
    routing::get(get).put(replace).patch(patch).delete(delete).post(create)
}

/// A request about the authenticated user.
#[derive(Debug)]
pub struct Me(Call);

impl FromRequestParts<App> for Me {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let context: Context = parts.extensions.remove().ok_or_else(Failure::internal)?;
        let kind = context.access.profile.resource_type(USER).cloned();
        match (context.access.subject.as_deref().map(str::to_owned), kind) {
            (Some(id), Some(kind)) => Call::new(app, parts, context, kind, Some(id)).map(Self),
            _ => Err(Failure::new(
                Kind::NotImplemented,
                "the secret token stands for a system and not for a user: instead of `/Me` ask for `/Users/<id>`",
            )),
        }
    }
}

/// GET.
pub async fn get(Me(call): Me) -> Response {
    let at = place(&call);
    located(at, get::get(call).await)
}

/// PUT.
pub async fn replace(Me(call): Me, body: Json) -> Response {
    let at = place(&call);
    located(at, replace::replace(call, body).await)
}

/// PATCH.
pub async fn patch(Me(call): Me, body: Json) -> Response {
    let at = place(&call);
    located(at, patch::patch(call, body).await)
}

/// DELETE.
pub async fn delete(Me(call): Me) -> Response {
    let at = place(&call);
    located(at, delete::delete(call).await)
}

/// POST would create the authenticated user, who exists already.
pub async fn create(_: Me) -> Failure {
    Failure::new(
        Kind::Forbidden,
        "the user of this secret token is there already: users are created at `/Users`",
    )
}

fn place(call: &Call) -> Option<HeaderValue> {
    let id = call.id().ok()?;
    HeaderValue::from_str(&location(&call.kind, &id, &call.base)).ok()
}

/// "In any response, the HTTP Location header MUST be the permanent location."
fn located(at: Option<HeaderValue>, answer: Result<Response, Failure>) -> Response {
    let mut response = answer.into_response();
    if let Some(at) = at {
        response.headers_mut().insert(header::LOCATION, at);
    }
    response
}
