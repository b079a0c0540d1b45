//! GET on one resource (RFC 7644 §3.4.1).

use axum::response::Response;
use directory::error::Error;
use http::StatusCode;

use super::call::Call;
use crate::http::error::Failure;

/// 200 with the resource, or 304 when the client has this version (RFC 9110 §13.2.2).
pub async fn get(call: Call) -> Result<Response, Failure> {
    let id = call.id()?;
    let resource =
        call.scope.get(&call.kind, &id, call.wants(true)).await.map_err(|e| call.failure(Some(&id), e))?;
    match call.conditions().check(&resource) {
        Ok(()) => Ok(call.answer(StatusCode::OK, resource)),
        Err(Error::Excluded) => Ok(call.bodiless(StatusCode::NOT_MODIFIED, &resource)),
        Err(error) => Err(call.failure(Some(&id), error)),
    }
}
