//! A profile: what one connected system offers to its identity provider.
//!
//! Each directory has a profile. `/Schemas`, `/ResourceTypes`, validation, filters, the
//! choice of indexes and the behaviour that differs between systems follow it. Profiles are
//! JSON files, which [`crate::profile`] reads.

use std::sync::Arc;

use super::resource_type::{ResourceType, UnmatchedValuePath};

/// What one connected system offers.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// The name that directories use, such as `kintone`.
    pub name: String,
    /// A sentence that describes it.
    pub description: String,
    /// Its resource types, in the order of `/ResourceTypes`.
    pub resource_types: Vec<Arc<ResourceType>>,
    /// How its clients may sign in, the preferred way first.
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
    /// OAuth authorization code, by an *Authorize* button (RFC 6749 §4.1).
    AuthorizationCode,
}

/// Choices that RFC 7644 leaves open and that differ between systems.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Behavior {
    /// The response to a POST for a user who exists but is inactive.
    pub inactive_user_on_create: OnInactive,
    /// The response to a PATCH that does not request attributes.
    pub patch_answer: PatchAnswer,
    /// Whether members of a group must be resources of the directory.
    pub members_must_exist: bool,
    /// What a PATCH does if its value path selects no element.
    pub unmatched_value_path: UnmatchedValuePath,
    /// When a user's `groups` are returned.
    pub groups_returned: GroupsReturned,
}

/// When a user's `groups` are returned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum GroupsReturned {
    /// Unless excluded (RFC 7643 §8.7.1). Each returned user costs a query.
    #[default]
    Default,
    /// Only if a client asks for them.
    Request,
}

/// What a POST does for a user who exists but is inactive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum OnInactive {
    /// It returns 409: the client should match and update the user.
    #[default]
    Conflict,
    /// It restores the user with the body's attributes and the same id.
    Restore,
}

/// What a PATCH returns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PatchAnswer {
    /// 200 with the resource; 204 for a group of many members.
    #[default]
    Resource,
    /// 204, unless the request names attributes.
    Nothing,
}

impl Profile {
    /// The type at `endpoint`, such as `/Users`.
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
