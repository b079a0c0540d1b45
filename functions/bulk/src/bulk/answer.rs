//! The response to one operation (RFC 7644 §3.7.3).

use std::sync::Arc;

use directory::resource::stored::Resource;
use scim::error::{Error, Kind};
use scim::message;
use scim::model::doc::Doc;
use scim::model::resource_type::ResourceType;
use scim::render::location;
use serde_json::json;

/// By what a client recognises an operation.
pub(super) struct Named {
    /// The method as it was written.
    pub(super) method: Option<String>,
    pub(super) bulk_id: Option<String>,
    /// Where it led, as it was sent; `None` for a POST.
    pub(super) location: Option<String>,
    pub(super) kind: Option<Arc<ResourceType>>,
    pub(super) base: Arc<str>,
}

/// An operation that succeeded.
#[derive(Debug, Clone)]
pub(super) struct Done {
    pub(super) status: u16,
    pub(super) id: String,
    /// The entity tag, unless the resource is gone.
    pub(super) version: Option<String>,
}

impl Done {
    pub(super) fn at(status: u16, resource: Resource) -> Self {
        Self { status, version: Some(resource.etag()), id: resource.id }
    }
}

impl Named {
    /// The operation's part of the response. A success has no body: the client has just
    /// sent it, and a thousand of them would not fit an answer.
    pub(super) fn answer(self, outcome: Result<Done, Error>) -> Doc {
        let mut answer = Doc::new();
        let mut put = |name: &str, value| _ = answer.insert(name.to_owned(), value);
        let (status, version, at, body) = match outcome {
            Ok(done) => {
                let at = self.kind.as_ref().map(|kind| location(kind, &done.id, &self.base));
                (done.status, done.version, at, None)
            }
            Err(error) => (error.kind.status(), None, self.location, Some(message::error(&error))),
        };
        if let Some(at) = at {
            put("location", json!(at));
        }
        if let Some(method) = self.method {
            put("method", json!(method));
        }
        if let Some(bulk_id) = self.bulk_id {
            put("bulkId", json!(bulk_id));
        }
        if let Some(version) = version {
            put("version", json!(version));
        }
        put("status", json!(status.to_string()));
        if let Some(body) = body {
            put("response", body);
        }
        answer
    }
}

/// The error of an operation that had no time left.
pub(super) fn late() -> Error {
    Error::new(Kind::Unavailable, "the time of one request was over before it could begin: send it again")
}
