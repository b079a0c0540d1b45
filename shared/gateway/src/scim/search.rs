//! POST on `/.search` (RFC 7644 §3.4.3, RFC 9865 §3).

use axum::response::Response;
use http::header::{HeaderValue, LOCATION};
use scim::error::{Error, Kind};
use scim::search;
use serde_json::Value;

use super::call::Call;
use super::list::Listing;
use crate::http::body::Json;
use crate::http::error::Failure;
use crate::http::query::Parameters;

/// One page of the resources that the body asks for.
pub async fn search(call: Call, Json(body): Json) -> Result<Response, Failure> {
    let parameters = parameters(&call.parameters, &body)?;
    let response = Listing::of(&call).answer(&parameters).await?;
    Ok(placed(response, &format!("{}{}/.search", call.base, call.kind.endpoint)))
}

/// The parameters in `body`; those in the URL do not count.
///
/// # Errors
/// `invalidFilter` for a filter in the URL, which is never ignored; what the body lacks.
pub fn parameters(url: &Parameters, body: &Value) -> Result<Parameters, Error> {
    if url.filter.is_some() {
        return Err(Error::new(
            Kind::InvalidFilter,
            "`/.search` takes the `filter` in the body, not in the URL",
        ));
    }
    search::parse(body).map(Parameters::from)
}

/// `response` with the place of the search, as in figure 5 of the RFC.
#[must_use]
pub fn placed(mut response: Response, location: &str) -> Response {
    if let Ok(location) = HeaderValue::from_str(location) {
        response.headers_mut().insert(LOCATION, location);
    }
    response
}
