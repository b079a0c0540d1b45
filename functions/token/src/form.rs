//! The parameters of a request: a form, or a query (RFC 6749 §3.1, §3.2).

use axum::extract::{FromRequest, Request};
use http::header::CONTENT_TYPE;
use http_body_util::{BodyExt, Limited};

use crate::answer::Refusal;

/// The largest body, and the largest query: an assertion and some room.
const LARGEST: usize = 64 * 1024;

/// Parameters by name. Unknown ones are ignored: clients send additional parameters.
#[derive(Clone)]
pub struct Form(Vec<(String, String)>);

impl std::fmt::Debug for Form {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Form")
    }
}

impl Form {
    /// Reads `text`, a form or a query.
    #[must_use]
    pub fn parse(text: &[u8]) -> Self {
        Self(form_urlencoded::parse(text).into_owned().collect())
    }

    /// The parameter `name`; one without a value counts as absent.
    ///
    /// # Errors
    /// `invalid_request` when it is present twice.
    pub fn get(&self, name: &str) -> Result<Option<&str>, Refusal> {
        let mut values = self.0.iter().filter(|(found, _)| found == name).map(|(_, value)| value.as_str());
        let value = values.next();
        if values.next().is_some() {
            return Err(Refusal::invalid_request(format!("`{name}` is there twice")));
        }
        Ok(value.filter(|value| !value.is_empty()))
    }

    /// The parameter `name`, which must be there.
    ///
    /// # Errors
    /// `invalid_request` when it is not, or twice.
    pub fn need(&self, name: &str) -> Result<&str, Refusal> {
        self.get(name)?.ok_or_else(|| Refusal::invalid_request(format!("`{name}` is missing")))
    }
}

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &S) -> Result<Self, Refusal> {
        let (parts, body) = request.into_parts();
        let media_type =
            parts.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let essence = media_type.split(';').next().unwrap_or_default().trim();
        if !essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return Err(Refusal::invalid_request(
                "send the parameters as `application/x-www-form-urlencoded`",
            ));
        }
        let too_large = |_| Refusal::too_large("the body is larger than 64 KiB");
        let body = Limited::new(body, LARGEST).collect().await.map_err(too_large)?;
        Ok(Self::parse(&body.to_bytes()))
    }
}
