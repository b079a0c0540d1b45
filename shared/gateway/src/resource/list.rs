//! GET on a collection (RFC 7644 §3.4.2).

use axum::response::Response;
use directory::list::Query;
use http::StatusCode;
use scim::error::Error;
use scim::filter::compile::compile;
use scim::message;

use super::call::Call;
use crate::error::Failure;
use crate::reply;

/// One page of the resources that match `filter`.
pub async fn list(call: Call) -> Result<Response, Failure> {
    let (start_index, count) = call.parameters.page()?;
    let filter = call.parameters.filter.as_deref().map(|text| compile(text, &call.kind));
    let filter = filter.transpose().map_err(Error::from)?;
    let query = Query { filter, start_index, count, wants: call.wants(true), base: call.base.to_string() };
    let page = call.scope.list(&call.kind, &query).await.map_err(|e| call.failure(None, e))?;
    let resources = page.resources.into_iter().map(|resource| call.shown(resource)).collect();
    Ok(reply::json(StatusCode::OK, &message::list(page.total, start_index, resources)))
}
