//! The enterprise extension of users (RFC 7643 §4.3, §8.7.1).

use super::attribute::{Attribute, Mutability};
use super::schema::{ENTERPRISE_USER, Schema};

/// The rows of `urn:ietf:params:scim:schemas:extension:enterprise:2.0:User`.
#[must_use]
pub fn schema() -> Schema {
    let string = Attribute::string;
    Schema {
        id: ENTERPRISE_USER.to_owned(),
        name: "EnterpriseUser".to_owned(),
        description: "Enterprise User".to_owned(),
        attributes: vec![
            string("employeeNumber", "The number that the organisation assigned to the user"),
            string("costCenter", "The name of a cost center"),
            string("organization", "The name of an organization"),
            string("division", "The name of a division"),
            string("department", "The name of a department"),
            // RFC 7643 §4.3 recommends that `value` is required. But clients send an empty one
            // to clear a manager, and an unknown id is accepted: the manager may be out of scope.
            Attribute::complex(
                "manager",
                "The user's manager",
                vec![
                    string("value", "The id of the user who is the manager").exact(),
                    Attribute::reference("$ref", &["User"], "The URI of the manager"),
                    string("displayName", "The manager's name, for display").mutability(Mutability::ReadOnly),
                ],
            ),
        ],
    }
}
