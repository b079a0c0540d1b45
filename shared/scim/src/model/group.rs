//! The core group (RFC 7643 §4.2, §8.7.1).

use super::attribute::{Attribute, Mutability};
use super::schema::{GROUP, Schema};

/// The rows of `urn:ietf:params:scim:schemas:core:2.0:Group`.
#[must_use]
pub fn schema() -> Schema {
    use Mutability::Immutable;
    Schema {
        id: GROUP.to_owned(),
        name: "Group".to_owned(),
        description: "Group".to_owned(),
        attributes: vec![
            // Unique, although the RFC does not require it: identity providers match groups by
            // name, and two matches stop them.
            Attribute::string("displayName", "The group's name, for display").required().unique(),
            Attribute::complex(
                "members",
                "The members of the group",
                vec![
                    Attribute::string("value", "The id of the member").exact().mutability(Immutable),
                    Attribute::reference("$ref", &["User", "Group"], "The URI of the member")
                        .mutability(Immutable),
                    Attribute::string("type", "The type of the member")
                        .canonical(&["User", "Group"])
                        .mutability(Immutable),
                    Attribute::string("display", "The member's name, for display").mutability(Immutable),
                ],
            )
            .many(),
        ],
    }
}
