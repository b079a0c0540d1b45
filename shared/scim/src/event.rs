//! The events of RFC 9967: their URIs, and how much they say.

use serde::{Deserialize, Serialize};

/// A resource was created, with its content.
pub const CREATE_FULL: &str = "urn:ietf:params:scim:event:prov:create:full";
/// A resource was created, with the names of its attributes.
pub const CREATE_NOTICE: &str = "urn:ietf:params:scim:event:prov:create:notice";
/// A resource changed, with its content.
pub const PUT_FULL: &str = "urn:ietf:params:scim:event:prov:put:full";
/// A resource changed, with the names of the attributes that changed.
pub const PUT_NOTICE: &str = "urn:ietf:params:scim:event:prov:put:notice";
/// A part of a resource changed, with the operations.
pub const PATCH_FULL: &str = "urn:ietf:params:scim:event:prov:patch:full";
/// A part of a resource changed, with the names of the attributes that changed.
pub const PATCH_NOTICE: &str = "urn:ietf:params:scim:event:prov:patch:notice";
/// A resource was deleted.
pub const DELETE: &str = "urn:ietf:params:scim:event:prov:delete";
/// A user was enabled.
pub const ACTIVATE: &str = "urn:ietf:params:scim:event:prov:activate";
/// A user was disabled.
pub const DEACTIVATE: &str = "urn:ietf:params:scim:event:prov:deactivate";

/// All of them.
pub const URIS: [&str; 9] = [
    CREATE_FULL,
    CREATE_NOTICE,
    PUT_FULL,
    PUT_NOTICE,
    PATCH_FULL,
    PATCH_NOTICE,
    DELETE,
    ACTIVATE,
    DEACTIVATE,
];

/// How much an event says of a resource.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Content {
    /// The resource itself, or the operations that changed it.
    #[default]
    Full,
    /// The names of its attributes: the receiver reads the resource by SCIM.
    Notice,
}
