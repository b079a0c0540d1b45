//! What the way to a handler has found out about a request.

use std::sync::Arc;

use crate::auth::Access;

/// Put into the request's extensions before routing.
#[derive(Debug, Clone)]
pub struct Context {
    /// The directory and the credential.
    pub access: Access,
    /// The URL up to and with `/scim/v2`, as the client reaches it.
    pub base: Arc<str>,
}
