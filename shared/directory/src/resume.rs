//! Where a walk of a directory is: a text that only its maker reads.

use data_encoding::BASE64URL_NOPAD;
use scim::error::{Error as ScimError, Kind};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::Error;

/// Reads what [`text`] wrote, when it is a place that there is; without one, the beginning.
///
/// # Errors
/// `invalidValue` when it is none.
pub(crate) fn read<P: DeserializeOwned + Default>(
    text: Option<&str>,
    there_is: impl Fn(&P) -> bool,
) -> Result<P, Error> {
    let Some(text) = text else { return Ok(P::default()) };
    let read = BASE64URL_NOPAD.decode(text.as_bytes()).ok();
    let place: Option<P> = read.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    place.filter(there_is).ok_or_else(|| {
        let detail =
            "`after` is no place in this directory, or its profile has changed: begin again without it";
        ScimError::new(Kind::InvalidValue, detail).into()
    })
}

/// `place` as a text.
pub(crate) fn text(place: &impl Serialize) -> Result<String, Error> {
    let json = serde_json::to_vec(place).map_err(|error| Error::Unavailable(error.into()))?;
    Ok(BASE64URL_NOPAD.encode(&json))
}
