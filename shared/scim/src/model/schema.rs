//! A schema: a URN and the attributes it defines (RFC 7643 §3, §7).

use super::attribute::Attribute;

/// The URN under which SCIM publishes the core user.
pub const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
/// The URN of the core group.
pub const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
/// The URN of the enterprise extension of users.
pub const ENTERPRISE_USER: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// A named set of attributes.
#[derive(Debug, Clone, PartialEq)]
pub struct Schema {
    /// The URN. Its letter case is not significant.
    pub id: String,
    /// The name, such as `User`.
    pub name: String,
    /// A sentence that describes it.
    pub description: String,
    /// Its rows.
    pub attributes: Vec<Attribute>,
}

impl Schema {
    /// The attribute called `name`, in any letter case.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|a| a.name.eq_ignore_ascii_case(name))
    }

    /// Whether `urn` names this schema.
    #[must_use]
    pub fn is(&self, urn: &str) -> bool {
        self.id.eq_ignore_ascii_case(urn)
    }
}
