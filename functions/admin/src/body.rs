//! Reads the body of a request.

use gateway::administration::value::invalid;
use gateway::http::body::Json;
use gateway::http::error::Failure;
use serde::de::DeserializeOwned;

/// `body` as what a route takes.
///
/// # Errors
/// `invalidValue`, which names the member that is wrong, missing or unknown.
pub(crate) fn read<T: DeserializeOwned>(Json(body): Json) -> Result<T, Failure> {
    serde_json::from_value(body).map_err(|error| invalid(error.to_string()))
}
