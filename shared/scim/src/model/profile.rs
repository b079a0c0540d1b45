//! A profile: what one connected system offers to its identity provider.
//!
//! A directory names its profile, and everything follows it: `/Schemas` and
//! `/ResourceTypes`, validation, filters, the choice of indexes, and the answers that
//! systems give differently. Profiles are data ([`crate::profile`] reads them).

use std::sync::Arc;

use super::resource_type::{ResourceType, UnmatchedValuePath};

/// What one connected system offers.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// The name by which a directory refers to it, such as `kintone`.
    pub name: String,
    /// What it is for, in a sentence.
    pub description: String,
    /// Its resource types, in the order in which discovery lists them.
    pub resource_types: Vec<Arc<ResourceType>>,
    /// How its clients may sign in; the first is the preferred way.
    pub sign_in: Vec<SignIn>,
    /// What it does where systems differ.
    pub behavior: Behavior,
}

/// A way for clients to sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SignIn {
    /// A secret token that an administrator pastes (RFC 6750).
    Token,
    /// OAuth client credentials (RFC 6749 §4.4).
    ClientCredentials,
    /// A signed assertion of the identity provider (RFC 7523).
    Federation,
    /// OAuth authorization code, behind an Authorize button (RFC 6749 §4.1).
    AuthorizationCode,
}

/// Choices that RFC 7644 leaves open and systems make differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Behavior {
    /// The answer to a POST for a user who is there, but inactive.
    pub inactive_user_on_create: OnInactive,
    /// The answer to a PATCH that does not ask for attributes.
    pub patch_answer: PatchAnswer,
    /// Whether a member of a group must be a resource of the directory.
    pub members_must_exist: bool,
    /// What a PATCH does if its value path selects no element.
    pub unmatched_value_path: UnmatchedValuePath,
    /// When a user's `groups` are answered.
    pub groups_returned: GroupsReturned,
}

/// When a user's `groups` are answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum GroupsReturned {
    /// Unless excluded (RFC 7643 §8.7.1). Each answered user costs a query.
    #[default]
    Default,
    /// Only if a client asks for them.
    Request,
}

/// What becomes of a POST for a user who is there, but inactive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum OnInactive {
    /// 409: the client is to match and update.
    #[default]
    Conflict,
    /// The user takes the body's attributes in place, under the same id.
    Restore,
}

/// What a PATCH is answered with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PatchAnswer {
    /// 200 with the resource; a group of many members 204.
    #[default]
    Resource,
    /// 204, unless the request names attributes.
    Nothing,
}

impl Profile {
    /// The type that is served at `endpoint`, such as `/Users`.
    #[must_use]
    pub fn at(&self, endpoint: &str) -> Option<&Arc<ResourceType>> {
        self.resource_types.iter().find(|kind| kind.endpoint == endpoint)
    }

    /// The type called `name`, in any letter case.
    #[must_use]
    pub fn resource_type(&self, name: &str) -> Option<&Arc<ResourceType>> {
        self.resource_types.iter().find(|kind| kind.name.eq_ignore_ascii_case(name))
    }
}
