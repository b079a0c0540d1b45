//! The requested page of a list.

use axum::extract::FromRequestParts;
use gateway::administration::value::invalid;
use gateway::http::error::Failure;
use http::request::Parts;

const USUAL: u16 = 100;
const MOST: u16 = 1000;

/// `?after=…&count=…`.
#[derive(Debug)]
pub(crate) struct Page {
    /// The id after which it begins.
    pub(crate) after: Option<String>,
    /// How many are wanted at most.
    pub(crate) count: u16,
}

impl<S: Send + Sync> FromRequestParts<S> for Page {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let mut page = Self { after: None, count: USUAL };
        for (name, value) in form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes()) {
            match &*name {
                "after" => page.after = Some(value.into_owned()),
                "count" => {
                    let count = value.parse().ok().filter(|count| (1..=MOST).contains(count));
                    page.count = count.ok_or_else(|| invalid(format!("`count` must be 1 to {MOST}")))?;
                }
                _ => {}
            }
        }
        Ok(page)
    }
}
