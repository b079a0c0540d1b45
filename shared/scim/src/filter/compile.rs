//! From text to a filter that can be evaluated: parse and bind.

use super::bind::bind_located;
use super::bound::Bound;
use super::error::Error;
use super::parse;
use crate::model::resource_type::ResourceType;

/// Reads the `filter` parameter of a request for resources of `kind`.
///
/// # Errors
/// If the text does not parse, or attribute, operator and value do not fit. The error shows
/// the position in the text; [`crate::error::Error`] makes it `invalidFilter`.
pub fn compile(text: &str, kind: &ResourceType) -> Result<Bound, Error> {
    let (filter, spans) = parse::located(text)?;
    bind_located(&filter, kind, text, &spans)
}
