//! The attributes that every resource has (RFC 7643 §3.1).

use super::attribute::{Attribute, Mutability, Returned};

/// The rows of `schemas`, `id`, `externalId` and `meta`, which no schema contains.
#[must_use]
pub fn attributes() -> Vec<Attribute> {
    use Mutability::ReadOnly;
    let fact = |row: Attribute| row.mutability(ReadOnly);
    vec![
        Attribute::reference("schemas", &["uri"], "The schemas whose attributes are present")
            .many()
            .required()
            .returned(Returned::Always),
        Attribute::string("id", "The identifier that this service assigned to the resource")
            .exact()
            .mutability(ReadOnly)
            .returned(Returned::Always),
        Attribute::string("externalId", "The identifier that the client assigned to the resource").exact(),
        fact(Attribute::complex(
            "meta",
            "Metadata of the resource",
            vec![
                fact(Attribute::string("resourceType", "The name of the resource type").exact()),
                fact(Attribute::date_time("created", "When the resource was created")),
                fact(Attribute::date_time("lastModified", "When the resource last changed")),
                fact(Attribute::reference("location", &["uri"], "The URI of the resource")),
                fact(Attribute::string("version", "The entity tag of the resource").exact()),
            ],
        )),
    ]
}
