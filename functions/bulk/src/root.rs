//! Queries of the whole directory, across its resource types (RFC 7644 §3.4.2.1, §3.4.3).

use axum::extract::FromRequestParts;
use axum::response::Response;
use axum::routing::{self, MethodRouter};
use directory::Directory;
use directory::access::permissions::Right;
use directory::query::Allowance;
use http::request::Parts;
use http::{HeaderValue, Uri};
use scim::error::Kind;

use gateway::app::App;
use gateway::http::body::Json;
use gateway::http::error::Failure;
use gateway::http::query::Parameters;
use gateway::scim::context::Context;
use gateway::scim::list::Listing;
use gateway::scim::search::{parameters, placed};

/// The methods of the base itself: `/scim/v2`.
pub fn base() -> MethodRouter<App> {
    routing::get(list).post(misplaced).put(misplaced).patch(misplaced).delete(misplaced)
}

/// A request that changes the base itself: 405, unless the path comes after a `?`.
async fn misplaced(uri: Uri) -> Failure {
    let found = not_a_path(uri.query().unwrap_or_default());
    found.err().unwrap_or_else(|| Failure::method(Some(HeaderValue::from_static("GET,HEAD"))))
}

/// A request about all resource types of a directory.
#[derive(Debug)]
pub struct Root {
    context: Context,
    scope: Directory,
    parameters: Parameters,
    allowance: Allowance,
}

impl FromRequestParts<App> for Root {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let context: Context = parts.extensions.remove().ok_or_else(Failure::internal)?;
        not_a_path(parts.uri.query().unwrap_or_default())?;
        for kind in context.resource_types() {
            context.access.permit(Right::Read, kind)?;
        }
        let scope = context.scope(&app.table);
        let (parameters, allowance) =
            (Parameters::parse(parts.uri.query())?, app.rates.allowance(&context.access));
        Ok(Self { context, scope, parameters, allowance })
    }
}

impl Root {
    async fn answer(&self, parameters: &Parameters) -> Result<Response, Failure> {
        let Context { access, base } = &self.context;
        let kinds = self.context.resource_types();
        let allowance = self.allowance;
        Listing { kinds, scope: &self.scope, seals: &access.seals, base, allowance }.answer(parameters).await
    }
}

/// One page of the resources of all types that match `filter`.
pub async fn list(root: Root) -> Result<Response, Failure> {
    root.answer(&root.parameters).await
}

/// The requested page of resources of all types.
pub async fn search(root: Root, Json(body): Json) -> Result<Response, Failure> {
    let parameters = parameters(&root.parameters, &body)?;
    let response = root.answer(&parameters).await?;
    Ok(placed(response, &format!("{}/.search", root.context.base)))
}

/// Refuses `/scim/v2?flag/Users?filter=…`: a client sends it if its Tenant URL ends in a query. It
/// must not get a list of all resources.
fn not_a_path(query: &str) -> Result<(), Failure> {
    let first = query.split('&').next().unwrap_or_default();
    let name = first.split('=').next().unwrap_or_default();
    if name.contains('/') {
        let detail =
            "there is no such endpoint: the path comes after a `?`; the Tenant URL must end before the `?`";
        return Err(Failure::new(Kind::NoEndpoint, detail));
    }
    Ok(())
}
