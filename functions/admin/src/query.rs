//! The parameters of a query.

use axum::extract::FromRequestParts;
use gateway::error::Failure;
use http::request::Parts;
use scim::error::Kind;

/// Names and values, decoded.
#[derive(Debug, Clone, Default)]
pub struct Parameters(Vec<(String, String)>);

impl<S: Send + Sync> FromRequestParts<S> for Parameters {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let query = parts.uri.query().unwrap_or_default().as_bytes();
        Ok(Self(form_urlencoded::parse(query).into_owned().collect()))
    }
}

impl Parameters {
    /// The value of `name`, when it is there and not empty.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        let (_, value) = self.0.iter().find(|(known, _)| known == name)?;
        Some(value).filter(|value| !value.is_empty()).map(String::as_str)
    }

    /// The number `name`, at least 1 and at most `most`, which it also is when it is absent.
    ///
    /// # Errors
    /// `invalidValue` when it is no number.
    pub fn count(&self, name: &str, most: u16) -> Result<u16, Failure> {
        let Some(value) = self.get(name) else { return Ok(most) };
        let wrong = |_| Failure::new(Kind::InvalidValue, format!("`{name}` must be a number"));
        Ok(value.parse::<u64>().map_err(wrong)?.clamp(1, most.into()) as u16)
    }

    /// Whether `name` is `true`.
    ///
    /// # Errors
    /// `invalidValue` when it is neither `true` nor `false`.
    pub fn is(&self, name: &str) -> Result<bool, Failure> {
        match self.get(name) {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(_) => Err(Failure::new(Kind::InvalidValue, format!("`{name}` must be `true` or `false`"))),
        }
    }
}
